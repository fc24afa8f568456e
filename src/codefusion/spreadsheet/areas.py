"""Rectangles of cells and their names: `B2:F200`.

Not for what is in the cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from codefusion.errors import UsageError

# The last cell of a sheet is XFD1048576.
MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_END = r"\$?(?P<column{n}>[A-Za-z]{{1,3}})(?:\$?(?P<row{n}>[1-9][0-9]{{0,6}}))?"
_RANGE = re.compile(f"{_END.format(n=1)}(?::{_END.format(n=2)})?")


@dataclass(frozen=True)
class Area:
    """The cells from one corner to the other, both included; rows and columns count from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def height(self) -> int:
        """Its number of rows."""
        return self.last_row - self.first_row + 1

    @property
    def width(self) -> int:
        """Its number of columns."""
        return self.last_column - self.first_column + 1

    def contains(self, row: int, column: int) -> bool:
        """Whether a cell lies in it."""
        return (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
        )

    def overlaps(self, other: Area) -> bool:
        """Whether any cell lies in both."""
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )

    def columns(self, first: int, last: int) -> Area:
        """Return the part from one of its columns to another, both counted from 0."""
        left = self.first_column
        return replace(self, first_column=left + first, last_column=left + last)

    def __str__(self) -> str:
        start = f"{letters(self.first_column)}{self.first_row}"
        end = f"{letters(self.last_column)}{self.last_row}"
        return start if start == end else f"{start}:{end}"


def parse_area(text: str) -> Area:
    """Read `B2:F200`, or whole columns such as `B:F`; raises `UsageError`."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        hint = "; name the sheet with --sheet" if "!" in text else ""
        raise UsageError(f"{text!r} is no range of cells such as B2:F200 or B:F{hint}")
    ends = [(match["column1"], match["row1"])]
    if match["column2"]:
        ends.append((match["column2"], match["row2"]))
    if len(ends) == 2 and bool(ends[0][1]) != bool(ends[1][1]):
        raise UsageError(f"{text!r} gives a row at one end only; write B2:F200 or B:F")
    columns = sorted(column_number(column) for column, _ in ends)
    rows = sorted(int(row) for _, row in ends if row) or [1, MAX_ROW]
    if columns[-1] > MAX_COLUMN or rows[-1] > MAX_ROW:
        raise UsageError(f"{text!r} ends beyond the last cell of a sheet, XFD1048576")
    return Area(rows[0], columns[0], rows[-1], columns[-1])


@lru_cache(maxsize=MAX_COLUMN)
def column_number(name: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def letters(column: int) -> str:
    """A for 1, AA for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last of each run of neighbours, in order."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
