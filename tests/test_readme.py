"""The README is always true: its examples print what it says they print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def examples() -> list[tuple[str, str]]:
    blocks = re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    lines = "".join(blocks)
    return re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", lines, re.MULTILINE)


def test_there_are_three_examples():
    assert len(examples()) >= 3


@pytest.mark.slow
@pytest.mark.parametrize(("command", "printed"), examples())
def test_an_example_prints_what_the_readme_says(command: str, printed: str):
    program, *arguments = shlex.split(command)
    assert program == "codefusion"
    done = subprocess.run(
        [sys.executable, "-m", "codefusion", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == printed


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)]+)\)", README.read_text()))
def test_a_link_of_the_readme_leads_somewhere(path: str):
    assert (README.parent / path).exists()
