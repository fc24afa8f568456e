"""A range of a sheet as typed cells: what a rule, a model and a person need to know of it.

Not for how a workbook stores them (`cells`), nor for what a rule makes of them (`preview`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from codefusion.errors import UsageError
from codefusion.graders.cf_values import Kind, Value, read_value
from codefusion.spreadsheet.areas import MAX_ROW, Area, letters, parse_area
from codefusion.spreadsheet.cells import (
    DATE,
    EMPTY,
    LOGICAL,
    PERCENT,
    Content,
    read_cells,
)
from codefusion.spreadsheet.package import Package, Sheet

# Each takes some hundred bytes.
MAX_CELLS = 5_000_000
DAY_ZERO = date(1899, 12, 30)


@dataclass(frozen=True)
class Column:
    """One column of a range.

    `type` is what all its filled cells are: number, date, percent, text, logical or error; or
    else "mixed", or "empty".
    """

    name: str
    letters: str
    type: str


@dataclass(frozen=True)
class Region:
    """The cells of a range below its header.

    `area` is where they lie, and `rows` has a value for each column in each row. `notes` are lines
    for the user, on what a preview can't know or may surprise with.
    """

    sheet: Sheet
    area: Area
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    content: Content
    notes: tuple[str, ...]

    @property
    def header(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self.columns]

    def at(self, row: int, column: int) -> Value:
        """Return the value of any cell of the sheet, both numbers from 1."""
        return self.content.rows.get(row, {}).get(column, EMPTY)

    def table(self, columns: Sequence[int], rows: int) -> list[list[str]]:
        """Return some columns, from 0, as a model reads them: `rows` at most, the names first."""
        cells = [
            [self.shown(row, column) for column in columns]
            for row in range(min(len(self.rows), rows - 1))
        ]
        return [[self.columns[column].name for column in columns], *cells]

    def is_logical(self, column: int) -> bool:
        """Whether a cell of a column of the range, from 0, is TRUE or FALSE."""
        return LOGICAL in self.content.special.get(self.area.first_column + column, {}).values()

    def shown(self, row: int, column: int) -> str:
        """Return a cell of the range, both numbers from 0, about as a person sees it."""
        number, place = self.area.first_row + row, self.area.first_column + column
        return _shown(self.rows[row][column], self.content.special.get(place, {}).get(number))


def read_region(
    package: Package, sheet: str | None = None, cells: str | None = None, header: bool = True
) -> Region:
    """Read a range such as `B2:F200` or `B:F`, or all that the sheet holds.

    The first row of the range names the columns; without a `header`, their letters do.

    Raises:
        UsageError: for a sheet or range that is not there, or has no cells below its header.
        DataError: for a workbook that is broken.
    """
    chosen = package.sheet(sheet)
    wanted = None if cells is None else parse_area(cells)
    content = read_cells(package, chosen)
    area = _filled(chosen, content, wanted)
    body = Area(area.first_row + header, area.first_column, area.last_row, area.last_column)
    if body.height < 1:
        raise UsageError(f"the range {area} has only a header; add rows, or --no-header")
    if body.height * body.width > MAX_CELLS:
        raise UsageError(f"the range {area} has more than {MAX_CELLS:,} cells; give a smaller one")
    span = range(area.first_column, area.last_column + 1)
    rows = []
    for number in range(body.first_row, body.last_row + 1):
        filled = content.rows.get(number, {})
        rows.append([filled.get(column, EMPTY) for column in span])
    named = content.rows.get(area.first_row, {}) if header else {}
    columns = []
    for column in span:
        special = content.special.get(column, {})
        name = _shown(named.get(column, EMPTY), special.get(area.first_row))
        place = column - span.start
        types = {
            special.get(number) or _type(row[place])
            for number, row in enumerate(rows, start=body.first_row)
        } - {"empty"}
        type_ = "empty" if not types else "mixed" if len(types) > 1 else types.pop()
        columns.append(Column(" ".join(name.split()) or letters(column), letters(column), type_))
    notes = tuple(_notes(body, columns, rows, content))
    return Region(chosen, body, tuple(columns), rows, content, notes)


def _type(value: Value) -> str:
    # Not a table by kind: it would take as long as all the rest.
    if value.kind is Kind.NUMBER:
        return "number"
    if value.kind is Kind.TEXT:
        return "text"
    return "empty" if value.kind is Kind.BLANK else "error"


def _filled(sheet: Sheet, content: Content, wanted: Area | None) -> Area:
    """Return the part of the wanted area that may hold cells; raises `UsageError` if none does."""
    if not content.rows:
        raise UsageError(f"the sheet {sheet.name!r} is empty")
    columns = [column for cells in content.rows.values() for column in (min(cells), max(cells))]
    used = Area(min(content.rows), min(columns), max(content.rows), max(columns))
    if wanted is None:
        return used
    if wanted.last_row == MAX_ROW:
        # Whole columns, or as good as that.
        wanted = Area(
            max(wanted.first_row, used.first_row),
            wanted.first_column,
            max(used.last_row, wanted.first_row),
            wanted.last_column,
        )
    rows = range(wanted.first_row, wanted.last_row + 1)
    span = range(wanted.first_column, wanted.last_column + 1)
    if not any(
        row in rows and any(column in span for column in cells)
        for row, cells in content.rows.items()
    ):
        raise UsageError(
            f"the range {wanted} of {sheet.name!r} has no filled cell; the sheet's are in {used}"
        )
    return wanted


def _shown(value: Value, special: str | None) -> str:
    if special == PERCENT:
        return f"{value.number * 100:.15g}%"
    if special != DATE or value.kind is not Kind.NUMBER:
        return value.text
    days, rest = divmod(round(value.number * 86_400), 86_400)
    try:
        day = (DAY_ZERO + timedelta(days=days)).isoformat()
    except OverflowError:
        return value.text
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}"
    if not days:
        return clock  # a time alone
    return f"{day} {clock}" if rest else day


def _notes(
    area: Area, columns: Sequence[Column], rows: Sequence[Sequence[Value]], content: Content
) -> Iterator[str]:
    unknown = [
        f"{letters(column)}{row}" for row, column in content.uncached if area.contains(row, column)
    ]
    if unknown:
        yield (
            f"formulas without a stored value are previewed as blank: {len(unknown)}, the first in "
            f"{unknown[0]}; save the workbook in a spreadsheet program to have them calculated"
        )
    merged = [each for each in content.merged if parse_area(each).overlaps(area)]
    if merged:
        yield f"merged cells count as their first cell, the others as blank: {', '.join(merged)}"
    hidden = sum(area.first_row <= row <= area.last_row for row in content.hidden)
    if hidden:
        yield f"hidden rows in the range, which rules count and colour too: {hidden}"
    for place, column in enumerate(columns):
        texts = (row[place] for row in rows if row[place].kind is Kind.TEXT)
        count = sum(read_value(value.text).kind is Kind.NUMBER for value in texts)
        if count:
            yield (
                f"numbers or dates kept as text in {column.name!r}: {count}; as in Excel, "
                "no number is equal to them"
            )
