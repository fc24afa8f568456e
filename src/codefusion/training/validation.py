"""What a run looks at along the way: sample quality on a slice of validation, by language.

Not for measuring a finished model: that is `codefusion evaluate`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import torch

from codefusion.data.examples import Example
from codefusion.evaluation.evaluate import evaluate
from codefusion.evaluation.grading import Evaluation
from codefusion.pipeline import CodePipeline
from codefusion.training.ema import ExponentialMovingAverage
from codefusion.training.recipe import Recipe


def spread(rows: Sequence[Example], count: int) -> list[Example]:
    """Return at most `count` rows at even distances: files are often sorted."""
    count = min(count, len(rows))
    return [rows[i * len(rows) // count] for i in range(count)]


def evaluations(
    recipe: Recipe,
    pipeline: CodePipeline,
    ema: ExponentialMovingAverage,
    validation: Sequence[Example],
) -> Iterator[tuple[str, Evaluation]]:
    """Sample each language's rows with the averaged weights, and yield its name and the scores.

    Dropout's random state is left as it was.
    """
    monitoring, bare = recipe.monitoring, pipeline.model
    by_language: dict[str, list[Example]] = {}
    for row in validation:
        by_language.setdefault(row.language, []).append(row)
    for language, rows in by_language.items():
        with ema.applied(bare), torch.random.fork_rng(), _uncompiled(recipe):
            bare.eval()
            evaluation = evaluate(
                pipeline,
                spread(rows, monitoring.evaluation_rows),
                samples=monitoring.evaluation_samples,
                steps=monitoring.evaluation_steps,
            )
            bare.train()
        yield language, evaluation


def _uncompiled(recipe: Recipe) -> contextlib.AbstractContextManager[object]:
    # Sampling has a shape for each utterance, and would compile for all of them.
    if recipe.optimization.compile:
        return torch.compiler.set_stance("force_eager")
    return contextlib.nullcontext()
