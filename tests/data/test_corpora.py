import ast
import logging
import sysconfig
from pathlib import Path

import pytest

from codefusion.data.corpora import MOST_LINE_CHARACTERS, python_standard_library
from codefusion.errors import DataError

MODULE = '''"""What it is for."""
import os

LIMIT = 3
TABLE = {
    "a": 1,
}


class Stack:
    """A stack."""

    @property
    def top(self):
        """Return the last.

        Not removed.
        """
        text = """first
second"""
        return self.items[-1]  # the last

\x0c
    def push(self, item):
        if item: self.items.append(item)
        return self


def größe(x): return len(x)
'''


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "stack.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


def codes(folder: Path, max_characters: int = 1200) -> list[str]:
    return [snippet.code for snippet in python_standard_library(max_characters, folder)]


def test_methods_come_at_the_margin_with_decorators_and_without_docstring(library: Path) -> None:
    method = '@property\ndef top(self):\n    text = """first\nsecond"""\n    return self.items[-1]'
    assert method in codes(library)
    assert "def push(self, item):\n    if item: self.items.append(item)\n    return self" in codes(
        library
    )


def test_single_statements_come_from_inside_of_functions_too(library: Path) -> None:
    found = codes(library)
    assert {"import os", "LIMIT = 3", 'TABLE = {\n    "a": 1,\n}'} <= set(found)
    assert {"self.items.append(item)", "return self.items[-1]", "return len(x)"} <= set(found)
    assert "def größe(x): return len(x)" in found
    assert not [code for code in found if "What it is for" in code]


def test_every_snippet_of_the_real_library_parses_and_comes_once() -> None:
    folder = Path(sysconfig.get_paths()["stdlib"], "json")
    snippets = list(python_standard_library(folder=folder))
    assert len(snippets) > 100
    assert len({snippet.code for snippet in snippets}) == len(snippets)
    for snippet in snippets:
        ast.parse(snippet.code)
        assert "\n" in snippet.code or len(snippet.code) <= MOST_LINE_CHARACTERS
    assert any(snippet.count > 1 for snippet in snippets)
    assert snippets == list(python_standard_library(folder=folder))


def test_repeats_are_counted(library: Path) -> None:
    (library / "twin.py").write_text("LIMIT = 3\nLIMIT = 3\n")
    counts = {snippet.code: snippet.count for snippet in python_standard_library(folder=library)}
    assert counts["LIMIT = 3"] == 3
    assert counts["import os"] == 1


def test_tests_and_other_peoples_packages_are_not_the_library(library: Path) -> None:
    for name in ("site-packages", "test", "lib2to3"):
        (library / "sub" / name).mkdir(parents=True)
        (library / "sub" / name / "a.py").write_text("forbidden = 1\n")
    (library / "sub" / "b.py").write_text("allowed = 1\n")
    assert "allowed = 1" in codes(library)
    assert "forbidden = 1" not in codes(library)


def test_a_library_below_a_folder_called_test_is_still_read(tmp_path: Path) -> None:
    folder = tmp_path / "test" / "lib"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text("allowed = 1\n")
    assert codes(folder) == ["allowed = 1"]


def test_nothing_is_longer_than_asked_for(library: Path) -> None:
    assert max(map(len, codes(library))) > 30
    assert max(map(len, codes(library, 30))) <= 30


def test_broken_files_are_skipped_and_their_number_is_logged(
    library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = codes(library)
    (library / "broken.py").write_text("def (:\n")
    (library / "latin.py").write_bytes(b"x = '\xff'\n")
    (library / "nul.py").write_bytes(b"x = 1\0\n")
    with caplog.at_level(logging.WARNING):
        assert codes(library) == whole
    assert "skipped 3 of 4 files" in caplog.text


def test_a_folder_without_sources_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no Python sources"):
        list(python_standard_library(folder=tmp_path))
