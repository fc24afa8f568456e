"""What each function of a conditional-formatting rule holds for, as `docs/cf-rules.md` says.

Not for rules and tables (`cf_interpreter`): these see one value, the values of a range, or a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from codefusion.graders.cf_values import Kind, Value, fifteen_digits

# -- Functions of one cell -------------------------------------------------------------------


def _order(left: Value, right: Value) -> int | None:
    """Return -1, 0 or 1; None for values that have no order: a number and a text, an error."""
    if left.kind is Kind.ERROR or right.kind is Kind.ERROR:
        return None
    if left.kind is Kind.TEXT or right.kind is Kind.TEXT:
        if left.kind is Kind.NUMBER or right.kind is Kind.NUMBER:
            return None
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
DEFAULT_COUNT = Decimal(10)

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
