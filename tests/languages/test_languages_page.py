"""The page on adding a language is true: its file and its line, put in place, make its session."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import codefusion

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "languages.md"

# Whatever is written, a language answers.
ANY_TEXT = """
from codefusion.languages import get_language
cron = get_language("cron")
for code in ["", "* * * *", "0 " * 9999, "\\0", "\\ud800", "(" * 9999, "*/5 8-18 * jan,FEB sun-07"]:
    form = cron.normal_form(code)
    assert cron.normal_form(form) == form
    assert cron.is_valid(code) is cron.is_valid(form)
    assert cron.maskable_spans(code) == sorted(cron.maskable_spans(code))
"""


def test_a_language_is_one_file_and_one_registration(tmp_path: Path) -> None:
    file, line, session = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    package = tmp_path / "codefusion"
    shutil.copytree(Path(codefusion.__file__).parent, package, ignore=_what_is_not_needed)
    (package / "languages" / "cron.py").write_text(file)
    registry = package / "languages" / "__init__.py"
    before, opening, after = registry.read_text().partition("_REGISTRY = {\n")
    registry.write_text(before + opening + line + after)
    (tmp_path / "session.txt").write_text(session)
    command = [sys.executable, "-m", "doctest", "session.txt"]
    for run in (command, [sys.executable, "-c", ANY_TEXT]):
        done = subprocess.run(
            run,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_session_of_the_page_holds_examples() -> None:
    assert len(doctest.DocTestParser().get_examples(PAGE.read_text("utf-8"))) >= 5


def _what_is_not_needed(folder: str, names: list[str]) -> set[str]:
    """Leave out all but the languages and the reading of pairs."""
    if Path(folder).name != "codefusion":
        return {"__pycache__"}
    return set(names) - {"__init__.py", "errors.py", "languages", "data"}
