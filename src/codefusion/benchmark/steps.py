"""What the number of denoising steps does: quality (Figure 6) and convergence (Figure 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codefusion.benchmark.runner import Question
from codefusion.evaluation.grading import Estimate, Prediction, bootstrap, row_scores
from codefusion.graders.text import normalised_edit_distance
from codefusion.systems.checkpoint import CheckpointSystem


@dataclass(frozen=True)
class Quality:
    """Top-1 of one metric with so many denoising steps."""

    steps: int
    metric: str
    estimate: Estimate


@dataclass(frozen=True)
class Distance:
    """Mean edit distance, in 0 to 1, of the program decoded at one step to the final one."""

    step: int
    mean: float


def quality(
    arguments: dict[str, Any],
    asked: Sequence[Question],
    counts: Sequence[int],
    metric: str,
    seed: int = 0,
) -> Iterator[Quality]:
    """Yield the top-1 of `metric` for each number of steps, on the same utterances and seed."""
    rows = [row for row, _ in asked]
    for count in counts:
        system = CheckpointSystem(**{**arguments, "steps": count})
        predictions = [
            Prediction(row, one.candidates, one.error, golds)
            for (row, golds), one in zip(asked, system.predict(rows, seed), strict=True)
        ]
        yield Quality(count, metric, bootstrap(row_scores(predictions)[metric]["top1"]))


def distances(
    arguments: dict[str, Any], asked: Sequence[Question], steps: int, seed: int = 0
) -> list[Distance]:
    """Return how far the program is from the final one at each step, one sample per utterance."""
    system = CheckpointSystem(**{**arguments, "steps": steps})
    options = {"num_candidates": 1, "num_samples": 1, "num_inference_steps": steps, "seed": seed}
    far: list[list[float]] = []
    for row, _ in asked:
        best = system.pipeline(
            row.utterance, table=row.table, language=row.language, trace=True, **options
        )[0]
        far.append([normalised_edit_distance(one.code, best.code) for one in best.trace])
    return [
        Distance(step, sum(one[step - 1] for one in far) / len(far)) for step in range(1, steps + 1)
    ]
