"""What a conditional-formatting rule is: its functions, its syntax tree, its canonical text.

Not for reading rules from text (`cf`), and not for applying them to a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import TypeAlias


@dataclass(frozen=True)
class Number:
    """A literal number, exact."""

    value: Decimal


@dataclass(frozen=True)
class Percent:
    """A literal such as `10%`, which holds 10."""

    value: Decimal


@dataclass(frozen=True)
class Text:
    """A literal text; quotes around it, and white space around a bare one, are not part of it."""

    value: str


@dataclass(frozen=True)
class Column:
    """`c[index]`: the cell of the current row in the column, counted from 0, of the table."""

    index: int


@dataclass(frozen=True)
class Length:
    """`LEN(c[k])`: the number of characters in that cell."""

    of: Column


@dataclass(frozen=True)
class Cell:
    """`$D$7`: one fixed cell of the sheet, its column in capitals."""

    column: str
    row: int


Reference: TypeAlias = Column | Length
Operand: TypeAlias = Number | Percent | Text | Cell | Reference


@dataclass(frozen=True)
class Condition:
    """One function applied to each cell of `subject`, or of the formatted range if that is None.

    `function` is a key of `FUNCTIONS`, and the number of arguments fits its entry.
    """

    function: str
    subject: Reference | None
    arguments: tuple[Operand, ...]


@dataclass(frozen=True)
class Combination:
    """`AND` or `OR` of one or more rules, or `NOT` of exactly one."""

    operator: str
    rules: tuple[Rule, ...]


Rule: TypeAlias = Condition | Combination


class Argument(Enum):
    """What stands in a function's argument places."""

    VALUE = auto()  # number, percentage, reference, or a text without commas and brackets
    TEXT = auto()  # all that is left before the closing bracket; nothing is the empty text
    COUNT = auto()  # number or percentage


@dataclass(frozen=True)
class Function:
    """A condition; `fewest` to `most` arguments follow the optional subject."""

    name: str
    aliases: tuple[str, ...] = ()
    argument: Argument = Argument.VALUE
    fewest: int = 0
    most: int = 0
    # The function that this one becomes when its argument is a percentage.
    with_percent: str | None = None


def _compare(name: str, *aliases: str, arity: int = 1) -> Function:
    return Function(name, aliases, fewest=arity, most=arity)


def _text(name: str, *aliases: str) -> Function:
    return Function(name, aliases, Argument.TEXT, fewest=1, most=1)


def _rank(name: str, *aliases: str, percent: str | None = None) -> Function:
    return Function(name, aliases, Argument.COUNT, most=1, with_percent=percent)


def _plain(name: str, *aliases: str) -> Function:
    return Function(name, aliases)


# Every function under its canonical name, with the other names seen for it. Names are compared
# without regard to case. Data bars, colour scales and icon sets format all cells of their range.
FUNCTIONS = {
    function.name: function
    for function in (
        _compare("GreaterThan"),
        _compare("GreaterThanEqual", "GreaterThanEquals", "GreaterThanOrEqual"),
        _compare("LessThan"),
        _compare("LessThanEqual", "LessThanEquals", "LessThanOrEqual"),
        _compare("Equals", "Equal", "EqualTo"),
        _compare("NotEquals", "NotEqual", "NotEqualTo"),
        _compare("Between", arity=2),
        _compare("NotBetween", arity=2),
        _text("TextEquals"),
        _text("TextContains", "Contains"),
        _text("TextNotContains", "NotContains"),
        _text("TextStartsWith", "StartsWith", "BeginsWith"),
        _text("TextEndsWith", "EndsWith"),
        _rank("Top", percent="TopPercent"),
        _rank("Bottom", percent="BottomPercent"),
        _rank("TopPercent"),
        _rank("BottomPercent"),
        _plain("AboveAverage"),
        _plain("BelowAverage"),
        _plain("Duplicates", "Duplicate"),
        _plain("Unique"),
        _plain("Blanks", "Blank"),
        _plain("NotBlanks", "NoBlanks"),
        _plain("Errors", "Error"),
        _plain("NotErrors", "NoErrors"),
        _plain("Yesterday"),
        _plain("Today"),
        _plain("Tomorrow"),
        _plain("Last7Days"),
        _plain("LastWeek"),
        _plain("ThisWeek"),
        _plain("NextWeek"),
        _plain("LastMonth"),
        _plain("ThisMonth"),
        _plain("NextMonth"),
        _plain("ColorScale"),
        _plain("DataBar"),
        _plain("IconSet"),
    )
}

