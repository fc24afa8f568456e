"""Greater, less, between and equal as formulas, for numbers, texts and blank cells alike.

A spreadsheet puts every text above every number and sorts texts by its language; the interpreter
does neither. Not for other conditions (`formula`).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence

from codefusion.errors import UsageError
from codefusion.graders.cf_values import Kind, Value
from codefusion.languages.cf_rules import Cell, Column, Operand
from codefusion.spreadsheet.areas import column_number
from codefusion.spreadsheet.terms import Term, Test, blank_test, number_test, number_text
from codefusion.spreadsheet.workbook import Region

ORDERS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThan": (">", operator.gt),
    "GreaterThanEqual": (">=", operator.ge),
    "LessThan": ("<", operator.lt),
    "LessThanEqual": ("<=", operator.le),
}
# Every program sorts these by character; other texts, each in its own way.
_SORTED_ALIKE = re.compile("[0-9a-z ]*")


def order(name: str, cell: Term, other: Term) -> Test:
    """Return the test of one of `ORDERS`."""
    sign, holds = ORDERS[name]
    if other.literal is not None and other.literal.kind is Kind.NUMBER:
        test = f"{cell.text}{sign}{other.text}"
        return number_test(cell, test, blank=holds(0.0, other.literal.number))
    texts = f"{cell.content}{sign}{other.content}"
    if other.literal is not None:
        return Test(f"AND(NOT({cell.is_number}),{texts})", fails=True)
    both = f"AND({cell.counts},{other.counts})"
    numbers = f"{cell.number}{sign}{other.number}"
    neither = f"AND(NOT({cell.is_number}),NOT({other.is_number}),{texts})"
    return Test(f"IF({both},{numbers},{neither})", fails=True)


def between(cell: Term, one: Term, other: Term) -> Test:
    """Return the test that a number is between two others, in any order."""
    if one.literal and other.literal:
        low, high = sorted((one.literal.number, other.literal.number))
        test = f"AND({cell.text}>={number_text(low)},{cell.text}<={number_text(high)})"
        return number_test(cell, test, blank=low <= 0 <= high)
    counting = ",".join(each.counts for each in (cell, one, other) if each.literal is None)
    both = f"{one.number},{other.number}"
    inside = f"AND({cell.number}>=MIN({both}),{cell.number}<=MAX({both}))"
    return Test(f"IF(AND({counting}),{inside})", fails=True)


def equal(cell: Term, other: Term) -> Test:
    """Return the test that both are the same number or text; a blank cell is 0 or no text."""
    if other.literal is None:
        both = f"AND({cell.counts},{other.counts})"
        same = f"{cell.number}={other.number}"
        return Test(f"IF({both},{same},{cell.content}={other.content})", fails=True)
    if other.literal.kind is Kind.NUMBER:
        return number_test(cell, f"{cell.text}={other.text}", blank=other.literal.number == 0)
    if not other.literal.text:
        return blank_test(cell)
    if not other.literal.text.strip(" "):
        # A cell of spaces is blank, and equal to no text.
        return Test("FALSE")
    return Test(f"{cell.content}={other.text}", fails=True)


def text_equal(cell: Term, other: Term) -> Test:
    """Return the test that both are the same text as written, or the same number."""
    if other.literal is None:
        blank = f"AND({cell.is_blank},{other.is_blank})"
        either = f"OR({cell.is_blank},{other.is_blank})"
        return Test(f'IF({either},{blank},{cell.content}&""={other.content}&"")', fails=True)
    if not other.literal.text.strip():
        return blank_test(cell)
    if other.literal.kind is Kind.NUMBER:
        # A number kept as text is the same text, too.
        text = f"{cell.content}={other.as_text}"
        return Test(f"IF({cell.is_number},{cell.text}={other.text},{text})", fails=True)
    return Test(f"{cell.content}={other.text}", fails=True)


def refuse_order_of_texts(
    name: str, operands: Sequence[Operand | None], terms: Sequence[Term], region: Region
) -> None:
    """Raise `UsageError` where a test of `ORDERS`, or of what is between, hangs on sorting texts.

    `operands` are the subject and the arguments, and `terms` the same in a formula.
    """
    literals = [term.literal for term in terms[1:]]
    if all(value is not None and value.kind is Kind.NUMBER for value in literals):
        return
    for value in literals:
        if (
            value is not None
            and value.kind is Kind.TEXT
            and (name not in ORDERS or not value.text.strip(" "))
        ):
            raise UsageError(f"{name} in a formula is about numbers, not the text {value.text!r}")
    for compared in _compared(operands, terms, region):
        kinds = [value.kind for value in compared]
        texts = {value.text.casefold() for value in compared if value.kind is Kind.TEXT}
        if name in ORDERS:
            apart = len(texts) > 1 and not all(map(_SORTED_ALIKE.fullmatch, texts))
        else:
            apart = Kind.TEXT in kinds[1:] and kinds[0] in (Kind.TEXT, Kind.BLANK)
        if apart:
            shown = " and ".join(repr(text) for text in sorted(texts))
            raise UsageError(f"the rule needs the order of {shown}, which programs sort apart")


def _compared(
    operands: Sequence[Operand | None], terms: Sequence[Term], region: Region
) -> Iterator[list[Value]]:
    """Yield what is compared for each cell that the subject stands for."""
    for row in region.rows:
        for own in row if operands[0] is None else row[:1]:
            yield [
                _value(operand, term, own, row, region)
                for operand, term in zip(operands, terms, strict=True)
            ]


def _value(
    operand: Operand | None, term: Term, own: Value, row: Sequence[Value], region: Region
) -> Value:
    match operand:
        case None:
            return own
        case Column(index):
            return row[index]
        case Cell(column, number):
            return region.at(number, column_number(column))
        case _:
            # A length is some number.
            return term.literal or Value(Kind.NUMBER, "0")
