"""docs/terminal.md shows what the program shows, and its figures are those of the lists."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pseudo_terminal import PseudoTerminal

from codefusion.shell.danger import Level, find_dangers

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
PROMPT = re.compile(r"^(.*(?:q quit|to run it): )(\S+)$")


def test_the_session_in_the_docs_is_what_a_terminal_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (session,) = re.findall(r"```console\n\$ cat commands\n(.*?)```", DOCS, re.DOTALL)
    commands, _, rest = session.partition("$ codefusion ")
    arguments, _, shown = rest.partition("\n")
    (tmp_path / "commands").write_text(commands)
    argv = [sys.executable, "-m", "codefusion", *arguments.replace('"', "").split()]
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "MANPATH": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
    }
    terminal = PseudoTerminal(argv, environment, tmp_path)
    try:
        for line in shown.splitlines():
            if typed := PROMPT.match(line):
                terminal.expect(typed[1])
                terminal.send(typed[2] if len(typed[2]) == 1 else typed[2] + "\r")
        assert terminal.finish() == 0
        assert terminal.shown == shown
    finally:
        terminal.close()


def test_the_picture_in_the_docs_is_the_programs(tmp_path: Path) -> None:
    script = ROOT / "examples" / "ask_picture.py"
    subprocess.run([sys.executable, str(script), str(tmp_path / "ask.svg")], check=True)
    text = "{http://www.w3.org/2000/svg}text"
    drawn, shown = (
        ["".join(one.itertext()) for one in ElementTree.parse(file).iter(text)]
        for file in (tmp_path / "ask.svg", ROOT / "docs" / "images" / "ask.svg")
    )
    assert drawn == shown


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("dangerous, written before the detector", "dangerous"),
        ("harmless, written before the detector", "harmless"),
        ("dangerous, written after it", "dangerous_later"),
        ("harmless, written after it", "harmless_later"),
    ],
)
def test_the_figures_in_the_docs_are_those_of_the_lists(row: str, name: str) -> None:
    (figures,) = re.findall(rf"^\| {row} \|(.*)\|$", DOCS, re.MULTILINE)
    lines = (ROOT / "tests" / "shell" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    notes = [find_dangers(line) for line in lines if line and not line.startswith("#")]
    dangers = [any(note.level is Level.DANGER for note in found) for found in notes]
    expected = [len(notes), sum(map(bool, notes)), sum(dangers)]
    assert [int(figure) for figure in figures.split("|")] == expected
