"""Which cells of a region a rule colours, after the interpreter, and where rules disagree.

Not for drawing them (`drawing`), nor for the formatting that will colour them (`formatting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from codefusion.graders.cf_interpreter import TypedTable, coloured_cells
from codefusion.graders.cf_values import Value
from codefusion.languages.cf_rules import (
    Cell,
    Column,
    Combination,
    Length,
    Operand,
    Rule,
    conditions,
    operands,
)
from codefusion.spreadsheet.areas import Area, column_number, letters, runs
from codefusion.spreadsheet.formatting import coloured_columns
from codefusion.spreadsheet.workbook import Region


@dataclass(frozen=True)
class Coloured:
    """Cells of a region: for each column, from 0, the rows, from 0. No column is empty."""

    rows_of: dict[int, frozenset[int]]

    def __len__(self) -> int:
        """The number of cells."""
        return sum(map(len, self.rows_of.values()))

    @property
    def rows(self) -> frozenset[int]:
        """The rows with any such cell."""
        return frozenset().union(*self.rows_of.values())

    def in_row(self, row: int) -> list[int]:
        """Return the columns coloured in a row."""
        return [column for column, rows in self.rows_of.items() if row in rows]

    def areas(self, within: Area) -> list[Area]:
        """Return the cells as few rectangles of the sheet, in order, none over another."""
        found = []
        same: dict[frozenset[int], list[int]] = {}
        for column, rows in self.rows_of.items():
            same.setdefault(rows, []).append(column)
        for rows, columns in same.items():
            for first, last in runs(columns):
                wide = within.columns(first, last)
                found += [
                    replace(wide, first_row=within.first_row + top, last_row=within.first_row + end)
                    for top, end in runs(rows)
                ]
        return sorted(found, key=lambda area: (area.first_row, area.first_column))


def preview(rule: Rule, region: Region, whole_rows: bool, today: date) -> Coloured:
    """Return the cells of a region that a rule colours; none for one that shades by value.

    `$B$5` in the rule is that cell of the sheet. Raises `UsageError` for a column that is not
    there.
    """
    columns = coloured_columns(rule, region, whole_rows)
    by_cell = any(condition.subject is None for condition in conditions(rule))
    named = {each for condition in conditions(rule) for each in operands(condition)}
    used = list(range(region.area.width))
    if not by_cell:
        # Only what the rule reads: a wide sheet takes no longer than a narrow one.
        used = sorted(each.index for each in named if isinstance(each, Column))
    # Fixed cells may lie anywhere: they go behind the header, which is not coloured or counted.
    fixed = sorted((each for each in named if isinstance(each, Cell)), key=repr)
    header: list[str | Value] = [region.columns[column].name for column in used]
    header += [region.at(cell.row, column_number(cell.column)) for cell in fixed]
    table: TypedTable = [header, *([row[column] for column in used] for row in region.rows)]
    places: dict[Operand, Operand] = {Column(index): Column(n) for n, index in enumerate(used)}
    places |= {cell: Cell(letters(n), 1) for n, cell in enumerate(fixed, start=len(used) + 1)}
    found = coloured_cells(replace_operands(rule, places), table, today)
    by_place: list[set[int]] = [set() for _ in header]
    for row, place in found:
        by_place[place].add(row - 1)
    # A rule about rows colours all columns alike.
    sets = [frozenset(rows) for rows in (by_place if by_cell else by_place[:1])]
    return Coloured({column: rows for column in columns if (rows := sets[column * by_cell])})


def disagreement(answers: Sequence[Coloured]) -> Coloured:
    """Return the cells that some of the answers colour, but not all."""
    columns = sorted({column for one in answers for column in one.rows_of})
    rows_of = {}
    for column in columns:
        rows = [one.rows_of.get(column, frozenset()) for one in answers]
        rows_of[column] = frozenset().union(*rows) - frozenset.intersection(*rows)
    return Coloured({column: rows for column, rows in rows_of.items() if rows})


def replace_operands(rule: Rule, places: dict[Operand, Operand]) -> Rule:
    """Return a rule with columns and fixed cells renamed; those not in `places` stay."""
    if isinstance(rule, Combination):
        rules = tuple(replace_operands(each, places) for each in rule.rules)
        return Combination(rule.operator, rules)

    def new(operand: Operand) -> Operand:
        if isinstance(operand, Length):
            of = new(operand.of)
            assert isinstance(of, Column), "a column stays one"
            return Length(of)
        return places.get(operand, operand)

    subject = None if rule.subject is None else new(rule.subject)
    assert subject is None or isinstance(subject, Column | Length), "a reference stays one"
    return replace(rule, subject=subject, arguments=tuple(map(new, rule.arguments)))
