import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from codefusion import __version__

Run = Callable[..., Any]
HEAVY = ("torch", "transformers", "diffusers", "accelerate", "numpy", "matplotlib", "tokenizers")


def python(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    code = f"import sys, codefusion.cli.main; print([m for m in {HEAVY} if m in sys.modules])"
    assert python(code).stdout == "[]\n"


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, codefusion; print([m for m in {HEAVY} if m in sys.modules])"
    assert python(code).stdout == "[]\n"


@pytest.mark.parametrize("command", [[], ["generate"], ["train"], ["evaluate"], ["data"], ["info"]])
def test_help_explains_every_command_and_goes_to_stdout(
    codefusion: Run, command: list[str]
) -> None:
    done = codefusion(*command, "--help")
    assert (done.code, done.stderr) == (0, "")
    assert "Usage" in done.stdout


def test_help_is_printed_without_loading_anything_heavy() -> None:
    code = (
        "import sys\n"
        "from codefusion.cli.main import main\n"
        "try: main()\n"
        f"finally: sys.stderr.write(str([m for m in {HEAVY} if m in sys.modules]))"
    )
    assert python(code, "generate", "--help").stderr == "[]"


def test_the_version_is_the_packages(codefusion: Run) -> None:
    done = codefusion("--version")
    assert (done.code, done.stdout) == (0, f"codefusion {__version__}\n")


def test_an_unknown_command_is_a_usage_error(codefusion: Run) -> None:
    done = codefusion("genrate")
    assert (done.code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_the_module_is_the_same_command_as_the_script() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codefusion", "generate", "-l", "bsah", "list files"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "did you mean 'bash'?" in done.stderr
