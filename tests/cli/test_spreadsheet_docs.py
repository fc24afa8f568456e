"""docs/spreadsheet.md shows what the program shows, and its picture is the program's."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "spreadsheet.md").read_text(encoding="utf-8")
Run = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands of the docs run, with the workbook that they are about."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    subprocess.run([sys.executable, str(ROOT / "examples" / "orders.py")], check=True)
    return tmp_path


def texts(svg: Path) -> list[str]:
    root = ElementTree.parse(svg).getroot()
    return ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_sessions_and_the_picture_in_the_docs_are_what_the_program_makes(
    codefusion: Run, here: Path
) -> None:
    sessions = "".join(re.findall(r"```console\n(.*?)```", DOCS, re.DOTALL)).replace("\\\n", "")
    commands = re.split(r"^\$ ", sessions, flags=re.MULTILINE)[1:]
    shown = ["$ " + commands[0].rstrip("\n")]
    for command in commands[1:]:
        line = command.partition("\n")[0]
        name, *arguments = shlex.split(line)
        assert name == "codefusion"
        done = codefusion(*arguments)
        shown += [f"$ {line}", *(done.stderr + done.stdout).splitlines()]
    assert len(commands) == 10
    assert [line.rstrip() for line in shown] == sessions.splitlines()
    assert texts(here / "orders.svg") == texts(ROOT / "docs" / "images" / "orders.svg")


def test_the_fields_in_the_docs_are_those_of_the_json(codefusion: Run, here: Path) -> None:
    content = codefusion("excel", "orders.xlsx", "--rule", "Blanks()", "--json").json
    (row,) = re.findall(r"^\| `--json` \|(.*)\|$", DOCS, re.MULTILINE)
    fields = set(re.findall(r"`(\w+)`", row))
    assert fields == {*content, *content["candidates"][0]}
