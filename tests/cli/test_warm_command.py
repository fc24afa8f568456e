import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pseudo_terminal import PseudoTerminal

from codefusion.warm.place import the_place


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A runtime folder of its own, in which no server is left running."""
    folder = tempfile.mkdtemp(prefix="cf")  # the path of a socket may not be long
    changed = {
        "XDG_RUNTIME_DIR": folder,
        "XDG_CACHE_HOME": str(tmp_path),
        "MANPATH": str(tmp_path),
        "NO_COLOR": "1",
        "OMP_NUM_THREADS": "1",
    }
    kept = {name: value for name, value in os.environ.items() if name != "CODEFUSION_WARM"}
    environment = {**kept, **changed}
    yield environment
    codefusion(environment, "warm", "stop")
    shutil.rmtree(folder)


def codefusion(
    environment: dict[str, str], *arguments: object
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "codefusion", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env=environment,
    )


@pytest.mark.slow
def test_the_server_is_started_asked_and_stopped(
    environment: dict[str, str], checkpoint: Path
) -> None:
    done = codefusion(environment, "warm", "status")
    assert (done.returncode, done.stdout) == (1, "not running\n")
    assert codefusion(environment, "warm", "stop").stdout == "not running\n"
    done = codefusion(environment, "warm", "start", "--model", checkpoint)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ready, process ")
    assert "already running" in codefusion(environment, "warm", "start", "-m", checkpoint).stdout
    # What is printed is the same without the server, byte for byte.
    ask = ("ask", "list all files", "--model", checkpoint, "--steps", 2)
    for options in ([*ask, "--json"], [*ask, "-1", "--seed", 3], ["ask", "files " * 500, *ask[2:]]):
        warm, cold = (
            codefusion({**environment, "CODEFUSION_WARM": use}, *options) for use in ("1", "0")
        )
        assert (warm.returncode, warm.stdout, warm.stderr) == (
            cold.returncode,
            cold.stdout,
            cold.stderr,
        )
    done = codefusion(environment, "warm", "status")
    assert (done.returncode, "2 questions answered" in done.stdout) == (0, True)
    assert codefusion(environment, "warm", "stop").stdout == "stopped\n"
    assert codefusion(environment, "warm", "status").returncode == 1


def test_a_folder_that_is_not_the_users_alone_is_told_and_done_without(
    environment: dict[str, str], checkpoint: Path
) -> None:
    folder = Path(environment["XDG_RUNTIME_DIR"]) / "codefusion"
    folder.mkdir()
    folder.chmod(0o755)
    for command in ("start", "stop", "status"):
        options = ["-m", checkpoint] if command == "start" else []
        done = codefusion(environment, "warm", command, *options)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"codefusion: {folder} is not a folder of yours alone; remove it\n"
    folder.chmod(0o700)


def ask_on_a_terminal(environment: dict[str, str], folder: Path, *arguments: object) -> str:
    argv = [sys.executable, "-m", "codefusion", "ask", "list all files", *map(str, arguments)]
    terminal = PseudoTerminal([*argv, "--steps", "2"], {**environment, "TERM": "xterm"}, folder)
    try:
        shown = terminal.expect("choose, q quit: ")
        terminal.send("q")
        assert terminal.finish() == 1
        return shown
    finally:
        terminal.close()


def test_ctrl_c_while_a_server_is_waited_for_leaves_the_terminal_as_it_was(
    environment: dict[str, str], checkpoint: Path, tmp_path: Path
) -> None:
    place = the_place(environment)
    place.make()
    argv = [sys.executable, "-m", "codefusion", "ask", "list files", "-m", str(checkpoint)]
    with place.listen(1):  # and never greet
        terminal = PseudoTerminal(argv, {**environment, "TERM": "xterm"}, tmp_path)
        try:
            terminal.expect("thinking")
            terminal.send("\x03")
            assert terminal.finish() == 130
            assert terminal.shown.endswith("\r\x1b[K")
            assert terminal.left_as_found()
        finally:
            terminal.close()


def test_ctrl_c_while_libraries_load_is_not_lost_in_one_that_catches_everything(
    environment: dict[str, str], checkpoint: Path, tmp_path: Path
) -> None:
    # Short sleeps: a signal just before one is acted on only after it.
    lines = "import time", "print('loading')", "for _ in range(6000): time.sleep(0.01)"
    code = "".join(f"    {line}\n" for line in lines)
    (tmp_path / "diffusers.py").write_text(f"try:\n{code}except BaseException: pass\n")
    argv = [sys.executable, "-m", "codefusion", "ask", "list files", "-m", str(checkpoint)]
    changed = {"PYTHONPATH": f"{tmp_path}:{environment.get('PYTHONPATH', '')}", "TERM": "xterm"}
    terminal = PseudoTerminal(argv, {**environment, **changed}, tmp_path)
    try:
        terminal.expect("loading")
        terminal.send("\x03")
        assert terminal.finish() == 130
        assert terminal.shown.endswith("\r\x1b[K")
        assert terminal.left_as_found()
    finally:
        terminal.close()


@pytest.mark.slow
def test_asking_on_a_terminal_starts_a_server_for_the_next_question(
    environment: dict[str, str], checkpoint: Path, tmp_path: Path
) -> None:
    ask = ("--model", checkpoint)
    # Not when it is not wanted, and not without a terminal.
    unwanted = {**environment, "CODEFUSION_WARM": "0"}
    cold = ask_on_a_terminal(unwanted, tmp_path, *ask)
    assert codefusion(environment, "ask", "list all files", *ask, "--steps", 2).returncode == 0
    assert list(Path(environment["XDG_RUNTIME_DIR"]).iterdir()) == []
    assert ask_on_a_terminal(environment, tmp_path, *ask) == cold
    ends = time.monotonic() + 60.0
    while not codefusion(environment, "warm", "status").stdout.startswith("ready"):
        assert time.monotonic() < ends
        time.sleep(0.2)
    assert ask_on_a_terminal(environment, tmp_path, *ask) == cold
    assert "1 questions answered" in codefusion(environment, "warm", "status").stdout


@pytest.mark.slow
def test_asking_a_warm_server_imports_no_library_of_tensors(
    environment: dict[str, str], checkpoint: Path
) -> None:
    assert codefusion(environment, "warm", "start", "--model", checkpoint).returncode == 0
    code = (
        "import sys; from codefusion.cli.main import main\n"
        "try: main()\n"
        "finally: sys.exit([one for one in ('torch', 'numpy') if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", "list all files", "-m", str(checkpoint), "--steps=2"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert done.stderr.endswith("[]\n")


@pytest.mark.slow
def test_the_session_in_the_docs_is_what_the_commands_print(environment: dict[str, str]) -> None:
    docs = Path(__file__).resolve().parents[2] / "docs" / "terminal.md"
    sessions = re.findall(r"```console\n(.*?)```", docs.read_text(encoding="utf-8"), re.DOTALL)
    (session,) = [one for one in sessions if "codefusion warm" in one]
    for command, shown in re.findall(
        r"^\$ codefusion (.*)\n((?:[^$].*\n)*)", session, re.MULTILINE
    ):
        printed = codefusion(environment, *shlex.split(command)).stdout
        if command.startswith("ask"):
            cold = codefusion({**environment, "CODEFUSION_WARM": "0"}, *shlex.split(command))
            assert printed == cold.stdout
        else:
            differ = r"process \d+|\d+ min|\d+ MB"
            assert re.sub(differ, "", printed) == re.sub(differ, "", shown)
