"""Endless utterance–rule–table triples for Excel conditional formatting.

The one entry to this package; trains models, never evaluates them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from codefusion.data.cf_generator import (
    annotator_style,
    filter_style,
    forum_style,
    joined_style,
    table_style,
)
from codefusion.data.cf_generator.rules import SketchMaker
from codefusion.data.cf_generator.tables import draw_sheet, value_table
from codefusion.data.weighted import Weighted


@dataclass(frozen=True)
class GeneratedPair:
    """A synthetic training pair; the first row of `table` is its header."""

    utterance: str
    code: str
    table: list[list[str]]


_Style = Weighted[SketchMaker]
# Train has 12 % filters, 68 % annotators, 7 % forum, 13 % tables. Annotator orders repeat few
# rules, so some of their share goes to the styles with more to learn.
_SINGLE: Weighted[_Style] = Weighted(
    [
        (18, filter_style.STYLE),
        (42, annotator_style.STYLE),
        (12, forum_style.STYLE),
        (16, joined_style.STYLE),  # what takes longest to learn, and people ask for it
    ]
)
_TABLE_SHARE = 0.35


def _tidy(rng: Random, utterance: str) -> str:
    """Close the gaps that empty phrase parts leave; now and then open with a small letter."""
    while "  " in utterance:
        utterance = utterance.replace("  ", " ")
    utterance = utterance.strip()
    # Only the opening word changes: a literal keeps its case.
    if rng.random() < 0.06 and utterance[1:2].islower():
        utterance = utterance[0].lower() + utterance[1:]
    return utterance


def _table_pair(rng: Random) -> GeneratedPair:
    while True:
        sheet = draw_sheet(rng)
        drawn = table_style.STYLE.draw(rng)(rng, sheet)
        if drawn is not None:
            utterance, code = drawn
            return GeneratedPair(_tidy(rng, utterance), code, sheet.cells())


def generate_pair(rng: Random) -> GeneratedPair:
    """One pair; all randomness comes from `rng`."""
    if rng.random() < _TABLE_SHARE:
        return _table_pair(rng)
    sketch = _SINGLE.draw(rng).draw(rng)(rng)
    return GeneratedPair(_tidy(rng, sketch.utterance), sketch.code, value_table(rng, sketch))


def generate_pairs(count: int, seed: int) -> Iterator[GeneratedPair]:
    """`count` pairs; a larger count with the same seed starts with the same pairs."""
    rng = Random(seed)
    for _ in range(count):
        yield generate_pair(rng)
