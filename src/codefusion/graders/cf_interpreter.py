"""Which cells of a table a conditional-formatting rule colours, after Excel's semantics.

`docs/cf-rules.md` says what each function means. Not for comparing two rules (`graders.cf`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

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

# Rows of text; the first is the header. A row may be shorter than others: the rest is blank.
Table: TypeAlias = Sequence[Sequence[str]]
# (row, column), both from 0; row 0 is the header and never coloured.
Position: TypeAlias = tuple[int, int]


class Kind(Enum):
    """What a spreadsheet would take a cell's text for."""

    BLANK = auto()
    NUMBER = auto()
    TEXT = auto()
    ERROR = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """A cell or a literal; `text` is as written, and `number` is 0 unless `kind` is NUMBER."""

    kind: Kind
    text: str
    number: float = 0.0

    @property
    def key(self) -> float | str:
        """Equal for values that `Duplicates` takes for the same one."""
        return self.number if self.kind is Kind.NUMBER else self.text.casefold()


def coloured_cells(rule: Rule, table: Table, today: date) -> frozenset[Position]:
    """Return the positions that `rule` formats; rules relative to a date take `today`."""
    return _Sheet(table, today).coloured(rule)


def data_cells(table: Table) -> frozenset[Position]:
    """Return every position below the header: all that a rule could colour."""
    width = max(map(len, table), default=0)
    return frozenset((row, column) for row in range(1, len(table)) for column in range(width))


# -- Reading cells ---------------------------------------------------------------------------

_CURRENCY = "[$€£¥₹]"
# Single optional spaces: runs of them would make matching slow.
_NUMBER = re.compile(
    rf"""(?P<open>\()? (?P<sign>[+-])?\ ?{_CURRENCY}?\ ?(?P<inner>[+-])?
    (?P<digits>(?: [0-9]{{1,3}}(?:,[0-9]{{2,3}})*,[0-9]{{3}} | [0-9]+ )(?:\.[0-9]*)? | \.[0-9]+)
    (?P<exponent>[Ee][+-]?[0-9]+)? \ ?{_CURRENCY}?(?P<percent>%)? (?P<close>\))?""",
    re.VERBOSE,
)
# #ERR and Err:502 are what other programs write.
_ERROR = re.compile(
    r"#(?:N/A|(?:DIV/0|VALUE|REF|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|CONNECT|BUSY)!"
    r"|NAME\?|GETTING_DATA|ERR(?:OR)?!?)|Err:[0-9]{3}",
    re.IGNORECASE,
)
_TIME = r"(?:[ T](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?)?"
_DATES = (
    re.compile(rf"(?P<y>[0-9]{{4}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}}){_TIME}"),
    # Month first, as Excel reads it in English; day first where no month is meant.
    re.compile(rf"(?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}})[-/](?P<y>[0-9]{{4}}){_TIME}"),
    re.compile(rf"(?P<d>[0-9]{{1,2}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<y>[0-9]{{4}}){_TIME}"),
    re.compile(r"(?P<d>[0-9]{1,2})[ -](?P<name>[A-Za-z]{3,9})[ -](?P<y>[0-9]{4})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9}) (?P<d>[0-9]{1,2}),? (?P<y>[0-9]{4})"),
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# A date is the number of days since this one, from March 1900 on.
_EPOCH = date(1899, 12, 30).toordinal()


@lru_cache(maxsize=1 << 16)
def read_value(text: str) -> Value:
    """Return what Excel would store for a typed text; white space alone counts as blank."""
    stripped = text.strip()
    if not stripped:
        return Value(Kind.BLANK, text)
    if _ERROR.fullmatch(stripped):
        return Value(Kind.ERROR, text)
    number = _number(stripped)
    if number is None:
        number = _serial(stripped)
    return Value(Kind.TEXT, text) if number is None else Value(Kind.NUMBER, text, number)


def _number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in match.group("open", "sign", "inner") if sign]
    if len(signs) > 1:
        return None
    number = float(match["digits"].replace(",", "") + (match["exponent"] or ""))
    if match["percent"]:
        number /= 100
    # Excel takes what no double can hold for text.
    return fifteen_digits(-number if signs in (["("], ["-"]) else number)


def fifteen_digits(number: float) -> float | None:
    """Return the number as Excel compares it, so that 0.1 + 0.2 is 0.3; None if not finite."""
    rounded = float(f"{number:.15g}")
    # Adding 0 makes -0 a 0.
    return rounded + 0.0 if math.isfinite(rounded) else None


