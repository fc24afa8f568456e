"""Which cells of a table a conditional-formatting rule colours, after Excel's semantics.

`docs/cf-rules.md` says what each function means. Not for comparing two rules (`graders.cf`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

from codefusion.graders.cf_functions import (
    CELL_TESTS,
    DATE_TESTS,
    DEFAULT_COUNT,
    RANGE_TESTS,
    VISUALS,
)
from codefusion.graders.cf_values import EPOCH, Kind, Value, read_literal, read_value
from codefusion.languages.cf_rules import (
    Cell,
    Column,
    Condition,
    Length,
    Number,
    Operand,
    Percent,
    Rule,
    Text,
)

__all__ = [
    "VISUALS",
    "Kind",
    "Position",
    "Table",
    "TypedTable",
    "Value",
    "coloured_cells",
    "contains_cell",
    "data_cells",
    "read_literal",
    "read_value",
]

# Rows of text; the first is the header. A row may be shorter than others: the rest is blank.
Table: TypeAlias = Sequence[Sequence[str]]
# The same where some cells are known by their type, such as a workbook's, and need no reading.
TypedTable: TypeAlias = Sequence[Sequence[str | Value]]
# (row, column), both from 0; row 0 is the header and never coloured.
Position: TypeAlias = tuple[int, int]


def coloured_cells(rule: Rule, table: TypedTable, today: date) -> frozenset[Position]:
    """Return the positions that `rule` formats; rules relative to a date take `today`."""
    return _Sheet(table, today).coloured(rule)


def data_cells(table: TypedTable) -> frozenset[Position]:
    """Return every position below the header: all that a rule could colour."""
    width = max(map(len, table), default=0)
    return frozenset((row, column) for row in range(1, len(table)) for column in range(width))


class _Sheet:
    """A table as a sheet of which it takes the top left corner, its header in row 1."""

    def __init__(self, table: TypedTable, today: date) -> None:
        self.table = table
        self.today = today.toordinal()
        self.width = max(map(len, table), default=0)
        self.rows = range(1, len(table))
        self.all = data_cells(table)

    def coloured(self, rule: Rule) -> frozenset[Position]:
        if isinstance(rule, Condition):
            return self._condition(rule)
        parts = [self.coloured(each) for each in rule.rules]
        match rule.operator:
            case "NOT":
                return self.all - parts[0]
            case "AND":
                return self.all.intersection(*parts)
            case _:
                return frozenset().union(*parts)

    def _condition(self, condition: Condition) -> frozenset[Position]:
        function, subject = condition.function, condition.subject
        if function in VISUALS:
            return frozenset()
        if subject is None:
            # Decided for each cell by that cell.
            cells = [((row, column), self._cell(row, column)) for row, column in self.all]
            test = self._test(condition, [value for _, value in cells])
            return frozenset(place for place, value in cells if test(value, place[0]))
        # Decided for each row by one cell of it: the whole row is coloured.
        values = [self._value(subject, row) for row in self.rows]
        test = self._test(condition, values)
        held = [row for row, value in zip(self.rows, values, strict=True) if test(value, row)]
        return frozenset((row, column) for row in held for column in range(self.width))

    def _test(self, condition: Condition, values: Sequence[Value]) -> Callable[[Value, int], bool]:
        function, arguments = condition.function, condition.arguments
        if function in DATE_TESTS:
            return lambda value, row: self._on_day(value, DATE_TESTS[function])
        if function in RANGE_TESTS:
            counts = [each.value for each in arguments if isinstance(each, Number)]
            test = RANGE_TESTS[function](values, *(counts or [DEFAULT_COUNT]))
            return lambda value, row: test(value)
        holds = CELL_TESTS[function]
        literals = [
            read_literal(each) for each in arguments if isinstance(each, Number | Percent | Text)
        ]
        if len(literals) == len(arguments):
            # Read once, not in every row.
            return lambda value, row: holds(value, *literals)
        return lambda value, row: holds(value, *(self._value(each, row) for each in arguments))

    def _on_day(self, value: Value, test: Callable[[int, int], bool]) -> bool:
        if value.kind is not Kind.NUMBER:
            return False
        day = math.floor(value.number) + EPOCH
        return 1 <= day <= date.max.toordinal() and test(day, self.today)

    def _value(self, operand: Operand, row: int) -> Value:
        match operand:
            case Column(index):
                return self._cell(row, index)
            case Length(Column(index)):
                cell = self._cell(row, index)
                if cell.kind is Kind.ERROR:
                    return cell
                return Value(Kind.NUMBER, str(len(cell.text)), float(len(cell.text)))
            case Cell(letters, number):
                return self._cell(number - 1, _column_index(letters))
            case _:
                return read_literal(operand)

    def _cell(self, row: int, column: int) -> Value:
        # As on any sheet, what lies outside the table is blank.
        inside = row < len(self.table) and column < len(self.table[row])
        cell = self.table[row][column] if inside else ""
        return cell if isinstance(cell, Value) else read_value(cell)


def _column_index(letters: str) -> int:
    """0 for A, 26 for AA."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def contains_cell(table: Table, cell: Cell) -> bool:
    """Whether a fixed cell of the sheet lies in the table."""
    return cell.row <= len(table) and _column_index(cell.column) < len(table[cell.row - 1])
