"""Rules as formulas of a spreadsheet: TRUE in a cell exactly where the interpreter colours it.

Formulas are as a file stores them: English names, commas, no leading "=", references relative to
the first cell of the formatted range. Not for Excel's own kinds of rules (`formatting`).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from codefusion.errors import UsageError
from codefusion.graders.cf_functions import DEFAULT_COUNT, VISUALS
from codefusion.languages.cf_rules import Condition, Number, Rule
from codefusion.spreadsheet.areas import MAX_ROW
from codefusion.spreadsheet.comparisons import (
    ORDERS,
    between,
    equal,
    order,
    refuse_order_of_texts,
    text_equal,
)
from codefusion.spreadsheet.terms import (
    Cells,
    Term,
    Test,
    blank_test,
    make_cells,
    make_term,
    number_test,
    quoted,
)
from codefusion.spreadsheet.workbook import Region

# Excel's limit.
MAX_FORMULA = 8192

_WEEK = "TODAY()-WEEKDAY(TODAY())+1"
_MONTH = "DATE(YEAR(TODAY()),MONTH(TODAY()){},1)"
# From the first day to before the second.
PERIODS = {
    "Yesterday": ("TODAY()-1", "TODAY()"),
    "Today": ("TODAY()", "TODAY()+1"),
    "Tomorrow": ("TODAY()+1", "TODAY()+2"),
    "Last7Days": ("TODAY()-6", "TODAY()+1"),
    "LastWeek": (f"{_WEEK}-7", _WEEK),
    "ThisWeek": (_WEEK, f"{_WEEK}+7"),
    "NextWeek": (f"{_WEEK}+7", f"{_WEEK}+14"),
    "LastMonth": (_MONTH.format("-1"), _MONTH.format("")),
    "ThisMonth": (_MONTH.format(""), _MONTH.format("+1")),
    "NextMonth": (_MONTH.format("+1"), _MONTH.format("+2")),
}


def expression(rule: Rule, region: Region) -> str:
    """Return the formula of a rule for the first cell of a region.

    Raises `UsageError` for what no formula says exactly.
    """
    formula = _rule(rule, region).text
    if len(formula) > MAX_FORMULA:
        raise UsageError(f"the rule's formula is longer than Excel's {MAX_FORMULA} characters")
    return formula


def _rule(rule: Rule, region: Region) -> Test:
    if isinstance(rule, Condition):
        return _condition(rule, region)
    parts = [_rule(each, region) for each in rule.rules]
    if rule.operator == "NOT":
        return parts[0].negated
    if len(parts) == 1:
        return parts[0]
    if rule.operator == "AND":
        # An error formats nothing, which is right as long as nothing negates it.
        joined = ",".join(part.text for part in parts)
        return Test(f"AND({joined})", any(part.fails for part in parts))
    return Test(f"OR({','.join(part.safe for part in parts)})")


def _condition(condition: Condition, region: Region) -> Test:
    name, subject = condition.function, condition.subject
    if name in VISUALS:
        raise UsageError(f"{name} shades cells by their value and can't be part of another rule")
    cell = make_term(subject, region)
    if name in PERIODS:
        first, end = PERIODS[name]
        return number_test(cell, f"AND({cell.text}>={first},{cell.text}<{end})", blank=False)
    if name in _OF_RANGE:
        if cell.is_logical:
            raise UsageError(f"the range of {name} has TRUE or FALSE, which programs count apart")
        return _OF_RANGE[name](cell, make_cells(subject, region), rank_count(condition))
    operands = (subject, *condition.arguments)
    terms = [cell, *(make_term(each, region) for each in condition.arguments)]
    if name in ORDERS or name in ("Between", "NotBetween"):
        refuse_order_of_texts(name, operands, terms, region)
    return order(name, *terms) if name in ORDERS else _OF_CELL[name](*terms)


# -- Conditions of a cell --------------------------------------------------------------------


def search_text(text: str) -> str:
    """Return a text as SEARCH takes it literally."""
    for wildcard in "~*?":
        text = text.replace(wildcard, f"~{wildcard}")
    return text


def _contains(cell: Term, part: Term) -> Test:
    if part.literal is None:
        found = f"ISNUMBER(FIND(LOWER({part.content}),LOWER({cell.content})))"
        # LibreOffice finds no empty text.
        return Test(f"IF(LEN({part.text})=0,NOT(ISERROR({cell.text})),{found})", fails=True)
    if not part.literal.text:
        return _no_error(cell)
    return Test(f"ISNUMBER(SEARCH({quoted(search_text(part.literal.text))},{cell.content}))")


def _at_end(function: str) -> Callable[[Term, Term], Test]:
    def test(cell: Term, part: Term) -> Test:
        text = part.content if part.literal is None else part.as_text
        if text == '""':
            return _no_error(cell)
        wanted = text if part.literal else f'{text}&""'
        return Test(f"{function}({cell.content},LEN({text}))={wanted}", fails=True)

    return test


def _no_error(cell: Term) -> Test:
    return Test(f"NOT(ISERROR({cell.text}))")


def _error(cell: Term) -> Test:
    return Test(f"ISERROR({cell.text})")


def _negated(test: Callable[..., Test]) -> Callable[..., Test]:
    return lambda *terms: test(*terms).negated


# Each takes the cell, then the arguments.
_OF_CELL: dict[str, Callable[..., Test]] = {
    "Equals": equal,
    "NotEquals": _negated(equal),
    "Between": between,
    "NotBetween": _negated(between),
    "TextEquals": text_equal,
    "TextContains": _contains,
    "TextNotContains": _negated(_contains),
    "TextStartsWith": _at_end("LEFT"),
    "TextEndsWith": _at_end("RIGHT"),
    "Blanks": blank_test,
    "NotBlanks": _negated(blank_test),
    "Errors": _error,
    "NotErrors": _no_error,
}

# -- Conditions of a cell among others -------------------------------------------------------


def rank_count(condition: Condition) -> Decimal:
    """Return the count or percentage of a condition of rank."""
    counts = [each.value for each in condition.arguments if isinstance(each, Number)]
    return counts[0] if counts else DEFAULT_COUNT


def _ranked(function: str, sign: str, *, percent: bool) -> Callable[[Term, Cells, Decimal], Test]:
    def test(cell: Term, cells: Cells, count: Decimal) -> Test:
        if count <= 0 or (count < 1 and not percent):
            return Test("FALSE")
        if percent:
            rank = f"MAX(1,INT(COUNT({cells.text})*{min(count, Decimal(100)):f}/100))"
        else:
            rank = f"MIN({int(min(count, Decimal(MAX_ROW)))},COUNT({cells.text}))"
        bound = cells.numbers(f"{function}({{}},{rank})")
        return number_test(cell, f"{cell.text}{sign}{bound}", blank=False)

    return test


def _averaged(sign: str) -> Callable[[Term, Cells, Decimal], Test]:
    def test(cell: Term, cells: Cells, _: Decimal) -> Test:
        mean = cells.numbers("AVERAGE({})")
        return number_test(cell, f"{cell.text}{sign}{mean}", blank=False)

    return test


def _counted(sign: str) -> Callable[[Term, Cells, Decimal], Test]:
    """Return the test of how often a value is there.

    COUNTIF would read wildcards, and take a text such as 5 for the number.
    """

    def test(cell: Term, cells: Cells, _: Decimal) -> Test:
        if cells.has_errors:
            raise UsageError("the range has errors, and programs count those apart; correct them")
        same = f'SUMPRODUCT(({cells.text}={cell.text})*({cells.text}<>""))'
        return Test(f"AND(NOT({cell.is_blank}),{same}{sign}1)", fails=True)

    return test


_OF_RANGE: dict[str, Callable[[Term, Cells, Decimal], Test]] = {
    "Top": _ranked("LARGE", ">=", percent=False),
    "Bottom": _ranked("SMALL", "<=", percent=False),
    "TopPercent": _ranked("LARGE", ">=", percent=True),
    "BottomPercent": _ranked("SMALL", "<=", percent=True),
    "AboveAverage": _averaged(">"),
    "BelowAverage": _averaged("<"),
    "Duplicates": _counted(">"),
    "Unique": _counted("="),
}
