"""Pairs whose programs are a model's own: data for sequence-level distillation.

A teacher writes one program for an utterance where people write many, and one that can be told
from the utterance (Kim & Rush 2016; for decoders that write all positions at once, Gu et al. 2018).
Not for drawing the teacher's candidates: `codefusion.evaluation.evaluate` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from codefusion.data.examples import Example
from codefusion.evaluation.grading import Prediction
from codefusion.languages import get_language


def distilled(predictions: Iterable[Prediction]) -> Iterator[Example]:
    """Yield each example with the first valid candidate for its program.

    Examples without a valid candidate are left out: nothing is to be learned from them.
    """
    for one in predictions:
        is_valid = get_language(one.example.language).is_valid
        for code in one.candidates:
            if is_valid(code):
                yield replace(one.example, code=code)
                break
