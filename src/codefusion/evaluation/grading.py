"""Scores of ranked candidates, row by row, and their means with bootstrap intervals.

Not for how candidates come about. Nothing here changes a ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from codefusion.calibration import calibration_error
from codefusion.data.examples import Example
from codefusion.evaluation.literal_fidelity import literal_fidelity
from codefusion.evaluation.metrics import language_metrics
from codefusion.languages import get_language

TOP = (1, 3, 5)

# Of one metric, by "top1", "top3" and "top5": a score, most in [0, 1], for each row that the metric
# applies to. Which rows those are is up to the pairs, so that systems can be compared row by row.
RowScores = dict[str, list[float]]


@dataclass(frozen=True)
class Estimate:
    """A mean over n rows, in percent, with the ends of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Prediction:
    """The ranked candidates for one pair; `error` says why there are none.

    `scores` are those of the candidates, if the system gives any, in [0, 1]. `golds` are all the
    programs that count as right, the example's own where none are given.
    """

    example: Example
    candidates: tuple[str, ...]
    error: str | None = None
    golds: tuple[str, ...] = ()
    # Not compared: their last digits depend on what else was in the batch.
    scores: tuple[float, ...] = field(default=(), compare=False)

    @property
    def references(self) -> tuple[Example, ...]:
        """The example once for each gold."""
        return tuple(replace(self.example, code=gold) for gold in self.golds) or (self.example,)


@dataclass(frozen=True)
class Evaluation:
    """Metrics by "top1", "top3", "top5", each in percent, mean of the n pairs.

    `further` are `literal_fidelity`, of the pairs that it applies to, if any, and those of the
    language (`metrics.language_metrics`): the best of the first k. `calibration_error`, in
    percent, is how far scores of the five are from how often they are right; None without scores.
    """

    n: int
    exact_match: dict[str, Estimate]
    normal_form_match: dict[str, Estimate]
    validity: dict[str, Estimate]
    further: dict[str, dict[str, Estimate]]
    calibration_error: float | None
    predictions: tuple[Prediction, ...]


def same_text(candidate: str, gold: str) -> bool:
    """Exact match: equal but for runs of white space."""
    return candidate.split() == gold.split()


def bootstrap(scores: Sequence[float], resamples: int = 2000, seed: int = 0) -> Estimate:
    """Return the mean of `scores` in percent, with its 95 % percentile bootstrap interval."""
    values = np.asarray(scores, dtype=np.float64) * 100.0
    random = np.random.default_rng(seed)
    means = values[random.integers(len(values), size=(resamples, len(values)))].mean(axis=1)
    value, low, high = (float(one) for one in (values.mean(), *np.percentile(means, (2.5, 97.5))))
    return Estimate(round(value, 2), round(low, 2), round(high, 2), len(values))


def row_scores(predictions: Sequence[Prediction]) -> dict[str, RowScores]:
    """Score each prediction by every metric of its language: the best of the first k candidates.

    A candidate's score is that against the most favourable gold. `validity` is the share of
    valid programs among the first k. Where there is no candidate a row scores the metric's least.
    A metric that applies to no row is left out.
    """
    languages = {one.example.language for one in predictions}
    metrics = language_metrics(languages.pop()) if len(languages) == 1 else {}

    def best(score: Callable[[str, Example], float], least: float = 0.0) -> RowScores:
        rows = [
            [max(score(code, gold) for gold in one.references) for code in one.candidates]
            for one in predictions
        ]
        return {f"top{k}": [float(max(row[:k], default=least)) for row in rows] for k in TOP}

    def normal(code: str, row: Example) -> bool:
        language = get_language(row.language)
        return language.normal_form(code) == language.normal_form(row.code)

    def valid_share(one: Prediction, k: int) -> float:
        first = one.candidates[:k]
        language = get_language(one.example.language)
        return sum(map(language.is_valid, first)) / len(first) if first else 0.0

    fidelity = [
        literal_fidelity(one.example, [gold.code for gold in one.references], one.candidates)
        for one in predictions
    ]
    scores: dict[str, RowScores] = {
        "exact_match": best(lambda code, row: same_text(code, row.code)),
        "normal_form_match": best(normal),
        "validity": {f"top{k}": [valid_share(one, k) for one in predictions] for k in TOP},
        "literal_fidelity": {
            f"top{k}": [max(row[:k], default=0.0) for row in fidelity if row is not None]
            for k in TOP
        },
        **{
            name: best(metric, least=-1.0 if name == "nlc2cmd_score" else 0.0)
            for name, metric in metrics.items()
        },
    }
    return {name: tops for name, tops in scores.items() if all(tops.values())}


def scored(predictions: Sequence[Prediction]) -> tuple[list[float], list[bool]]:
    """Return the score of every candidate that has one, and whether it is its gold's program."""
    scores: list[float] = []
    right: list[bool] = []
    for one in predictions:
        form = get_language(one.example.language).normal_form
        golds = {form(gold.code) for gold in one.references}
        for code, score in zip(one.candidates, one.scores, strict=False):
            scores.append(score)
            right.append(form(code) in golds)
    return scores, right


def estimates(scores: dict[str, RowScores]) -> dict[str, dict[str, Estimate]]:
    """Return the mean and the interval of every metric."""
    return {
        name: {top: bootstrap(rows) for top, rows in tops.items()} for name, tops in scores.items()
    }


def grade(predictions: Sequence[Prediction]) -> Evaluation:
    """Compare ranked candidates with their golds; at least one prediction."""
    metrics = estimates(row_scores(predictions))
    scores, right = scored(predictions)
    return Evaluation(
        n=len(predictions),
        exact_match=metrics.pop("exact_match"),
        normal_form_match=metrics.pop("normal_form_match"),
        validity=metrics.pop("validity"),
        further=metrics,
        calibration_error=100.0 * calibration_error(scores, right) if scores else None,
        predictions=tuple(predictions),
    )
