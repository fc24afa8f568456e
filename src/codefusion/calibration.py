"""Turn a score that only orders candidates into how often such a candidate is right.

Platt scaling: a logistic regression on the score's log odds (Platt 1999). Order never changes. Not
for making scores: agreement and probability come from `codefusion.pipeline.candidates`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codefusion.errors import DataError

# A share of all sixteen votes is no certainty, nor is one of none impossible.
_LEAST = 1e-3


def _log_odds(score: float) -> float:
    share = min(max(score, _LEAST), 1.0 - _LEAST)
    return math.log(share / (1.0 - share))


@dataclass(frozen=True)
class Calibration:
    """p = sigmoid(`slope` · log odds of the score + `intercept`); the slope is above 0."""

    slope: float
    intercept: float

    def __call__(self, score: float) -> float:
        """Return the estimated probability of being right, in (0, 1)."""
        return 1.0 / (1.0 + math.exp(-(self.slope * _log_odds(score) + self.intercept)))


def fit(scores: Sequence[float], right: Sequence[bool]) -> Calibration:
    """Return the likeliest calibration of candidates that were right or not.

    Targets are Platt's, a little inside of 0 and 1, so that few candidates cannot make it sure.
    Raises `DataError` where all or none are right, or being right falls with the score.
    """
    if len(set(right)) < 2:
        raise DataError(
            f"calibration needs right and wrong candidates, got {sum(right)} right of {len(right)}"
        )
    positive = sum(right)
    negative = len(right) - positive
    high, low = (positive + 1) / (positive + 2), 1 / (negative + 2)
    odds = np.array([_log_odds(score) for score in scores])
    design = np.stack([odds, np.ones_like(odds)], axis=1)  # (candidates, 2)
    target = np.where(right, high, low)
    weights = np.zeros(2)
    for _ in range(100):  # Newton's method; the problem is convex
        chance = 1.0 / (1.0 + np.exp(-design @ weights))
        gradient = design.T @ (chance - target)
        curvature = design.T @ (design * (chance * (1 - chance))[:, None])
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    slope, intercept = (float(one) for one in weights)
    if not slope > 0.0:
        raise DataError(f"candidates with a higher score are not right more often ({slope=:.3f})")
    return Calibration(slope, intercept)


def calibration_error(scores: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error, in [0, 1] (Guo et al. 2017).

    The mean distance between score and share of right ones over bins of equally many candidates,
    in the order of their scores, weighted by how many are in each.
    """
    if not scores:
        raise DataError("calibration error needs at least one candidate")
    order = np.argsort(np.asarray(scores), kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    ordered, truth = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.float64)
    gaps = [len(part) * abs(float(ordered[part].mean() - truth[part].mean())) for part in parts]
    return sum(gaps) / len(order)