def _serial(text: str) -> float | None:
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            month = _month(parts["name"]) if "name" in parts else int(parts["m"])
            hour, minute, second = (int(parts.get(key) or 0) for key in _CLOCK)
            try:
                day = date(int(parts["y"]), month, int(parts["d"])).toordinal()
            except ValueError:
                continue
            if hour < 24 and minute < 60 and second < 60 and int(parts["y"]) >= 1900:
                return day - _EPOCH + (hour * 3600 + minute * 60 + second) / 86_400
    return None


_CLOCK = ("hour", "minute", "second")


def _month(name: str) -> int:
    """1 to 12, or 0 for what is no month."""
    numbers = (n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()))
    return next(numbers, 0)


def read_literal(literal: Number | Percent | Text) -> Value:
    """Return a rule's literal as a value; an empty text stays text, unlike a blank cell."""
    if isinstance(literal, Text):
        value = read_value(literal.value)
        return value if value.kind is Kind.NUMBER else Value(Kind.TEXT, literal.value)
    exact, sign = (literal.value, "%") if isinstance(literal, Percent) else (literal.value, "")
    number = fifteen_digits(float(exact) / (100 if sign else 1))
    assert number is not None, "the parser limits exponents"
    return Value(Kind.NUMBER, f"{exact}{sign}", number)


# -- Functions of one cell -------------------------------------------------------------------


def _order(left: Value, right: Value) -> int | None:
    """Return -1, 0 or 1; None for values that have no order: a number and a text, an error."""
    kinds = {left.kind, right.kind}
    if Kind.ERROR in kinds or kinds == {Kind.NUMBER, Kind.TEXT}:
        return None
    if Kind.TEXT in kinds:
        # Beside a text, a blank cell is the empty text; beside a number it is 0.
        one, other = (
            "" if value.kind is Kind.BLANK else value.text.casefold() for value in (left, right)
        )
        return (one > other) - (one < other)
    return (left.number > right.number) - (left.number < right.number)


def _between(value: Value, one: Value, other: Value) -> bool:
    low, high = (other, one) if _order(one, other) == 1 else (one, other)
    return _order(value, low) in (0, 1) and _order(value, high) in (0, -1)


def _text_equals(value: Value, wanted: Value) -> bool:
    # Unlike for Equals, a blank cell is no "0" here, nor a 0 a blank text.
    if Kind.BLANK in (value.kind, wanted.kind):
        return value.kind is Kind.BLANK and not wanted.text.strip()
    return value.kind is not Kind.ERROR and (
        value.text.casefold() == wanted.text.casefold() or _order(value, wanted) == 0
    )


def _in_text(test: Callable[[str, str], bool]) -> Callable[..., bool]:
    def holds(value: Value, wanted: Value) -> bool:
        return value.kind is not Kind.ERROR and test(value.text.casefold(), wanted.text.casefold())

    return holds


def _negated(test: Callable[..., bool]) -> Callable[..., bool]:
    return lambda *values: not test(*values)


def _is(kind: Kind) -> Callable[..., bool]:
    return lambda value: value.kind is kind


def _compared(*orders: int) -> Callable[..., bool]:
    return lambda value, other: _order(value, other) in orders


_contains = _in_text(lambda text, wanted: wanted in text)

# Each takes the cell's value, then the arguments' values.
CELL_TESTS: dict[str, Callable[..., bool]] = {
    "GreaterThan": _compared(1),
    "GreaterThanEqual": _compared(0, 1),
    "LessThan": _compared(-1),
    "LessThanEqual": _compared(-1, 0),
    "Equals": _compared(0),
    "NotEquals": _negated(_compared(0)),
    "Between": _between,
    "NotBetween": _negated(_between),
    "TextEquals": _text_equals,
    "TextContains": _contains,
    "TextNotContains": _negated(_contains),
    "TextStartsWith": _in_text(str.startswith),
    "TextEndsWith": _in_text(str.endswith),
    "Blanks": _is(Kind.BLANK),
    "NotBlanks": _negated(_is(Kind.BLANK)),
    "Errors": _is(Kind.ERROR),
    "NotErrors": _negated(_is(Kind.ERROR)),
}

# -- Functions of a cell among all cells of the range ----------------------------------------

Test: TypeAlias = Callable[[Value], bool]


