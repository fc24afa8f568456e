"""What a rule's operands are in a formula: cells, lengths, numbers, texts and dates.

Not for conditions about them (`formula`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from codefusion.errors import UsageError
from codefusion.graders.cf_values import Kind, Value, read_literal
from codefusion.languages.cf_rules import Cell, Column, Length, Number, Operand, Percent, Text
from codefusion.spreadsheet.areas import Area, column_number, letters
from codefusion.spreadsheet.cells import LOGICAL
from codefusion.spreadsheet.workbook import DAY_ZERO, Region

# Excel's limit on a text within a formula.
MAX_TEXT = 255

_DATE = re.compile(r"[0-9][-/][0-9]{1,2}[-/][0-9]|[A-Za-z]{3}")


@dataclass(frozen=True)
class Term:
    """An operand in a formula.

    `text` is how it is written, `content` how it is written where a text is wanted: in Excel, TRUE
    is no text, and in LibreOffice it is the number 1. `literal` is the value of one.
    """

    text: str
    is_logical: bool = False
    is_length: bool = False
    literal: Value | None = None

    @property
    def as_text(self) -> str:
        """A literal as the text that was written."""
        assert self.literal is not None, "only a literal is known"
        return quoted(self.literal.text)

    @property
    def content(self) -> str:
        """The term with the text TRUE or FALSE in the place of the value."""
        if not self.is_logical:
            return self.text
        return f'IF(ISLOGICAL({self.text}),IF({self.text},"TRUE","FALSE"),{self.text})'

    @property
    def is_number(self) -> str:
        """A formula for whether it is a number; it never fails."""
        test = f"ISNUMBER({self.text})"
        return f"AND({test},NOT(ISLOGICAL({self.text})))" if self.is_logical else test

    @property
    def is_blank(self) -> str:
        """A formula for whether it is blank; it fails for an error."""
        return "FALSE" if self.is_length else f"LEN(TRIM({self.text}))=0"

    @property
    def counts(self) -> str:
        """A formula for whether it counts as a number, as blanks do; it fails for an error."""
        return self.is_number if self.is_length else f"OR({self.is_number},{self.is_blank})"

    @property
    def number(self) -> str:
        """The term where it counts as a number."""
        return self.text if self.is_length or self.literal else f"N({self.text})"


def make_term(operand: Operand | None, region: Region) -> Term:
    """Return an operand as it stands in a formula for the first cell of a region.

    None is that cell itself, and `c[k]` the one in its column of the same row. Raises `UsageError`
    for a column that the region has not, and a text that a formula can't hold.
    """
    area = region.area
    match operand:
        case None:
            logical = any(map(region.is_logical, range(area.width)))
            return Term(f"{letters(area.first_column)}{area.first_row}", logical)
        case Column(index):
            name = letters(area.first_column + checked_column(index, area))
            return Term(f"${name}{area.first_row}", region.is_logical(index))
        case Length(of):
            return Term(f"LEN({make_term(of, region).content})", is_length=True)
        case Cell(column, row):
            special = region.content.special.get(column_number(column), {})
            return Term(f"${column}${row}", special.get(row) == LOGICAL)
        case Number() | Percent() | Text():
            value = read_literal(operand)
            return Term(_written(operand, value), literal=value)


@dataclass(frozen=True)
class Cells:
    """All cells among which a condition ranks or counts one."""

    text: str
    has_errors: bool

    def numbers(self, call: str) -> str:
        """Return a call with the numbers among the cells put in at its `{}`."""
        if not self.has_errors:
            return call.format(self.text)
        # SUMPRODUCT, of one number here, has its arguments calculated for each cell.
        return f"SUMPRODUCT({call.format(f'IF(ISNUMBER({self.text}),{self.text})')})"


def make_cells(operand: Operand | None, region: Region) -> Cells:
    """Return what an operand stands for in all rows of a region; raises `UsageError`."""
    match operand:
        case None:
            first, last = 0, region.area.width - 1
        case Column(index):
            first = last = checked_column(index, region.area)
        case _:
            raise UsageError("no formula ranks or counts the lengths of texts; name the column")
    area = region.area.columns(first, last)
    corners = ((area.first_column, area.first_row), (area.last_column, area.last_row))
    text = ":".join(f"${letters(column)}${row}" for column, row in corners)
    errors = any(value.kind is Kind.ERROR for row in region.rows for value in row[first : last + 1])
    return Cells(text, errors)


def checked_column(index: int, area: Area) -> int:
    """Return the index of a column of the area; raises `UsageError` for one beyond it."""
    if index >= area.width:
        has = "is c[0]" if area.width == 1 else f"are c[0] to c[{area.width - 1}]"
        raise UsageError(f"the rule is about c[{index}], and the columns of the range {has}")
    return index


def quoted(text: str) -> str:
    """Return a text as a formula holds it; raises `UsageError` for one that none can."""
    if len(text) > MAX_TEXT:
        raise UsageError(f"a text in a formula has at most {MAX_TEXT} characters, got {len(text)}")
    if not text.isprintable():
        raise UsageError(f"a formula can't hold the characters of {text!r}")
    return '"' + text.replace('"', '""') + '"'


def _written(operand: Operand, value: Value) -> str:
    if value.kind is not Kind.NUMBER:
        return quoted(value.text)
    if isinstance(operand, Text) and value.number.is_integer() and _DATE.search(operand.value):
        day = DAY_ZERO + timedelta(days=value.number)
        # Days before March 1900 are other numbers in Excel.
        if day >= date(1900, 3, 1):
            return f"DATE({day.year},{day.month},{day.day})"
    return number_text(value.number)


def number_text(number: float) -> str:
    """Return a number as a formula holds it."""
    return f"{number:.15g}".upper()


@dataclass(frozen=True)
class Test:
    """A formula that is TRUE or FALSE, or an error for some cells if it `fails`."""

    text: str
    fails: bool = False

    @property
    def safe(self) -> str:
        """The formula with FALSE in the place of errors."""
        return f"IFERROR({self.text},FALSE)" if self.fails else self.text

    @property
    def negated(self) -> Test:
        """The test that holds wherever this one does not, errors included."""
        return Test(f"NOT({self.safe})")


def blank_test(cell: Term) -> Test:
    """Return the test that a cell is blank."""
    return Test(cell.is_blank, fails=not cell.is_length)


def number_test(cell: Term, test: str, *, blank: bool) -> Test:
    """Return a test of cells that are numbers, which blank ones pass or not."""
    if cell.is_length:
        return Test(test, fails=True)
    if blank:
        return Test(f"IF({cell.is_number},{test},{cell.is_blank})", fails=True)
    return Test(f"IF({cell.is_number},{test})")
