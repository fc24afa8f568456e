"""Annotators' orders that carry a literal: ranks, comparisons, texts and cell references.

The dialect is the lower-case `top(10)`; `Top(1)` belongs to forum questions."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import annotator_phrases as phrases
from codefusion.data.cf_generator import literals, places
from codefusion.data.cf_generator.literals import pick
from codefusion.data.cf_generator.rules import COMPARISONS, Sketch, call, negated
from codefusion.data.weighted import Weighted

_ENDS = {
    "top": "[top|Top|top|Top|highest|largest|TOP]",
    "bottom": "[bottom|Bottom|bottom|Bottom|lowest|smallest|BOTTOM]",
}
_EXTREME_WORDS = {
    "top": "[highest|maximum|top|largest|max|Highest|biggest]",
    "bottom": "[lowest|minimum|bottom|smallest|min|Lowest|least]",
}
# Counts that annotators left unsaid, with train's frequencies.
_ITEMS = {
    "top": Weighted([(10, "1"), (6, "5"), (3, "3"), (3, "2"), (1, "10")]),
    "bottom": Weighted([(3, "1"), (3, "3"), (2, "2"), (1, "5")]),
}
_UNCOUNTED = Weighted(
    [
        (3, ("Change top bottom", "top", "3")),
        (1, ("Change top bottom for top value", "top", "10")),
        (1, ("Change top bottom for bottom value", "bottom", "10")),
        (1, ("[Set|Fix] top value", "top", "5")),
        (1, ("[Set|Fix] bottom value", "bottom", "5")),
        (2, ("[Find |]top value", "top", "3")),
        (2, ("[Find |]bottom value", "bottom", "3")),
        (1, ("<do> <cf> of top values", "top", "10%")),
    ]
)
_PERCENT = Weighted([(3, "5%"), (2, "3%"), (1, "1%"), (1, "10%")])

_CAMEL = ("greaterThan", "lessThan", "greaterThanOrEqual", "lessThanOrEqual")
_SIGN = (">", "<", ">=", "<=")
_RELATION = ("<gt>", "<lt>", "<ge>", "<le>")


def _rank_side(rng: Random) -> str:
    return "top" if rng.random() < 0.6 else "bottom"


def ranked(rng: Random) -> Sketch:
    """A top or bottom rule whose count the utterance says or implies by a superlative."""
    side = _rank_side(rng)
    if rng.random() < 0.22:
        pattern = (
            f"<lead>[{_EXTREME_WORDS[side]} [number|value|amount] from column '{{column}}'|"
            f"<find> [the |]{_EXTREME_WORDS[side]} [value|number|amount|{{column}}]<place>|"
            f"<do> <cf> on {{cells}} to highlight {_EXTREME_WORDS[side]} {{column}}<sheetpart>|"
            f"<find> [the |]{_EXTREME_WORDS[side]} {{column}} by <cf> from cell {{span}}|"
            f"<find> {_EXTREME_WORDS[side]} value cell from {{span}}|"
            f"<find> the {side} value out of column {{column}} using <cf><rangepart><sheetpart>|"
            f"<do> <cf> to highlight {_EXTREME_WORDS[side]} [value of |]{{column}}<place>]"
        )
        return Sketch(phrases.BOOK.expand(rng, pattern, {}), f"{side}(1)")
    amount = literals.count(rng)
    said = literals.counted(rng, amount)
    if rng.random() < 0.28:
        said = f"{amount}{pick(rng, ('%', '%', '%', ' %', ' percent'))}"
        amount += "%"
    pattern = pick(rng, phrases.RANKED).replace("<end>", _ENDS[side])
    return Sketch(phrases.BOOK.expand(rng, pattern, {"n": said}), f"{side}({amount})")


def ranked_without_count(rng: Random) -> Sketch:
    """`topItems` and its like, whose count only the annotator knew."""
    side = _rank_side(rng)
    roll = rng.random()
    if roll < 0.8:
        pattern = f"<lead><do> {side}Items [<cf>|<cf>|] [on |to ]cell range {{cells}}"
        pattern += "[<sheetpart>|<columnpart>|<columnpart><sheetpart>|]"
        amount = _ITEMS[side].draw(rng)
    elif roll < 0.9:
        pattern, amount = f"<lead><do> {side}Percent <cf><place>", _PERCENT.draw(rng)
    else:
        name, side, amount = _UNCOUNTED.draw(rng)
        pattern = f"<lead>{name}[<rangepart><sheetpart>|<rangepart>]"
    return Sketch(phrases.BOOK.expand(rng, pattern, {}), f"{side}({amount})")


def text(rng: Random) -> Sketch:
    """`TextContains` or `TextEquals`: train ties each to its own wordings, not to the meaning."""
    value = literals.text(rng)
    contains = rng.random() < 0.52
    pattern = pick(rng, phrases.CONTAINS if contains else phrases.EQUALS)
    if contains and rng.random() < 0.04:
        value = literals.whole(rng)
    elif not contains and "equalTo" in pattern and rng.random() < 0.25:
        value = literals.whole(rng)
        return Sketch(
            phrases.BOOK.expand(rng, pattern, {"x": value}), call("Equals", value), seen=(value,)
        )
    rule = call("TextContains" if contains else "TextEquals", value)
    if contains and rng.random() < 0.02:
        pattern = (
            '<lead><find> [cell|cells] that [do not contain|does not contain] ["{x}"|{x}]<place>'
        )
        rule = negated(rule)
    return Sketch(phrases.BOOK.expand(rng, pattern, {"x": value}), rule, False, (value,))


def _said_number(rng: Random, value: str) -> str:
    """`value` as typed: with thousands separators, a currency or a unit glued to it."""
    roll = rng.random()
    if value.isdigit() and len(value) > 3 and roll < 0.3:
        value = f"{int(value):,}"
    if roll < 0.06 and value[0] != "-":
        return f"${value}"
    return f"{value}rs." if 0.06 < roll < 0.08 else value


def _amount(rng: Random) -> str:
    return literals.number(rng) if rng.random() < 0.35 else literals.whole(rng)


def compared(rng: Random) -> Sketch:
    """A comparison with a number, now and then in lakhs or in words."""
    roll = rng.random()
    kind = 0 if roll < 0.58 else 1 if roll < 0.88 else 2 if roll < 0.96 else 3
    value = _amount(rng)
    said = _said_number(rng, value)
    roll = rng.random()
    if roll < 0.025:
        lakhs = 1 + int(rng.random() * 40)
        value, said = str(lakhs * 100000), f"{lakhs} {pick(rng, ('lakh', 'lakhs'))}"
    elif roll < 0.04:
        said = literals.counted(rng, value)
    pattern = pick(rng, phrases.COMPARED).replace("<rel>", _RELATION[kind])
    slots = {
        "x": said,
        "camel": _CAMEL[kind],
        "sign": _SIGN[kind],
        "unit": pick(rng, ("days", "hours", "units", "years", "km", "points")),
    }
    return Sketch(
        phrases.BOOK.expand(rng, pattern, slots), call(COMPARISONS[kind], value), seen=(value,)
    )


def between(rng: Random) -> Sketch:
    """A range of numbers; the code keeps the utterance's order and a space after the comma."""
    low, high = literals.bounds(rng)
    said_low, said_high = _said_number(rng, low), _said_number(rng, high)
    if rng.random() < 0.03:
        lakhs = 1 + int(rng.random() * 20)
        low, high = str(lakhs * 100000), str((lakhs + 2) * 100000)
        said_low, said_high = str(lakhs), f"{lakhs + 2} lakhs"
    pattern = (
        '<lead>[<paint> to "{column}" where [price|value|it is]|<paint> where "{column}" is|'
        '<paint> to {column}|<paint> where "{column}"|<find> [value|values|cells]|'
        "<find> cells with value|<do> <cf> to highlight values] [between|between|from] {x} [to|"
        "to|and] {y}[||<rangepart>| {unit}]"
    )
    slots = {"x": said_low, "y": said_high, "unit": pick(rng, ("days", "years", "units"))}
    return Sketch(
        phrases.BOOK.expand(rng, pattern, slots), call("Between", low, high), seen=(low, high)
    )


def reference(rng: Random) -> Sketch:
    """A comparison with another cell, whose address becomes absolute in the rule."""
    where = places.letter(rng), str(1 + int(rng.random() * 60))
    absolute = f"${where[0]}${where[1]}"
    slots = {"r": "".join(where)}
    roll = rng.random()
    if roll < 0.4:
        kind = int(rng.random() * 2)
        pattern = (
            f"<lead>[Change the color for|Highlight|Color|<find>] range {{cells}} where [value|"
            f"values] is {_RELATION[kind]} {{r}}"
        )
        return Sketch(phrases.BOOK.expand(rng, pattern, slots), call(COMPARISONS[kind], absolute))
    pattern = (
        "Change [cell color|color] for range {cells} with reference cell {r}<sheetpart>|"
        "<find> value at cell {r} for range {cells}<sheetpart>|"
        '<find> cells with value of column "{column}" {r} in range {cells}<sheetpart>|'
        "<find> [cells|values] equal to cell {r}<place>"
    )
    return Sketch(phrases.BOOK.expand(rng, pattern, slots), call("TextEquals", absolute))
