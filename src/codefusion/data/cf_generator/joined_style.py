"""Two conditions on one column: "Highlight cells that are below 0 or empty".

Any condition joins with any other; ranges spoken as two comparisons are in `filter_style`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from codefusion.data.cf_generator import literals, places
from codefusion.data.cf_generator.rules import (
    COMPARISONS,
    Sketch,
    SketchMaker,
    both,
    call,
    either,
    negated,
)
from codefusion.data.phrasing import Phrasebook
from codefusion.data.weighted import Weighted

_BOOK = Phrasebook(
    {
        **places.MACROS,
        "verb": "Highlight|Color|Format|Mark|Select|Style|Shade|highlight|color|"
        "I want to highlight|How to highlight|mark in {color}|How can I color",
        "noun": "cells|values|cells|the cells|all cells|entries|all values",
        "cell": "a cell|the cell|cell|any cell|each cell",
        "tail": "|||||| in {color}| in column {letter}| in the sheet",
    },
    places.MAKERS,
)
# A condition said of many, of one, and as a rule; `{v}` is its literal.
_Half = tuple[str, str, str, str]
_RELATIONS = ("gt", "lt", "ge", "le")


def _number(rng: Random) -> _Half:
    kind, value = int(rng.random() * 2.6), literals.whole(rng)
    said = f"<{_RELATIONS[kind]}> {{v}}"
    many = f"[are {said}|have a value {said}|contain a value {said}|are {said}]"
    one = f"[is {said}|contains a value {said}|has a value {said}|is {said}]"
    return many, one, call(COMPARISONS[kind], value), value


def _blank(rng: Random) -> _Half:
    if rng.random() < 0.7:
        return "are [blank|empty|blank]", "is [blank|empty|blank]", "Blanks()", ""
    return "are not [blank|empty]", "is not [blank|empty]", "NOT(Blanks())", ""


def _error(rng: Random) -> _Half:
    return "[have errors|are errors]", "[has an error|is an error]", "Errors()", ""


def _text(rng: Random) -> _Half:
    value = literals.plain_text(rng)
    rule = call("TextEquals", value)
    if rng.random() < 0.25:
        return "are not {v}", "is not {v}", negated(rule), value
    return "[are|are equal to|equal] {v}", "[is|is equal to|equals] {v}", rule, value


def _contains(rng: Random) -> _Half:
    value = literals.plain_text(rng)
    rule = call("TextContains", value)
    if rng.random() < 0.3:
        return "do not contain {v}", "does not contain {v}", negated(rule), value
    return "contain {v}", "contains {v}", rule, value


def _edge(rng: Random) -> _Half:
    value = literals.plain_text(rng)
    many, one, name = "end", "ends", "TextEndsWith"
    if rng.random() < 0.6:
        many, one, name = "[start|begin]", "[starts|begins]", "TextStartsWith"
    return f"{many} with {{v}}", f"{one} with {{v}}", call(name, value), value


def _is_number(rng: Random) -> _Half:
    value = literals.whole(rng)
    rule = call("Equals", value)
    return "[equal|are equal to] {v}", "[equals|is equal to] {v}", rule, value


_HALVES: Weighted[Callable[[Random], _Half]] = Weighted(
    [
        (9, _number),
        (6, _blank),
        (2, _error),
        (5, _text),
        (5, _contains),
        (3, _edge),
        (3, _is_number),
    ]
)


def _joined(rng: Random) -> Sketch:
    first, second = _HALVES.draw(rng), _HALVES.draw(rng)
    while first is second and first in (_blank, _error):
        second = _HALVES.draw(rng)
    halves = first(rng), second(rng)
    is_or = rng.random() < 0.6
    word = "or" if is_or else "[and|and|but]"
    many, one = (
        [
            half[way].replace("{v}", place)
            for half, place in zip(halves, ("{x}", "{y}"), strict=True)
        ]
        for way in (0, 1)
    )
    pattern = (
        f"<verb> <noun> [that|which] {many[0]} {word} [|that |which ]{many[1]}<tail>|"
        f"<verb> <noun> if they {many[0]} {word} [|if they |they ]{many[1]}<tail>|"
        f"<verb> <cell> [if it|that|when it] {one[0]} {word} [|it |if it ]{one[1]}<tail>|"
        f"<verb> <noun> [where|when] the value {one[0]} {word} {one[1]}<tail>"
    )
    rules, values = [half[2] for half in halves], [half[3] for half in halves]
    code = either(*rules) if is_or else both(*rules)
    said = _BOOK.expand(rng, pattern, {"x": values[0], "y": values[1]})
    seen = tuple(value for value in values if value)
    return Sketch(said, code, rng.random() < 0.5, seen)


STYLE: Weighted[SketchMaker] = Weighted([(1, _joined)])
