"""Code without utterances, for pre-training: Python's own standard library on this machine.

Not for pairs (`benchmarks`), nor for snippets that someone else collected (`examples`).
"""

from __future__ import annotations

import ast
import logging
import os
import sysconfig
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from codefusion.data.examples import Snippet
from codefusion.errors import DataError

logger = logging.getLogger(__name__)

# Tests repeat themselves, lib2to3 is Python 2, and the others are data, demos or other's packages.
SKIPPED_FOLDERS = frozenset(
    {
        "__pycache__",
        "__phello__",
        "config",
        "dist-packages",
        "idle_test",
        "idlelib",
        "lib2to3",
        "pydoc_data",
        "site-packages",
        "test",
        "tests",
        "turtledemo",
    }
)
MOST_LINES = 20
MOST_LINE_CHARACTERS = 160
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ONE_LINERS = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)


def python_standard_library(
    max_characters: int = 1200, folder: str | Path | None = None
) -> Iterator[Snippet]:
    """Yield the distinct snippets of the library's sources with their counts, as first met.

    These are functions and methods (without docstring, as if at the top of a file), top-level
    statements of 1 to 20 lines and, from everywhere, expressions, assignments and returns on one
    line of at most 160 characters. None is longer than `max_characters` (a token of code is about
    three). Files are read in the order of their paths, so that the result depends on the Python
    release alone. Files that cannot be read or parsed are skipped, and their number is logged.
    Raises `DataError` for a folder without any.
    """
    root = Path(folder or sysconfig.get_paths()["stdlib"])
    counts: Counter[str] = Counter()
    read = skipped = 0
    for path in source_files(root):
        try:
            source = path.read_text(encoding="utf-8")
            tree = _parse(source)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            skipped += 1
            logger.debug("skipped %s: %s", path, error)
            continue
        read += 1
        counts.update(code for code in _pieces(source, tree) if len(code) <= max_characters)
    if skipped:
        logger.warning("skipped %d of %d files under %s", skipped, read + skipped, root)
    if not read:
        raise DataError(f"no Python sources under {root}; is the standard library installed?")
    for code, count in counts.items():
        yield Snippet(code, "python", count)


def source_files(root: Path) -> list[Path]:
    """Return the library's own Python files under `root`, by path."""
    found = []
    for folder, subfolders, names in os.walk(root):
        # Pruned in place, for `os.walk` not to enter them: site-packages may hold 10,000 files.
        subfolders[:] = [
            name
            for name in subfolders
            if name not in SKIPPED_FOLDERS and not name.startswith("config-")
        ]
        found += [Path(folder, name) for name in names if name.endswith(".py")]
    return sorted(found)


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        # Old modules hold escapes such as "\d"; their warnings are not the user's business.
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _pieces(source: str, tree: ast.Module) -> Iterator[str]:
    # Not `splitlines`: it also splits at form feeds, and `ast` does not count those.
    lines = source.encode().split(b"\n")
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or _is_constant(node):
            continue
        code = _code(lines, node)
        height = code.count("\n") + 1
        if height == 1:
            wanted = len(code) <= MOST_LINE_CHARACTERS and (
                id(node) in top or isinstance(node, _ONE_LINERS)
            )
        else:
            wanted = isinstance(node, _FUNCTIONS) or (id(node) in top and height <= MOST_LINES)
        if wanted:
            yield code


def _code(lines: list[bytes], node: ast.stmt) -> str:
    """Return the statement's source as if at the top of a file, without a function's docstring."""
    decorators = getattr(node, "decorator_list", [])
    first = decorators[0].lineno if decorators else node.lineno
    last = node.end_lineno or node.lineno
    # `ast` counts columns in bytes of UTF-8.
    indent = node.col_offset
    margin = b" " * indent
    block = lines[first - 1 : last]
    block[-1] = block[-1][: node.end_col_offset]
    block[0] = block[0][indent:]
    # A line indented less is inside a string or brackets: it stays as it is.
    block[1:] = [line.removeprefix(margin) for line in block[1:]]
    if isinstance(node, _FUNCTIONS) and len(node.body) > 1 and _is_constant(node.body[0]):
        text, following = node.body[0], node.body[1]
        end = text.end_lineno or text.lineno
        if node.lineno < text.lineno and end < following.lineno:
            del block[text.lineno - first : end + 1 - first]
    return "\n".join(line.decode().rstrip() for line in block)


def _is_constant(node: ast.stmt) -> bool:
    # Docstrings and `...`.
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
