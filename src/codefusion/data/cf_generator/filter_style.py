"""Short filters: "Style values which are less than 8", "Color cells that have value ...".

The first block of the benchmark, with the single-column dialect; noise words never occur here."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import literals, places
from codefusion.data.cf_generator.dates import occurring_alone
from codefusion.data.cf_generator.rules import (
    COMPARISONS,
    Sketch,
    SketchMaker,
    both,
    call,
    either,
    negated,
    tight_between,
    tight_either,
)
from codefusion.data.phrasing import Phrasebook
from codefusion.data.weighted import Weighted

_BOOK = Phrasebook(
    {
        **places.MACROS,
        "verb": "Style|Color|Select|Format|Highlight|Style|Color|Select|Format|Shade|Mark|Colour|"
        "Fill|Show",
        "noun": "cells|values|cells|values|numbers|entries|items",
        "open": "<verb> <noun>|<verb> <noun>|<verb> <noun>|<verb> <noun>|<verb> all <noun>|"
        "<verb> the <noun>|<noun>|Cells|Values",
        "are": "which are|that are|which are|that are",
        "have": "that have value|that have a value|which have value|that have value|"
        "which have a value|having value|with value|with a value|whose value is|where value is|"
        "which have their value|that have values",
        "is": "<are>|<have>",
    },
    places.MAKERS,
)
_RELATIONS = ("gt", "lt", "ge", "le")
_PLAIN = ("greater than", "less than", "greater than or equal to", "less than or equal to")


def _relation(rng: Random, kind: int) -> str:
    """The wording of comparison `kind`; train keeps to the plain one in this style."""
    return _PLAIN[kind] if rng.random() < 0.75 else f"<{_RELATIONS[kind]}>"


def _compare(rng: Random) -> Sketch:
    roll = rng.random()
    kind = 0 if roll < 0.45 else 1 if roll < 0.88 else 2 if roll < 0.95 else 3
    value = literals.number(rng)
    utterance = _BOOK.expand(rng, f"<open> <is> {_relation(rng, kind)} {{x}}", {"x": value})
    return Sketch(utterance, call(COMPARISONS[kind], value), seen=(value,))


def _between(rng: Random) -> Sketch:
    low, high = literals.bounds(rng)
    pattern = "<open> [<have>|<have>|<are>] between {x} and {y}"
    if rng.random() < 0.12:
        pattern = "<open> [<is> not between|that do not have a value between] {x} and {y}"
        utterance = _BOOK.expand(rng, pattern, {"x": low, "y": high})
        return Sketch(utterance, negated(tight_between(low, high)), seen=(low, high))
    utterance = _BOOK.expand(rng, pattern, {"x": low, "y": high})
    return Sketch(utterance, call("Between", low, high), seen=(low, high))


def _is_text(rng: Random) -> Sketch:
    value = literals.text(rng)
    pattern = "<open> [<are> {x}|<are> {x}|<is> equal to {x}|<have> equal to {x}|<have> {x}]"
    return Sketch(
        _BOOK.expand(rng, pattern, {"x": value}), call("TextEquals", value), False, (value,)
    )


def _is_number(rng: Random) -> Sketch:
    value = literals.whole(rng) if rng.random() < 0.7 else literals.number(rng)
    if rng.random() < 0.5:  # "which are 165" is text in train, "value equal to 4" a number
        pattern, name = "<open> [<are> {x}|<are> equal to {x}]", "TextEquals"
    else:
        pattern, name = "<open> [<have> equal to {x}|<have> equal to {x}|<have> {x}]", "Equals"
    return Sketch(_BOOK.expand(rng, pattern, {"x": value}), call(name, value), seen=(value,))


def _contains(rng: Random) -> Sketch:
    value = literals.text(rng) if rng.random() < 0.9 else literals.whole(rng)
    if rng.random() < 0.3:
        pattern = (
            "<open> that [do not|don't] contain {x}[|| in them]|"
            "<open> [which do not contain|not containing|that do not include|"
            "which don't include|without] {x}"
        )
        rule = negated(call("TextContains", value))
    else:
        pattern = (
            "<open> [that|which] have {x} in [their value|them|it|their values|their text]|"
            "<open> [that|which] [contain|contain|include] {x}[||| in them]|"
            "<open> [containing|with] {x} in [their value|them]|<open> containing {x}"
        )
        rule = call("TextContains", value)
    return Sketch(_BOOK.expand(rng, pattern, {"x": value}), rule, False, (value,))


def _lacks_value(rng: Random) -> Sketch:
    value = literals.text(rng)
    pattern = (
        "<open> [that|which] do not have {x} in their value[|s]|"
        "<open> [that are not|which are not|that are not equal to|which are not equal to|"
        "not equal to] {x}|<open> that [do not have value|have value not] equal to {x}"
    )
    rule = negated(call("TextEquals", value))
    return Sketch(_BOOK.expand(rng, pattern, {"x": value}), rule, False, (value,))


def _not_number(rng: Random) -> Sketch:
    value = literals.whole(rng)
    pattern = (
        "<open> [<is> not equal to|that do not equal|<have> other than|<have> different from] {x}"
    )
    return Sketch(_BOOK.expand(rng, pattern, {"x": value}), call("NotEquals", value), seen=(value,))


def _edge(rng: Random) -> Sketch:
    value = literals.plain_text(rng)
    if rng.random() < 0.6:
        pattern, name = "[starting|that start|which start|that begin|beginning]", "TextStartsWith"
    else:
        pattern, name = "[ending|that end|which end|that finish]", "TextEndsWith"
    utterance = _BOOK.expand(rng, f"<open> {pattern} with {{x}}", {"x": value})
    return Sketch(utterance, call(name, value), False, (value,))


def _blank(rng: Random) -> Sketch:
    roll = rng.random()
    if roll < 0.45:
        pattern = (
            "<open> [<are> not|which aren't] [blank|empty]|<verb> non[-| ][blank|empty] cells|"
            "<open> that have [some|a|any] value[| in them]|"
            "<open> that [contain|have] [any|some] text"
        )
        return Sketch(_BOOK.expand(rng, pattern, {}), "NOT(Blanks())", False)
    if roll < 0.8:
        pattern = (
            "<open> <are> [blank|empty]|<verb> [all|the|] [blank|empty] cells|"
            "<open> that have no value|<open> [without value|with no value]"
        )
        return Sketch(_BOOK.expand(rng, pattern, {}), "Blanks()", False)
    pattern = (
        "<open> [<are> errors|that have an error|which have errors|with errors|that return errors]"
    )
    return Sketch(_BOOK.expand(rng, pattern, {}), "Errors()", False)


def _nested(rng: Random) -> Sketch:
    low, high = literals.bounds(rng)
    slots = {"x": low, "y": high, "z": literals.whole(rng)}
    roll = rng.random()
    lower, upper = int(rng.random() * 2), int(rng.random() * 2)
    above, below = COMPARISONS[2 * lower], COMPARISONS[1 + 2 * upper]
    up, down = _relation(rng, 2 * lower), _relation(rng, 1 + 2 * upper)
    if roll < 0.45:
        pattern = f"<open> <is> {up} {{x}} [and|and|but|&] {down} {{y}}"
        rule = both(call(above, low), call(below, high))
    elif roll < 0.65:
        pattern = f"<open> <is> [either |]{down} {{x}} or {up} {{y}}"
        rule = tight_either(call(below, low), call(above, high))
    elif roll < 0.8:
        pattern = f"<open> <is> {up} {{z}} and are either {down} {{x}} or {up} {{y}}"
        inner = tight_either(call(below, low), call(above, high))
        rule = both(call(above, slots["z"]), inner)
    elif roll < 0.9:
        pattern = f"<open> <is> {down} {{y}} [and|and also] not [equal to |]{{z}}"
        rule = both(call(below, high), negated(call("TextEquals", slots["z"])))
    else:
        first, second = literals.plain_text(rng), literals.plain_text(rng)
        slots.update(x=first, y=second)
        pattern = "<open> <are> [either |equal to |]{x} or {y}"
        rule = either(call("TextEquals", first), call("TextEquals", second))
        return Sketch(_BOOK.expand(rng, pattern, slots), rule, False, (first, second))
    return Sketch(_BOOK.expand(rng, pattern, slots), rule, seen=(low, high))


# Weights follow the first 80 rows of train, with rare kinds lifted enough to be learnt.
STYLE: Weighted[SketchMaker] = Weighted(
    [
        (38, _compare),
        (15, _between),
        (14, _is_text),
        (7, _is_number),
        (10, _contains),
        (3, _lacks_value),
        (1, _not_number),
        (3, _edge),
        (3, _blank),
        (6, _nested),
        (3, occurring_alone),
    ]
)
