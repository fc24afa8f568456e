"""Forum questions: "I want to highlight the cells in column B that ...".

Their dialect differs: `Top(1)`, `Duplicates()`, `Between(5,10)` without a space."""

from __future__ import annotations

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
    tight_between,
)
from codefusion.data.phrasing import Phrasebook
from codefusion.data.weighted import Weighted

_BOOK = Phrasebook(
    {
        **places.MACROS,
        "verb": "color|highlight|format|colour|mark|shade|color|highlight|color out|"
        "apply {color} color to|change the background color of|change the color of|fill",
        "ask": "I want to <verb>|I would like to <verb>|i need to <verb>|How to <verb>|"
        "<verb>|<verb>|<verb>|How can I <verb>|how do I <verb>|I want <verb>|"
        "I am trying to <verb>|Need to <verb>|Is there a way to <verb>|i want do <verb>|"
        "Apply <cf> to <verb>|Using <cf> to <verb>|Excel formula to <verb>|I'd like to <verb>|"
        "want to <verb>|can I <verb>",
        "cells": "cells|the cells|all cells|those cells|any cells|only the cells|cells|the cell|"
        "a cell|every cell|each cell|all the cells|rows|values",
        "that": "that|which|that|when they|if they",
        "are": "that are|which are|if they are|that is|when they are|that are|if it is",
        "tail": "||||||| in the column| in column {letter}| in excel| in {color}| with {color}|"
        " in the sheet| with {color} background| in a range| of my sheet| in Excel|?",
        "color it": "color the cell|highlight it|I want that background color|make it {color}|"
        "then color it {color}|it should turn {color}|fill it with {color}",
    },
    places.MAKERS,
)
_RELATIONS = ("gt", "lt", "ge", "le")


def _text(rng: Random, pattern: str, rule: str, value: str | None = None) -> Sketch:
    value = literals.text(rng) if value is None else value
    code = rule.replace("{x}", value)
    return Sketch(_BOOK.expand(rng, pattern, {"x": value}), code, False, (value,))


def _equals(rng: Random) -> Sketch:
    pattern = (
        "<ask> <cells> <are> [equal to |equal to |]<quoted><tail>|"
        "if [the |]cell value is <quoted> <color it>|"
        "<ask> <cells> [based on {column} |]when value is <quoted><tail>|"
        "<ask> <cells> where [the |]{column} is <quoted><tail>|<ask> all {x} values<tail>|"
        "<ask> each cell that is <quoted><tail>|<ask> <cells> with <quoted><tail>|"
        "<ask> only the cells with <quoted><tail>|"
        "I want all the cells where {column} is <quoted> to be colored"
    )
    return _text(rng, pattern.replace("<quoted>", '[{x}|{x}|"{x}"|{x}]'), "TextEquals({x})")


def _equals_number(rng: Random) -> Sketch:
    value = literals.whole(rng)
    said = {"0": "zero"}.get(value, value) if rng.random() < 0.3 else value
    roll = rng.random()
    if roll < 0.4:
        utterance = _BOOK.expand(rng, "<ask> <cells> that are equal to {x}<tail>", {"x": value})
        return Sketch(utterance, call("TextEquals", value), seen=(value,))
    if roll < 0.65:
        other = literals.whole(rng)
        pattern = "<ask> <cells> that are [either |equal to |]{x} or {y}[| in the text]<tail>"
        rule = either(call("Equals", value), call("Equals", other))
        utterance = _BOOK.expand(rng, pattern, {"x": value, "y": other})
        return Sketch(utterance, rule, seen=(value, other))
    pattern = (
        "<ask> <cells> with {x}<tail>|<ask> <cells> with value {x}<tail>|"
        "<ask> <cells> with {x} in column[| from the sheet]|"
        "if [the |]cell value [equals|is equal to] {x} <color it>"
    )
    return Sketch(_BOOK.expand(rng, pattern, {"x": said}), call("Equals", value), seen=(value,))


def _contains(rng: Random) -> Sketch:
    quoted = "[{x}|{x}|{x}|'{x}'|\"{x}\"]"
    roll = rng.random()
    if roll < 0.55:
        pattern = (
            f"<ask> <cells> [<that> contain|containing|whose value contains|"
            f"that contains] {quoted}<tail>|<ask> <cells> [containing|<that> contain] the [word|"
            f"string|text] {quoted}<tail>|if [the |a ]cell contains {quoted} <color it>"
        )
        return _text(rng, pattern, "TextContains({x})")
    if roll < 0.8:
        pattern = (
            f"<ask> <cells> [when value does|if it does|that do|which do|"
            f"if they do] not contain [the word |the text |||]{quoted}<tail>|"
            f"<ask> <cells> [not containing|without] {quoted}<tail>"
        )
        return _text(rng, pattern, "NOT(TextContains({x}))")
    first, second = literals.plain_text(rng), literals.plain_text(rng)
    slots = {"x": first, "y": second}
    if rng.random() < 0.5:
        pattern = "<ask> <cells> [<that> contain|containing] [either |]{x} or {y}<tail>"
        name = "TextContains"
    else:
        pattern, name = "<ask> <cells> <are> [either |]{x} or {y}<tail>", "TextEquals"
    rule = either(call(name, first), call(name, second))
    return Sketch(_BOOK.expand(rng, pattern, slots), rule, False, (first, second))


