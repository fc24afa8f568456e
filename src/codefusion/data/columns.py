"""Columns of a table that an utterance speaks of: by name, by letter, or by what a cell holds.

Text-to-SQL calls it schema linking. Not for tokens: `codec` marks each mention with the slot token
that stands for the column in the code, so that `c[3]` is copied and not counted out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NUMBER, DATE, TEXT = "number", "date", "text"

# A run of letters with the case changes of camelCase inside, or of digits.
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_LETTER = re.compile(r"\b(?:columns?|col)\s+([A-Z])\b|\b([A-Z])\s+column\b")
# Words of names that say nothing of the column.
_EMPTY = {"and", "for", "not", "the", "their", "this", "with", "your"}
# A worksheet may have a million rows; its first ones tell as much.
MOST_ROWS = 200
_DIGITS = re.compile(r"[-+$€£(]*\s*\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?\s*[%)]?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[/.-](?:\d{1,2}|[a-z]{3,9})[/.-]\d{2,4}"
    r"|(?:\d{1,2}\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+[\d, ]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mention:
    """Where, `start` to `end`, an utterance speaks of a column, the first of which is 0.

    `named` where it calls the column by name or letter, and not by what a cell holds.
    """

    start: int
    end: int
    column: int
    named: bool = True


@dataclass(frozen=True)
class _Word:
    stem: str
    start: int
    end: int


def _stem(word: str) -> str:
    """Return a word in lower case and the singular, as nearly as endings tell."""
    word = word.lower()
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _words(text: str) -> list[_Word]:
    return [
        _Word(_stem(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)
    ]


def _stems(name: str) -> tuple[str, ...]:
    return tuple(word.stem for word in _words(_CAMEL.sub(" ", name)))


def as_text(table: Sequence[Sequence[object]]) -> list[list[str]]:
    """Return the first `MOST_ROWS` rows with each cell as text, None as an empty one."""
    return [["" if cell is None else str(cell) for cell in row] for row in table[:MOST_ROWS]]


def column_kind(cells: Sequence[str]) -> str:
    """Return what most of the cells that hold anything are, number, date or text."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    numbers = sum(_DIGITS.fullmatch(cell) is not None for cell in filled)
    dates = sum(_DATE.fullmatch(cell) is not None for cell in filled)
    if filled and 2 * numbers > len(filled):
        return NUMBER
    return DATE if filled and 2 * dates > len(filled) else TEXT


def find_mentions(utterance: str, table: Sequence[Sequence[str]]) -> list[Mention]:
    """Return where `utterance` speaks of a column, from the left.

    `table` holds rows of text, the header first. Whole names come first, then what a cell of only
    one column holds, then words that are in one name alone; nothing overlaps.
    """
    header = [_stems(name) for name in table[0]] if table else []
    said = _words(utterance)
    taken = [False] * len(utterance)
    found: list[Mention] = []

    def take(mention: Mention) -> None:
        start, end = mention.start, mention.end
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            found.append(mention)

    for match in _LETTER.finditer(utterance):
        column = ord(match.group(1) or match.group(2)) - ord("A")
        if column < len(header):
            take(Mention(*match.span(match.lastindex or 0), column))
    names = {stems: column for column, stems in reversed(list(enumerate(header))) if any(stems)}
    held = _only_in_one(_held(table[1:], len(header)))
    parts = _only_in_one(
        ((stem,), column)
        for column, stems in enumerate(header)
        for stem in set(stems)
        if len(stem) > 2 and stem not in _EMPTY
    )
    for known in (names, held, parts):
        for stems in sorted(known, key=len, reverse=True):
            for words in _runs(said, stems):
                take(Mention(words[0].start, words[-1].end, known[stems], known is not held))
    return sorted(found, key=lambda one: one.start)


def _held(rows: Sequence[Sequence[str]], columns: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the words of each cell that has any but numbers, with its column."""
    for row in rows:
        for column, cell in enumerate(row[:columns]):
            stems = _stems(cell)
            if any(not stem.isdigit() and len(stem) > 1 for stem in stems):
                yield stems, column


def _only_in_one(pairs: Iterator[tuple[tuple[str, ...], int]]) -> dict[tuple[str, ...], int]:
    columns: dict[tuple[str, ...], set[int]] = {}
    for stems, column in pairs:
        columns.setdefault(stems, set()).add(column)
    return {stems: min(found) for stems, found in columns.items() if len(found) == 1}


def _runs(said: Sequence[_Word], stems: tuple[str, ...]) -> Iterator[Sequence[_Word]]:
    for first in range(len(said) - len(stems) + 1):
        run = said[first : first + len(stems)]
        if tuple(word.stem for word in run) == stems:
            yield run
