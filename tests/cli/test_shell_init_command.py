import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pseudo_terminal import PseudoTerminal

Run = Callable[..., Any]
SENTENCE, COMMAND = "make a file", "touch made"
SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "--no-rcs", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
PROMPT = "ready$ "
# The quotes keep what is typed from looking like what it prints.
LOAD = {
    "bash": "PS1='ready''$ '; eval \"$(codefusion shell-init bash)\"; echo load''ed",
    "zsh": "PS1='ready''$ '; eval \"$(codefusion shell-init zsh)\"; echo load''ed",
    "fish": (
        "function fish_prompt; echo -n 'ready''$ '; end; "
        "codefusion shell-init fish | source; echo load''ed"
    ),
}
HISTORY = {"bash": "history", "zsh": "fc -l 1", "fish": "history"}
INSTALLED = [
    pytest.param(
        name, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not here")
    )
    for name in SHELLS
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A `codefusion` on PATH that always offers the same two commands, by its own `--from`."""
    (tmp_path / "commands").write_text(f"{COMMAND}\nls\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "codefusion"
    program.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = ask ]; then shift; set -- ask --from {tmp_path}/commands "$@"; fi\n'
        f'printf "%s\\n" "$*" >> {tmp_path}/calls\n'
        f'exec {sys.executable} -m codefusion "$@"\n'
    )
    program.chmod(0o755)
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "MANPATH": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "TERM": "xterm",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def shell(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[[str], PseudoTerminal]]:
    opened: list[PseudoTerminal] = []

    def start(name: str) -> PseudoTerminal:
        terminal = PseudoTerminal(SHELLS[name], environment, tmp_path)
        opened.append(terminal)
        terminal.send(LOAD[name] + "\r")
        terminal.expect("loaded\n")
        # Keys are lost on a shell that is not yet reading them.
        terminal.expect(PROMPT)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()


@pytest.mark.parametrize("name", INSTALLED)
def test_the_key_puts_the_chosen_command_on_the_line_and_runs_nothing(
    shell: Callable[[str], PseudoTerminal], tmp_path: Path, name: str
) -> None:
    terminal = shell(name)
    # Ctrl-C leaves the line as it is, also with quotes in it.
    terminal.send("echo un'cho'sen\x07")
    terminal.expect("choose, q quit: ")
    terminal.send("\x03")
    terminal.expect(PROMPT)
    terminal.send("\r")
    terminal.expect("unchosen\n")
    terminal.expect(PROMPT)
    terminal.send(SENTENCE + "\x07")
    terminal.expect("choose, q quit: ")
    terminal.send("1")
    terminal.expect(PROMPT)
    assert not (tmp_path / "made").exists()
    # It is on the line, to be changed and run by the user.
    terminal.send("; echo e''nd\r")
    terminal.expect("end\n")
    assert (tmp_path / "made").exists()
    terminal.expect(PROMPT)
    terminal.send(f"{HISTORY[name]} | cat; echo list''ed\r")
    assert f"{COMMAND}; echo e''nd\n" in terminal.expect("listed\n")
    asked = [line for line in (tmp_path / "calls").read_text().splitlines() if "--print" in line]
    assert [line.partition(" -- ")[2] for line in asked] == ["echo un'cho'sen", SENTENCE]


@pytest.mark.parametrize("name", INSTALLED)
def test_the_shell_finds_no_fault_with_the_code(codefusion: Run, name: str) -> None:
    options = ([], ["--key", "alt-x"], ["--model", "it's \\ {a} $b"])
    code = "".join(codefusion("shell-init", name, *option).stdout for option in options)
    done = subprocess.run(
        [name, "-n"], input=code, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "key", "written"),
    [
        ("bash", "ctrl-g", r'"\C-g"'),
        ("bash", "alt-x", r'"\ex"'),
        ("zsh", "ctrl-t", "'^t'"),
        ("zsh", "Alt-X", "'^[x'"),
        ("fish", "ctrl-g", r"bind \cg "),
    ],
)
def test_the_key_is_written_as_the_shell_reads_it(
    codefusion: Run, name: str, key: str, written: str
) -> None:
    assert written in codefusion("shell-init", name, "--key", key).stdout


@pytest.mark.parametrize("name", INSTALLED)
def test_the_name_of_a_model_reaches_ask_as_it_is(
    codefusion: Run, environment: dict[str, str], tmp_path: Path, name: str
) -> None:
    model = 'it\'s \\ "{a}" $b'
    code = codefusion("shell-init", name, "--model", model).stdout
    (line,) = [line.strip() for line in code.splitlines() if "ask --print" in line]
    call = line[line.index("ask --print") : line.index(" -- ")]
    done = subprocess.run(
        [name, "-c", f"printf '<%s>' {call}"], capture_output=True, text=True, check=False
    )
    assert done.stdout == f"<ask><--print><--model><{model}>"


def test_a_folder_is_named_in_full_since_the_key_is_pressed_anywhere(
    codefusion: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    assert f"--model {tmp_path}/model" in codefusion("shell-init", "bash", "-m", "model").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bahs"], "did you mean 'bash'?"),
        (["bash", "--key", "f1"], "ctrl-a"),
        (["bash", "--key", "ctrl-"], "ctrl-a"),
    ],
)
def test_a_mistake_is_told_in_one_line(codefusion: Run, arguments: list[str], said: str) -> None:
    assert said in codefusion("shell-init", *arguments).refusal(2)