def _edge(rng: Random) -> Sketch:
    if rng.random() < 0.7:
        pattern = (
            "<ask> <cells> [<that> start with|starting with|that startwith|that begin with|"
            "whose text starts with|when their cell starts with] [{x}|'{x}'|\"{x}\"|{x}]<tail>"
        )
        rule = "TextStartsWith({x})"
    else:
        pattern = (
            "<ask> <cells> [<that> end with|ending with|whose text ends with] [{x}|'{x}']<tail>"
        )
        rule = "TextEndsWith({x})"
    return _text(rng, pattern, rule, literals.plain_text(rng))


def _compared(rng: Random) -> Sketch:
    roll = rng.random()
    kind = 0 if roll < 0.48 else 1 if roll < 0.84 else 2 if roll < 0.93 else 3
    value = literals.whole(rng) if rng.random() < 0.7 else literals.number(rng)
    relation = f"<{_RELATIONS[kind]}>"
    pattern = (
        f"<ask> <cells> <are> {relation} {{x}}<tail>|"
        f"<ask> a cell if it is {relation} {{x}}<tail>|"
        f"<ask> <cells> [with value|whose value is|where value is] {relation} {{x}}<tail>|"
        f"if [the |]cell value is {relation} {{x}} <color it>|"
        f"I want {{color}} marks on values of the {{column}} depending on whether they are "
        f"{relation} {{x}}"
    )
    if kind == 2:
        pattern += "|<ask> cells that contains value with {x} or more<tail>"
    utterance = _BOOK.expand(rng, pattern, {"x": value})
    return Sketch(utterance, call(COMPARISONS[kind], value), seen=(value,))


def _between(rng: Random) -> Sketch:
    low, high = literals.bounds(rng)
    slots = {"x": low, "y": high}
    roll = rng.random()
    if roll < 0.35:
        pattern = (
            "<ask> the cell if [it's|its|the] value is not between {x} and {y}<tail>|"
            "<ask> [<cells> |]if not between {x} and {y}<tail>|"
            "<ask> <cells> not between {x} and {y}<tail>|"
            "<ask> values [outside|not in] the range {x} to {y}<tail>"
        )
        rule = negated(tight_between(low, high))
    elif roll < 0.7:
        pattern = (
            "<ask> cells with values between {x} and {y}<tail>|"
            "<ask> <cells> <are> between {x} and {y}<tail>|"
            "<ask> <cells> between two numbers (ex: from {x} to {y})|"
            "if [the |]cell value is between {x} and {y} <color it>"
        )
        rule = tight_between(low, high)
    else:
        pattern = "<ask> <cells> <are> <gt> {x} [and|&|and|but] <lt> {y}<tail>"
        rule = both(call("GreaterThan", low), call("LessThan", high))
    return Sketch(_BOOK.expand(rng, pattern, slots), rule, seen=(low, high))


def _extreme(rng: Random) -> Sketch:
    best = rng.random() < 0.55
    words = (
        "[highest|max|maximum|largest|biggest]" if best else "[lowest|min|minimum|smallest|Lowest]"
    )
    pattern = (
        f"<ask> the cell with the {words} [value|record|number|score|amount]<tail>|"
        f"<ask> the {words} value[s|] in [a|each|the|A] [row|column]|"
        f"<ask> [excel sheet |cells |]based on {words} values in a column|"
        f"<ask> {words} value[| excluding empty cells]<tail>"
    )
    return Sketch(_BOOK.expand(rng, pattern, {}), "Top(1)" if best else "Bottom(1)")


def _ranked(rng: Random) -> Sketch:
    best = rng.random() < 0.6
    amount = literals.count(rng)
    words = "[top|highest|largest]" if best else "[bottom|lowest|smallest]"
    pattern = f"<ask> the {words} {{n}} [values|cells|numbers|records]<tail>"
    slots = {"n": literals.counted(rng, amount)}
    return Sketch(_BOOK.expand(rng, pattern, slots), f"{'Top' if best else 'Bottom'}({amount})")


_DUPLICATES = (
    "<ask> [duplicates|the duplicates|all duplicates|Duplicates]<tail>|"
    "Find and <verb> [duplicates|Duplicates]<tail>|"
    "<ask> duplicate [cells|values|rows|entries][ in column| in Excel| from a list|]|"
    "Conditional formatting for duplicates[| in Excel]"
)
_CONSTANT = Weighted(
    [
        (6, (_DUPLICATES, "Duplicates()")),
        (2, ("<ask> <cells> which have repeated values<tail>", "Duplicate()")),
        (1, ("<ask> the duplicate cells in {color}", "Duplicate()")),
        (3, ("<ask> [non blank|non-blank|non empty|all non-empty] cells<tail>", "NOT(Blanks())")),
        (2, ("<ask> <cells> that [are not blank|have any text]<tail>", "NOT(Blanks())")),
        (3, ("<ask> [[blank|empty|all blank] cells|<cells> that are empty]<tail>", "Blanks()")),
        (2, ("<ask> <cells> [that have|with|containing] [errors|an error]<tail>", "Errors()")),
        (2, ("<ask> cells based on [value|their value|values][| in a column]", "ColorScale()")),
        (1, ("<ask> [values|cells] above [average|the average]<tail>", "AboveAverage()")),
        (1, ("<ask> [values|cells] below [average|the average]<tail>", "BelowAverage()")),
    ]
)  # fmt: skip


def _constant(rng: Random) -> Sketch:
    pattern, rule = _CONSTANT.draw(rng)
    return Sketch(_BOOK.expand(rng, pattern, {}), rule, rng.random() < 0.5)


# Weights follow the forum rows of train.
STYLE: Weighted[SketchMaker] = Weighted(
    [
        (12, _equals),
        (4, _equals_number),
        (12, _contains),
        (5, _edge),
        (9, _compared),
        (8, _between),
        (4, _extreme),
        (1, _ranked),
        (9, _constant),
    ]
)
