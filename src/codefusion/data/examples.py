"""Pairs and snippets, and the JSON-lines files they live in.

Not for tokens or tensors (`batching`), nor for where the files come from (`benchmarks`, `corpora`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from codefusion.errors import DataError, unknown_name

Row = TypeVar("Row")
Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Example:
    """One utterance and the code that answers it; `table` holds rows of text, the header first."""

    utterance: str
    code: str
    language: str
    table: Table = ()


@dataclass(frozen=True)
class Snippet:
    """Code without an utterance, and how often its corpus held it (at least once)."""

    code: str
    language: str
    count: int = 1


def for_review(example: Example) -> Example:
    """Return the pair the other way round: what a reviewer reads and what it then tells.

    Its `utterance` is the program; its `code` is what was said, without the capital of a first
    word. A table is left out.
    """
    said = " ".join(example.utterance.split())
    if said[1:2].islower():
        said = said[0].lower() + said[1:]
    return Example(example.code, said, example.language)


def read_examples(path: str | Path, language: str | None = None) -> list[Example]:
    """Return the pairs of a JSON-lines file; `language` is for rows that name none.

    Raises `DataError` at the first broken line, as `file:line: what is wrong`.
    """
    check_language(language)
    examples = [parse_example(line, where, language) for where, line in numbered_lines(path)]
    return _not_empty(examples, path)


def read_snippets(path: str | Path, language: str | None = None) -> list[Snippet]:
    """Return the snippets of a JSON-lines file, or the code of a file of pairs.

    Raises `DataError` at the first broken line, as `file:line: what is wrong`.
    """
    check_language(language)
    snippets = [parse_snippet(line, where, language) for where, line in numbered_lines(path)]
    return _not_empty(snippets, path)


def numbered_lines(path: str | Path) -> Iterator[tuple[str, bytes]]:
    """Yield `file:line` and the bytes of every line that is not blank."""
    path = Path(path)
    if path.is_dir():
        raise DataError(f"{path} is a folder; name a JSON-lines file in it")
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                # Some editors open a UTF-8 file with a byte order mark.
                content = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
                if content:
                    yield f"{path}:{number}", content
    except FileNotFoundError:
        raise DataError(f"no such file: {path}") from None
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from None


def parse_example(line: bytes, where: str, language: str | None = None) -> Example:
    """Return the pair on one line; `where` opens the message of the `DataError` it may raise."""
    row = _row(line, where)
    return Example(
        utterance=_text(row, "utterance", where),
        code=_text(row, "code", where),
        language=_language(row, where, language),
        table=table_of(row.get("table"), where),
    )


def parse_snippet(line: bytes, where: str, language: str | None = None) -> Snippet:
    """Return the snippet on one line; `where` opens the message of the `DataError` it may raise."""
    row = _row(line, where)
    count = row.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise DataError(f"{where}: count must be a whole number from 1, got {_short(count)}")
    return Snippet(_text(row, "code", where), _language(row, where, language), count)


def table_of(cells: object, where: str) -> Table:
    """Return JSON rows as rows of text; numbers keep Python's spelling, null is an empty cell.

    Truth values are spelled as in a spreadsheet, TRUE and FALSE.
    """
    if cells is None:
        return ()
    if not isinstance(cells, list) or not all(isinstance(row, list) for row in cells):
        raise DataError(f"{where}: table must be a list of rows, got {_short(cells)}")
    return tuple(tuple(_cell(cell, where) for cell in row) for row in cells)


def write_jsonl(path: str | Path, rows: Iterable[Example | Snippet | Mapping[str, object]]) -> int:
    """Write one row per line and return how many; an interrupted write leaves the old file."""
    path = Path(path)
    if path.is_dir():
        raise DataError(f"cannot write {path}: it is a folder")
    # A device such as /dev/stdout must not be replaced by a file of that name.
    in_place = path.exists() and not path.is_file()
    part = path if in_place else path.with_name(f"{path.name}.{os.getpid()}.part")
    written = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("w", encoding="utf-8", newline="\n") as file:
                for row in rows:
                    file.write(json_line(row) + "\n")
                    written += 1
            if not in_place:
                part.replace(path)
        finally:
            if not in_place:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror or error}") from None
    return written


def json_line(row: Example | Snippet | Mapping[str, object]) -> str:
    """Return the row as one line of JSON, without an empty table."""
    fields = dict(row) if isinstance(row, Mapping) else asdict(row)
    if fields.get("table") == ():
        del fields["table"]
    return json.dumps(fields, ensure_ascii=False)


def check_language(language: str | None) -> None:
    """Raise `UsageError` for a language that no package knows; None passes."""
    # Imported late: a language may load a parser, and most readers never need one.
    from codefusion.languages import language_names

    names = language_names()
    if language is not None and language not in names:
        raise unknown_name("language", language, names)


def _row(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: not UTF-8 (byte {error.start + 1} of the line)") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{where}: broken JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):
        raise DataError(f"{where}: broken JSON: a number too long or nesting too deep") from None
    if not isinstance(row, dict):
        raise DataError(f"{where}: each line must be a JSON object, got {_short(row)}")
    return row


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    if key not in row:
        raise DataError(f"{where}: no {key!r} in the row; it has {', '.join(row) or 'no keys'}")
    value = row[key]
    if not isinstance(value, str):
        raise DataError(f"{where}: {key!r} must be text, got {_short(value)}")
    if not value.strip():
        raise DataError(f"{where}: {key!r} is empty")
    return _encodable(value, where)


def _language(row: Mapping[str, Any], where: str, fallback: str | None) -> str:
    language = row.get("language")
    if language is None:
        if fallback is None:
            raise DataError(f"{where}: the row names no language; add one, or pass a language")
        return fallback
    from codefusion.languages import language_names

    names = language_names()
    if not isinstance(language, str):
        raise DataError(f"{where}: 'language' must be text, got {_short(language)}")
    if language not in names:
        raise DataError(f"{where}: {unknown_name('language', language, names)}")
    return language


def _cell(cell: object, where: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, str | int | float):
        return _encodable(str(cell), where)
    raise DataError(f"{where}: a table cell must be text, a number or null, got {_short(cell)}")


def _encodable(text: str, where: str) -> str:
    # JSON can spell half a surrogate pair, which no tokenizer and no file can take.
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise DataError(f"{where}: a lone surrogate (\\ud800 to \\udfff) is no text")
    return text


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _not_empty(rows: list[Row], path: str | Path) -> list[Row]:
    if not rows:
        raise DataError(f"{path} holds no rows")
    return rows