COMBINATORS = ("AND", "OR", "NOT")

_BY_ANY_NAME = {
    name.lower(): function
    for function in FUNCTIONS.values()
    for name in (function.name, *function.aliases)
}


# The name of a function, also with what is glued to it: no value that anybody compares with.
A_FUNCTION = re.compile(
    "|".join(
        name
        for function in FUNCTIONS.values()
        for name in (function.name, *function.aliases)
        if len(name) > 4
    )
)


def find_function(name: str) -> Function | None:
    """Return the function with this name or alias, in any case of its letters."""
    return _BY_ANY_NAME.get(name.lower())


def conditions(rule: Rule) -> Iterator[Condition]:
    """Yield the conditions that a rule is made of, from left to right."""
    if isinstance(rule, Condition):
        yield rule
    else:
        for each in rule.rules:
            yield from conditions(each)


def operands(condition: Condition) -> Iterator[Operand]:
    """Yield the subject and the arguments, and after a length the column that it is of."""
    subject = () if condition.subject is None else (condition.subject,)
    for operand in (*subject, *condition.arguments):
        yield operand
        if isinstance(operand, Length):
            yield operand.of


def render(rule: Rule) -> str:
    """Return the canonical text, which parses to an equal rule."""
    if isinstance(rule, Combination):
        return f"{rule.operator}({', '.join(map(render, rule.rules))})"
    function = FUNCTIONS[rule.function]
    parts = [] if rule.subject is None else [_render_operand(rule.subject, function)]
    parts += [_render_operand(argument, function) for argument in rule.arguments]
    # The empty text is written as no argument at all.
    return f"{rule.function}({', '.join(part for part in parts if part)})"


def _render_operand(operand: Operand, function: Function) -> str:
    match operand:
        case Number(value):
            return _render_number(value)
        case Percent(value):
            return f"{_render_number(value)}%"
        case Column(index):
            return f"c[{index}]"
        case Length(Column(index)):
            return f"LEN(c[{index}])"
        case Cell(column, row):
            return f"${column}${row}"
        case Text(value):
            may_be_bare = _bare_text if function.argument is Argument.TEXT else _bare_value
            return value if may_be_bare(value) else '"' + value.replace('"', '""') + '"'


def _render_number(value: Decimal) -> str:
    value = _without_trailing_zeros(value)
    # Beyond these sizes positional digits become unreadable.
    return f"{value:f}" if -20 <= value.adjusted() <= 30 else f"{value:E}"


def _without_trailing_zeros(value: Decimal) -> Decimal:
    # Decimal.normalize() would round to the context's precision.
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), "a literal is neither infinite nor NaN"
    kept = list(digits)
    while kept and kept[-1] == 0:
        kept.pop()
        exponent += 1
    return Decimal((sign, tuple(kept), exponent)) if kept else Decimal(0)


# Texts that would be read as something else if they stood without quotes.
_TAKEN = re.compile(r"""['"]|c\s*\[|LEN\s*\(|\$[A-Z]+\$[0-9]+$""", re.IGNORECASE)


def closes_nothing(text: str) -> bool:
    """Whether a text without quotes ends in one that nothing opened."""
    return text.endswith(("'", '"')) and text.count(text[-1]) % 2 == 1


def _bare_text(text: str) -> bool:
    plain = not _TAKEN.match(text) and not closes_nothing(text)
    return text == text.strip() and plain and _is_balanced(text)


def _bare_value(text: str) -> bool:
    # A text that starts like a number may be one, or become one in a later version.
    plain = re.fullmatch(r"[^\W\d_][^()\[\],]*", text) and not A_FUNCTION.search(text)
    return bool(plain) and _bare_text(text)


def _is_balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
