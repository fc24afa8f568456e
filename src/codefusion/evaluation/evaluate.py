"""Top-k accuracy of a pipeline on pairs, with bootstrap intervals.

Ranking never sees the reference: candidates come ranked from the pipeline and are only compared
here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from codefusion.data.examples import Example
from codefusion.errors import CodeFusionError
from codefusion.evaluation.metrics import language_metrics
from codefusion.languages import get_language

TOP = (1, 3, 5)


@dataclass(frozen=True)
class Estimate:
    """A mean in percent with the ends of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Prediction:
    """The ranked candidates for one pair; `error` says why there are none.

    `golds` are all the programs that count as right, the example's own where none are given.
    """

    example: Example
    candidates: tuple[str, ...]
    error: str | None = None
    golds: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[Example, ...]:
        """The example once for each gold."""
        return tuple(replace(self.example, code=gold) for gold in self.golds) or (self.example,)


@dataclass(frozen=True)
class Evaluation:
    """Metrics by "top1", "top3", "top5", each in percent, mean of the n pairs.

    `further` are those of the language (`metrics.language_metrics`), the best of the first k.
    """

    n: int
    exact_match: dict[str, Estimate]
    normal_form_match: dict[str, Estimate]
    validity: dict[str, Estimate]
    further: dict[str, dict[str, Estimate]]
    predictions: tuple[Prediction, ...]


def same_text(candidate: str, gold: str) -> bool:
    """Exact match: equal but for runs of white space."""
    return candidate.split() == gold.split()


def bootstrap(scores: Sequence[float], resamples: int = 2000, seed: int = 0) -> Estimate:
    """Return the mean of `scores` in percent, with its 95 % percentile bootstrap interval."""
    values = np.asarray(scores, dtype=np.float64) * 100.0
    random = np.random.default_rng(seed)
    means = values[random.integers(len(values), size=(resamples, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Estimate(round(float(values.mean()), 2), round(float(low), 2), round(float(high), 2))


def predict(
    pipeline: Any,
    examples: Sequence[Example],
    *,
    samples: int,
    steps: int,
    candidates: int = max(TOP),
    seed: int = 0,
    guidance: float = 1.0,
    decoder_feedback: bool | None = None,
    utterances_at_once: int = 16,
) -> Iterator[Prediction]:
    """Yield the ranked candidates for each pair, in order.

    An utterance that the model cannot read (too long) gets none, and counts as wrong.
    """
    for chunk in _chunks(examples, utterances_at_once):
        options = {
            "language": chunk[0].language,
            "num_candidates": candidates,
            "num_samples": samples,
            "num_inference_steps": steps,
            "seed": seed,
            "guidance_scale": guidance,
            "decoder_feedback": decoder_feedback,
        }
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
                yield Prediction(row, tuple(one.code for one in outcome))


def _chunks(examples: Sequence[Example], size: int) -> Iterator[Sequence[Example]]:
    """Cut into runs of one language, at most `size` long."""
    for _, run in itertools.groupby(examples, key=lambda row: row.language):
        rows = list(run)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def _one(pipeline: Any, row: Example, options: dict[str, Any]) -> Any:
    try:
        return pipeline(row.utterance, table=row.table, **{**options, "language": row.language})
    except CodeFusionError as error:
        return error


def grade(predictions: Sequence[Prediction]) -> Evaluation:
    """Compare ranked candidates with their golds; at least one prediction."""

    def top(score: Callable[[str, Example], float], least: float = 0.0) -> dict[str, Estimate]:
        rows = [
            [max(score(code, gold) for gold in one.references) for code in one.candidates]
            for one in predictions
        ]
        return {f"top{k}": bootstrap([max(row[:k], default=least) for row in rows]) for k in TOP}

    def normal(code: str, row: Example) -> bool:
        language = get_language(row.language)
        return language.normal_form(code) == language.normal_form(row.code)

    def valid_share(k: int) -> Estimate:
        shares = []
        for one in predictions:
            language = get_language(one.example.language)
            first = one.candidates[:k]
            shares.append(sum(map(language.is_valid, first)) / len(first) if first else 0.0)
        return bootstrap(shares)

    languages = {one.example.language for one in predictions}
    metrics = language_metrics(languages.pop()) if len(languages) == 1 else {}
    return Evaluation(
        n=len(predictions),
        exact_match=top(lambda code, row: same_text(code, row.code)),
        normal_form_match=top(normal),
        validity={f"top{k}": valid_share(k) for k in TOP},
        further={
            name: top(metric, least=-1.0 if name == "nlc2cmd_score" else 0.0)
            for name, metric in metrics.items()
        },
        predictions=tuple(predictions),
    )


def evaluate(pipeline: Any, examples: Sequence[Example], **options: Any) -> Evaluation:
    """`predict` and `grade` in one."""
    return grade(list(predict(pipeline, examples, **options)))
