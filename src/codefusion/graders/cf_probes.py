"""Tables on which two conditional-formatting rules show whether they mean the same.

Not for comparing them (`cf`): a probe only brings together what either rule may treat apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise, permutations
from random import Random
from typing import TypeAlias

from codefusion.graders.cf_functions import DATE_TESTS, RANGE_TESTS
from codefusion.graders.cf_interpreter import Table
from codefusion.graders.cf_values import Kind, read_literal
from codefusion.languages.cf_rules import (
    FUNCTIONS,
    Argument,
    Cell,
    Column,
    Combination,
    Condition,
    Length,
    Number,
    Operand,
    Percent,
    Rule,
    Text,
    conditions,
    operands,
)

Pair: TypeAlias = tuple[Rule, Rule]

# Values that some function treats apart: every probe holds them.
_ALWAYS = ("", " ", "#N/A", "TRUE", "some text", "-1", "0", "1", "2.5")
# Any two functions of the calendar differ on a day this close to today.
_DAYS_AROUND = 70
# Texts joined in pairs, for AND and OR of what a text contains; beyond, they grow too many.
_JOINED = 6
_RANDOM_ROWS = 400
# Excel's Top and Bottom take at most 1,000.
_MOST_NUMBERS = 1100


def probes(pair: Pair, table: Table, today: date) -> Iterator[tuple[Pair, Table]]:
    """Yield tables of values near the rules' literals, with the rules as they fit that table.

    Their columns are renumbered without gaps, and the fixed cells replaced by values. `table` only
    tells how wide the real one is; the days probed are around `today`.
    """
    columns = {index: place for place, index in enumerate(_columns(pair))}
    # A rule for cells and one for rows colour the same in a table of a single column.
    alone = max(map(len, table), default=0) == 1 and set(columns) <= {0}
    width = max(1, len(columns) + (0 if alone or not columns else 1))
    for fixed in _bindings(fixed_cells(pair)):
        first, second = (_rewritten(rule, columns, fixed) for rule in pair)
        values = _Values((first, second), width, today)
        yield (first, second), values.mixed()
        if values.has_ranges:
            # Two sizes, as 10 cells are 10 % of some table.
            yield (first, second), values.ranked(Decimal(1))
            yield (first, second), values.ranked(Decimal("1.6"))


def fixed_cells(pair: Pair) -> list[Cell]:
    """Return the cells of the sheet such as `$B$5` that either rule names, each once."""
    every = (each for rule in pair for one in conditions(rule) for each in operands(one))
    return sorted({each for each in every if isinstance(each, Cell)}, key=repr)


def _columns(pair: Pair) -> list[int]:
    every = (each for rule in pair for one in conditions(rule) for each in operands(one))
    return sorted({each.index for each in every if isinstance(each, Column)})


def _bindings(cells: list[Cell]) -> Iterator[Mapping[Cell, Operand]]:
    """Yield what the fixed cells may hold: numbers, then texts, all different."""
    yield {cell: Number(Decimal(1009 + 37 * n)) for n, cell in enumerate(cells)}
    if cells:
        yield {cell: Text(f"fixed {'xy' * n}z") for n, cell in enumerate(cells)}


def _rewritten(rule: Rule, columns: Mapping[int, int], cells: Mapping[Cell, Operand]) -> Rule:
    if isinstance(rule, Combination):
        rules = tuple(_rewritten(each, columns, cells) for each in rule.rules)
        return Combination(rule.operator, rules)

    def new(operand: Operand) -> Operand:
        match operand:
            case Column(index):
                return Column(columns[index])
            case Length(Column(index)):
                return Length(Column(columns[index]))
            case Cell():
                return cells[operand]
            case _:
                return operand

    subject = None if rule.subject is None else new(rule.subject)
    assert not isinstance(subject, Number | Percent | Text | Cell), "a reference stays one"
    return replace(rule, subject=subject, arguments=tuple(map(new, rule.arguments)))


class _Values:
    """The values worth trying for a pair of rules, overall and by column."""

    def __init__(self, pair: Pair, width: int, today: date) -> None:
        self.width = width
        found = [one for rule in pair for one in conditions(rule)]
        self.has_ranges = any(one.function in RANGE_TESTS for one in found)
        self.ranged = {
            column
            for one in found
            if one.function in RANGE_TESTS
            for column in _columns_of(one, width)
        }
        self.counts = [
            each.value
            for one in found
            if FUNCTIONS[one.function].argument is Argument.COUNT
            for each in one.arguments
            if isinstance(each, Number)
        ]
        self.numbers = sorted({number for one in found for number in _numbers(one)})
        own = _near(found, today)
        self.all = [*dict.fromkeys((*own, *_ALWAYS))]
        # What each column's own conditions ask for, so that several can hold in one row.
        self.of_column = [
            _near([one for one in found if column in _columns_of(one, width)], today) or self.all
            for column in range(width)
        ]

    def mixed(self) -> Table:
        """Return rows that bring every value into every column, beside every kind of other."""
        random = Random(0)
        rows = [[value] * self.width for value in self.all]
        if self.width > 1:
            for column in range(self.width):
                for value in self.all:
                    rows.append(self._row(random))
                    rows[-1][column] = value
            rows += (self._row(random) for _ in range(_RANDOM_ROWS))
        return [["header"] * self.width, *rows]

    def ranked(self, scale: Decimal) -> Table:
        """Return columns of many numbers, some values twice, each column in its own order."""
        wanted = max([65, *(int(min(each, Decimal(_MOST_NUMBERS))) for each in self.counts)])
        size = min(int((2 * wanted + 20) * scale), _MOST_NUMBERS)
        low, high = _outside(self.numbers or [Decimal(0), Decimal(100)])
        # Squares: the average differs from the middle, and no two steps are equal.
        steps = [str(low + (high - low) * n * n / (size * size)) for n in range(size)]
        content = [*steps, *steps[3:40:6], *self.all, *self.all[::3]]
        random = Random(1)
        columns = [
            random.sample(content, len(content))
            if column in self.ranged
            else random.choices(self.of_column[column], k=len(content))
            for column in range(self.width)
        ]
        return [["header"] * self.width, *map(list, zip(*columns, strict=True))]

    def _row(self, random: Random) -> list[str]:
        return [
            random.choice(self.all if random.random() < 0.2 else self.of_column[column])
            for column in range(self.width)
        ]


def _columns_of(condition: Condition, width: int) -> set[int]:
    """Return the columns that a condition looks at: those it names, and all without a subject."""
    if condition.subject is None:
        return set(range(width))
    return {each.index for each in operands(condition) if isinstance(each, Column)}


def _literals(condition: Condition) -> list[Number | Percent | Text]:
    if FUNCTIONS[condition.function].argument is Argument.COUNT:
        return []
    return [each for each in condition.arguments if isinstance(each, Number | Percent | Text)]


def _numbers(condition: Condition) -> Iterator[Decimal]:
    for literal in _literals(condition):
        value = read_literal(literal)
        if value.kind is Kind.NUMBER:
            yield Decimal(repr(value.number))


def _near(found: list[Condition], today: date) -> list[str]:
    """Return texts of cells on which rules with these conditions may differ."""
    near = _near_numbers(sorted({number for one in found for number in _numbers(one)}))
    texts = [
        literal.value
        for one in found
        for literal in _literals(one)
        if isinstance(literal, Text) and literal.value.strip()
    ]
    near += _near_texts([*dict.fromkeys(texts)])
    if any(isinstance(each, Length) for one in found for each in operands(one)):
        exact = (int(number) for one in found for number in _numbers(one) if number < 300)
        sizes = {size + step for size in exact for step in (-1, 0, 1) if size + step > 0}
        near += ("y" * size for size in sorted(sizes | set(range(1, 16))))
    if any(one.function in DATE_TESTS for one in found):
        near += _near_days(today)
    return [*dict.fromkeys(near)]


def _near_numbers(numbers: list[Decimal]) -> list[str]:
    """Return sorted literals, one number between any two, and one beyond either end.

    Between two neighbours no comparison with a literal changes, so these show them all.
    """
    if not numbers:
        return []
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    return [str(number) for number in (*numbers, *between, *_outside(numbers))]


def _outside(numbers: list[Decimal]) -> tuple[Decimal, Decimal]:
    # In proportion, or 1 would be lost beside a large number.
    low, high = numbers[0], numbers[-1]
    one = Decimal(1)
    return low - max(one, abs(low) / 8), high + max(one, abs(high) / 8)


def _near_texts(texts: list[str]) -> list[str]:
    """Return the texts with more before, after and around them, with less, and joined."""
    near = []
    for text in texts:
        near += [text, text.upper(), f"{text}7", f"7{text}", f"zz {text} zz", text[:-1], text[1:]]
    joined = permutations(texts[:_JOINED], 2)
    return near + [f"{one} {other}" for one, other in joined]


def _near_days(today: date) -> list[str]:
    """Return the days on which a function of the calendar begins or ends to hold."""
    center = today.toordinal()
    last = min(center + _DAYS_AROUND, date.max.toordinal())
    days = range(max(center - _DAYS_AROUND, 1), last + 1)
    held = [tuple(test(day, center) for test in DATE_TESTS.values()) for day in days]
    edges = [n for n in range(1, len(days)) if held[n] != held[n - 1]]
    return [date.fromordinal(days[n]).isoformat() for edge in edges for n in (edge - 1, edge)]
