"""Annotators' orders: "Apply Top 10% numbers from E3 to E178", full of ranges and sheet names.

Rules on values and ranks live in `annotator_values`; here are the kinds without a literal."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import annotator_phrases as phrases
from codefusion.data.cf_generator import annotator_values
from codefusion.data.cf_generator.rules import Sketch, SketchMaker
from codefusion.data.weighted import Weighted

_CONSTANT_RULE = Weighted(
    [
        (78, "ColorScale()"),
        (28, "IconSet()"),
        (22, "Duplicate()"),
        (16, "DataBar()"),
        (16, "aboveAverage()"),
        (14, "belowAverage()"),
        (3, "Blanks()"),
        (1, "Errors()"),
    ]
)

# Orders that name no rule: the annotator's usual choice is all that can be learnt.
_UNSAID_SHEET = Weighted(
    [(17, "Duplicate()"), (1, "ColorScale()"), (2, "top(10%)"), (2, "bottom(10%)")]
)
_UNSAID_RANGE = Weighted(
    [(12, "ColorScale()"), (1, "top(2)"), (1, "top(10)"), (1, "TextContains(No)")]
)


def _constant(rng: Random) -> Sketch:
    rule = _CONSTANT_RULE.draw(rng)
    patterns = phrases.CONSTANT[rule]
    pattern = patterns[int(rng.random() * len(patterns))]
    return Sketch(phrases.BOOK.expand(rng, pattern, {}), rule, rng.random() < 0.85)


def _unsaid(rng: Random) -> Sketch:
    if rng.random() < 0.6:
        pattern = "<do> <cf> on sheet {sheet}"
        return Sketch(
            phrases.BOOK.expand(rng, pattern, {}), _UNSAID_SHEET.draw(rng), rng.random() < 0.4
        )
    pattern = "<do> <cf> [for range|for|range|in cell range] [{cells}|{span}][||<sheetpart>]"
    return Sketch(phrases.BOOK.expand(rng, pattern, {}), _UNSAID_RANGE.draw(rng))


# Weights follow the kinds of the annotator rows of train.
STYLE: Weighted[SketchMaker] = Weighted(
    [
        (175, _constant),
        (24, _unsaid),
        (130, annotator_values.ranked),
        (22, annotator_values.ranked_without_count),
        (125, annotator_values.text),
        (72, annotator_values.compared),
        (22, annotator_values.between),
        (9, annotator_values.reference),
    ]
)
