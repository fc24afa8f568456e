"""From pairs to graded predictions of a pipeline. Not for scores: see `grading`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from codefusion.data.examples import Example
from codefusion.errors import CodeFusionError
from codefusion.evaluation.grading import TOP, Evaluation, Prediction, grade


def predict(
    pipeline: Any,
    examples: Sequence[Example],
    *,
    samples: int,
    steps: int | None = None,
    candidates: int = max(TOP),
    seed: int = 0,
    guidance: float = 1.0,
    decoder_feedback: bool | None = None,
    utterances_at_once: int = 16,
    **further: Any,
) -> Iterator[Prediction]:
    """Yield the ranked candidates for each pair, in order.

    An utterance that the model cannot read (too long) gets none, and counts as wrong. `further`
    are options of the pipeline's call that only some pipelines know, such as `num_beams`; what
    this one does not know raises `UsageError`.
    """
    drawing = {
        "num_candidates": candidates,
        "num_samples": samples,
        "num_inference_steps": steps,
        "seed": seed,
        "guidance_scale": guidance,
        "decoder_feedback": decoder_feedback,
        **further,
    }
    pipeline([], **drawing)  # or else a wrong option would make every row count as wrong
    for chunk in _chunks(examples, utterances_at_once):
        options = {"language": chunk[0].language, **drawing}
        try:
            ranked = pipeline(
                [row.utterance for row in chunk], table=[row.table for row in chunk], **options
            )
            outcomes: list[Any] = list(ranked)
        except CodeFusionError:
            outcomes = [_one(pipeline, row, options) for row in chunk]
        for row, outcome in zip(chunk, outcomes, strict=True):
            if isinstance(outcome, CodeFusionError):
                yield Prediction(row, (), str(outcome))
            else:
                yield Prediction(
                    row,
                    tuple(one.code for one in outcome),
                    scores=tuple(one.score for one in outcome),
                )


def _chunks(examples: Sequence[Example], size: int) -> Iterator[Sequence[Example]]:
    """Cut into runs of one language, at most `size` long."""
    for _, run in itertools.groupby(examples, key=lambda row: row.language):
        rows = list(run)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def group_golds(examples: Sequence[Example]) -> list[tuple[Example, tuple[str, ...]]]:
    """Return each utterance once, by its first example, with all its programs.

    Utterances are the same when they are but for case and white space, and so are their tables.
    """
    golds: dict[tuple[str, object], tuple[Example, list[str]]] = {}
    for row in examples:
        key = (" ".join(row.utterance.lower().split()), row.table)
        golds.setdefault(key, (row, []))[1].append(row.code)
    return [(row, tuple(dict.fromkeys(codes))) for row, codes in golds.values()]


def _one(pipeline: Any, row: Example, options: dict[str, Any]) -> Any:
    try:
        return pipeline(row.utterance, table=row.table, **{**options, "language": row.language})
    except CodeFusionError as error:
        return error


def evaluate(pipeline: Any, examples: Sequence[Example], **options: Any) -> Evaluation:
    """`predict` and `grade` in one."""
    return grade(list(predict(pipeline, examples, **options)))
