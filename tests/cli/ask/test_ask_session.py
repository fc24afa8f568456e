"""`codefusion ask` on a real terminal: what is chosen, typed, edited, copied and run."""

import base64
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asking import DANGEROUS, HARMLESS, without_terminal
from pseudo_terminal import PseudoTerminal

from codefusion.shell.manual import Manuals
from codefusion.shell.suggestion import suggest
from codefusion.shell.terminal import may_colour
from codefusion.shell.view import listed

CHOOSE, ACT = "choose, q quit: ", "q quit: "


@pytest.fixture
def on_terminal(
    folder: Path, environment: dict[str, str]
) -> Iterator[Callable[..., PseudoTerminal]]:
    """Start `codefusion ask` on a terminal with the list of commands."""
    opened: list[PseudoTerminal] = []

    def start(*arguments: str, stdout: int | None = None, **changed: str) -> PseudoTerminal:
        argv = [sys.executable, "-m", "codefusion", "ask", "--from", "commands", *arguments]
        terminal = PseudoTerminal(argv, {**environment, **changed}, folder, stdout)
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()


def script(folder: Path, text: str) -> str:
    file = folder / "editor"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_a_chosen_command_runs_and_its_exit_code_is_that_of_ask(
    on_terminal: Callable[..., PseudoTerminal], folder: Path
) -> None:
    (folder / "commands").write_text("touch made; exit 7\n")
    terminal = on_terminal()
    shown = terminal.expect("1 choose, q quit: ")
    assert "1        valid    touch made; exit 7" in shown
    assert "touch               Make an empty file, or set a file's date to now" in shown
    terminal.send("1")
    terminal.expect(ACT)
    assert not (folder / "made").exists()
    terminal.send("r")
    assert terminal.finish() == 7
    assert (folder / "made").exists()
    assert terminal.left_as_found()


def test_a_dangerous_command_runs_only_when_the_very_word_is_typed(
    on_terminal: Callable[..., PseudoTerminal], folder: Path
) -> None:
    terminal = on_terminal()
    assert "!! delete: Deletes kept for good." in terminal.expect(CHOOSE)
    terminal.send("2")
    terminal.expect(ACT)
    for refused in ("\r", "y\r", "yes\r", "r\r", "Delete\r", "deleted\r", "\x1b", "\x04"):
        terminal.send("r")
        terminal.expect("type 'delete' to run it: ")
        terminal.send(refused)
        terminal.expect("not run")
        terminal.expect(ACT)
    assert (folder / "kept").exists()
    terminal.send("r")
    terminal.expect("type 'delete' to run it: ")
    terminal.send("delX\x7fete\r")
    assert terminal.finish() == 0
    assert not (folder / "kept").exists()
    assert terminal.left_as_found()


def test_keys_typed_ahead_neither_choose_nor_confirm(
    on_terminal: Callable[..., PseudoTerminal], folder: Path
) -> None:
    terminal = on_terminal()
    terminal.send("2rdelete\r")
    terminal.expect(CHOOSE)
    terminal.send("2")
    terminal.expect(ACT)
    terminal.send("rdelete\r")
    terminal.expect("type 'delete' to run it: ")
    terminal.send("\r")
    terminal.expect("not run")
    terminal.send("q")
    assert terminal.finish() == 1
    assert (folder / "kept").exists()


def test_an_edited_command_is_checked_anew(
    on_terminal: Callable[..., PseudoTerminal], folder: Path
) -> None:
    # It sees a terminal in the modes that a program expects, and the command as it is.
    editor = script(folder, 'stty -a > modes; cp "$1" seen; echo "rm kept" > "$1"')
    terminal = on_terminal(EDITOR="/no/such/editor", VISUAL=editor)
    terminal.expect(CHOOSE)
    terminal.send("1")
    terminal.expect(ACT)
    terminal.send("e")
    assert "!! delete: Deletes kept for good." in terminal.expect(ACT)
    assert (folder / "seen").read_text() == f"{HARMLESS}\n"
    assert " icanon" in (folder / "modes").read_text()
    terminal.send("r")
    terminal.expect("type 'delete' to run it: ")
    terminal.send("\r")
    terminal.expect(ACT)
    terminal.send("p")
    terminal.expect("rm kept\n")
    assert terminal.finish() == 0
    assert (folder / "kept").exists()


