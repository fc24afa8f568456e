"""What the number of denoising steps does: quality (Figure 6) and convergence (Figure 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codefusion.benchmark.results import Scorer
from codefusion.benchmark.runner import Question
from codefusion.errors import UsageError
from codefusion.evaluation.grading import Estimate, Prediction, bootstrap, row_scores
from codefusion.graders.text import normalised_edit_distance
from codefusion.systems.checkpoint import CheckpointSystem
from codefusion.systems.registry import make_system


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


def denoiser(arguments: dict[str, Any]) -> CheckpointSystem:
    """Load a system; raises `UsageError` for one that has no denoising steps."""
    system = make_system("checkpoint", arguments, None)
    assert isinstance(system, CheckpointSystem)
    if getattr(system.pipeline.model, "causal", False):
        raise UsageError(
            f"{arguments['model']} writes from left to right and has no denoising steps: name "
            "another system under `steps`"
        )
    return system


def quality(
    arguments: dict[str, Any],
    asked: Sequence[Question],
    counts: Sequence[int],
    metric: str,
    seed: int = 0,
    score: Scorer = row_scores,
) -> Iterator[Quality]:
    """Yield the top-1 of `metric` for each number of steps, on the same utterances and seed.

    All are drawn: a search has no steps.
    """
    rows = [row for row, _ in asked]
    for count in counts:
        system = denoiser({**arguments, "steps": count, "num_beams": 0})
        predictions = [
            Prediction(row, one.candidates, one.error, golds)
            for (row, golds), one in zip(asked, system.predict(rows, seed), strict=True)
        ]
        yield Quality(count, metric, bootstrap(score(predictions)[metric]["top1"]))


def distances(
    arguments: dict[str, Any], asked: Sequence[Question], steps: int, seed: int = 0
) -> list[Distance]:
    """Return how far the program is from the final one at each step, one sample per utterance.

    Of a lagged model `steps` are those of each token, and the program with most tokens says how
    many there are; one that has ended before is final from there on. Utterances that the model
    cannot read do not count; raises `UsageError` where that is all of them.
    """
    system = denoiser({**arguments, "steps": steps, "num_beams": 0})
    options = dict(system.options)
    if "guidance" in options:
        options["guidance_scale"] = options.pop("guidance")
    options |= {"num_candidates": 1, "num_samples": 1, "num_inference_steps": steps, "seed": seed}
    far: list[list[float]] = []
    for row, _ in asked:
        try:
            best = system.pipeline(
                row.utterance, table=row.table, language=row.language, trace=True, **options
            )[0]
        except UsageError as error:
            unread = error
        else:
            far.append([normalised_edit_distance(one.code, best.code) for one in best.trace])
    if not far:
        raise UsageError(f"none of {len(asked)} utterances to trace can be read: {unread}")
    last = max(map(len, far))
    at = [[one[min(step, len(one) - 1)] for one in far] for step in range(last)]
    return [Distance(step, sum(each) / len(far)) for step, each in enumerate(at, start=1)]