def _rank(*, largest: bool, percent: bool) -> Callable[[Sequence[Value], Decimal], Test]:
    def make(values: Sequence[Value], count: Decimal) -> Test:
        numbers = sorted((v.number for v in values if v.kind is Kind.NUMBER), reverse=largest)
        if percent:
            # Excel rounds down, but never to no cell at all.
            share = min(count, Decimal(100)) * len(numbers) / 100
            count = max(share, Decimal(1)) if count > 0 else Decimal(0)
        rank = int(min(count, Decimal(len(numbers))))
        if rank < 1 or not numbers:
            return lambda value: False
        bound = numbers[rank - 1]
        # Comparing with the last value that is in also takes in what ties with it.
        if largest:
            return lambda value: value.kind is Kind.NUMBER and value.number >= bound
        return lambda value: value.kind is Kind.NUMBER and value.number <= bound

    return make


def _average(sign: int) -> Callable[[Sequence[Value], Decimal], Test]:
    def make(values: Sequence[Value], count: Decimal) -> Test:
        numbers = [value.number for value in values if value.kind is Kind.NUMBER]
        if not numbers:
            return lambda value: False
        # Exact, or equal numbers would differ from their own average, and huge ones overflow.
        mean = fifteen_digits(float(sum(map(Fraction, numbers), Fraction(0)) / len(numbers)))
        assert mean is not None, "a mean is no larger than the largest number"
        return lambda value: value.kind is Kind.NUMBER and sign * value.number > sign * mean

    return make


def _repeated(*, repeated: bool) -> Callable[[Sequence[Value], Decimal], Test]:
    def make(values: Sequence[Value], count: Decimal) -> Test:
        occurrences = Counter(value.key for value in values)
        return lambda value: (
            value.kind is not Kind.BLANK and (occurrences[value.key] > 1) is repeated
        )

    return make


# Excel's dialog proposes 10, which stands in where a rule gives no count.
_DEFAULT_COUNT = Decimal(10)

# Each takes the values of the whole range and the count of Top or Bottom, and gives a test.
RANGE_TESTS: dict[str, Callable[[Sequence[Value], Decimal], Test]] = {
    "Top": _rank(largest=True, percent=False),
    "Bottom": _rank(largest=False, percent=False),
    "TopPercent": _rank(largest=True, percent=True),
    "BottomPercent": _rank(largest=False, percent=True),
    "AboveAverage": _average(1),
    "BelowAverage": _average(-1),
    "Duplicates": _repeated(repeated=True),
    "Unique": _repeated(repeated=False),
}

# -- Dates -----------------------------------------------------------------------------------


def _days(fewest: int, most: int) -> Callable[[int, int], bool]:
    return lambda day, today: fewest <= day - today <= most


def _weeks(distance: int) -> Callable[[int, int], bool]:
    # Day 7 of the calendar, 0001-01-07, was a Sunday, on which a week starts.
    return lambda day, today: day // 7 - today // 7 == distance


def _months(distance: int) -> Callable[[int, int], bool]:
    def index(day: int) -> int:
        moment = date.fromordinal(day)
        return moment.year * 12 + moment.month

    return lambda day, today: index(day) - index(today) == distance


# Each takes a day and today as ordinals of the calendar.
DATE_TESTS: dict[str, Callable[[int, int], bool]] = {
    "Yesterday": _days(-1, -1),
    "Today": _days(0, 0),
    "Tomorrow": _days(1, 1),
    "Last7Days": _days(-6, 0),
    "LastWeek": _weeks(-1),
    "ThisWeek": _weeks(0),
    "NextWeek": _weeks(1),
    "LastMonth": _months(-1),
    "ThisMonth": _months(0),
    "NextMonth": _months(1),
}

# They shade all cells of their range, by value: no set of cells tells one from another.
VISUALS = frozenset({"ColorScale", "DataBar", "IconSet"})

# -- Rules over a table ----------------------------------------------------------------------


class _Sheet:
    """A table as a sheet of which it takes the top left corner, its header in row 1."""

    def __init__(self, table: Table, today: date) -> None:
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
            test = RANGE_TESTS[function](values, *(counts or [_DEFAULT_COUNT]))
            return lambda value, row: test(value)
        holds = CELL_TESTS[function]
        return lambda value, row: holds(value, *(self._value(each, row) for each in arguments))

    def _on_day(self, value: Value, test: Callable[[int, int], bool]) -> bool:
        if value.kind is not Kind.NUMBER:
            return False
        day = math.floor(value.number) + _EPOCH
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
        return read_value(self.table[row][column]) if inside else read_value("")


def _column_index(letters: str) -> int:
    """0 for A, 26 for AA."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def contains_cell(table: Table, cell: Cell) -> bool:
    """Whether a fixed cell of the sheet lies in the table."""
    return cell.row <= len(table) and _column_index(cell.column) < len(table[cell.row - 1])