def test_an_editor_that_fails_changes_nothing(
    on_terminal: Callable[..., PseudoTerminal], folder: Path
) -> None:
    failures = {
        "exit 3": "failed with status 3",
        ': > "$1"': "nothing is left",
        'rm "$1"': "cannot edit",
    }
    terminal = on_terminal(EDITOR=script(folder, f". {folder}/failure"))
    terminal.expect(CHOOSE)
    terminal.send("1")
    terminal.expect(ACT)
    for failure, said in failures.items():
        (folder / "failure").write_text(failure)
        terminal.send("e")
        terminal.expect(said)
        terminal.expect(ACT)
    terminal.send("\r")
    terminal.expect(HARMLESS + "\n")
    assert terminal.finish() == 0


def test_ctrl_c_leaves_the_terminal_as_it_was(
    on_terminal: Callable[..., PseudoTerminal], folder: Path
) -> None:
    terminal = on_terminal()
    terminal.expect(CHOOSE)
    assert not terminal.left_as_found()
    terminal.send("2")
    terminal.expect(ACT)
    terminal.send("r")
    terminal.expect("to run it: ")
    terminal.send("\x03")
    assert terminal.finish() == 130
    assert terminal.left_as_found()
    assert (folder / "kept").exists()


def test_only_the_chosen_command_is_on_stdout(
    on_terminal: Callable[..., PseudoTerminal],
) -> None:
    terminal = on_terminal("--print", stdout=subprocess.PIPE)
    terminal.expect(CHOOSE)
    terminal.send("x\x1b[A9")
    terminal.expect(CHOOSE)
    terminal.send("2")
    assert terminal.finish() == 0
    assert terminal.process.stdout is not None
    assert terminal.process.stdout.read() == f"{DANGEROUS}\n".encode()
    assert terminal.left_as_found()


def test_a_command_is_copied_by_the_terminal_where_no_program_can(
    on_terminal: Callable[..., PseudoTerminal], folder: Path
) -> None:
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sh", "bash"):
        (programs / name).symlink_to(f"/bin/{name}")
    terminal = on_terminal(PATH=str(programs))
    terminal.expect(CHOOSE)
    terminal.send("1")
    terminal.expect(ACT)
    terminal.send("c")
    packed = base64.b64encode(HARMLESS.encode()).decode()
    terminal.expect(f"\x1b]52;c;{packed}\a")
    terminal.expect("copied by the terminal")
    assert terminal.finish() == 0


def test_a_command_is_copied_by_a_program_where_there_is_one(
    on_terminal: Callable[..., PseudoTerminal], folder: Path, environment: dict[str, str]
) -> None:
    programs = folder / "bin"
    programs.mkdir()
    (programs / "xclip").write_text(f"#!/bin/sh\ncat > {folder}/clipboard\n")
    (programs / "xclip").chmod(0o755)
    terminal = on_terminal(PATH=f"{programs}:{environment['PATH']}", DISPLAY=":0")
    terminal.expect(CHOOSE)
    terminal.send("1")
    terminal.expect(ACT)
    terminal.send("c")
    terminal.expect("copied by xclip")
    assert terminal.finish() == 0
    assert (folder / "clipboard").read_text() == HARMLESS


def test_danger_is_red_where_colours_are_wanted_and_marked_everywhere() -> None:
    suggestion = suggest(DANGEROUS, Manuals([]))
    coloured, plain = ("\n".join(listed(suggestion, 1, 80, colour)) for colour in (True, False))
    assert "\x1b[1;31m!! delete" in coloured
    assert "!! delete" in plain
    assert "\x1b" not in plain


@pytest.mark.parametrize(
    ("is_terminal", "environment", "coloured"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_left_out_where_it_is_not_wanted(
    is_terminal: bool, environment: dict[str, str], coloured: bool
) -> None:
    controller, other = pty.openpty()
    path = os.ttyname(other) if is_terminal else os.devnull
    with open(path, "w") as stream:
        assert may_colour(stream, environment) is coloured
    os.close(controller)
    os.close(other)


@pytest.mark.slow
def test_from_a_sentence_to_a_chosen_command_on_a_terminal(
    folder: Path, environment: dict[str, str], checkpoint: Path
) -> None:
    argv = [sys.executable, "-m", "codefusion", "ask", "list all files", "--steps", "2", "--print"]
    argv += ["--model", str(checkpoint)]
    terminal = PseudoTerminal(argv, environment, folder, subprocess.PIPE)
    try:
        assert "thinking" in terminal.expect("1-5 choose, q quit: ")
        terminal.send("1")
        assert terminal.finish() in (0, 3)
        assert terminal.process.stdout is not None
        printed = terminal.process.stdout.read().decode()
        listed = without_terminal(folder, environment, *argv[4:], "--json")
        assert printed == json.loads(listed.stdout)["candidates"][0]["code"] + "\n"
    finally:
        terminal.close()
