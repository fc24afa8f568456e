"""Properties of scores that are to mean how often a candidate is right."""

from __future__ import annotations

import math
import random

import pytest

from codefusion.calibration import Calibration, calibration_error, fit
from codefusion.errors import DataError


def drawn(calibration: Calibration, n: int, seed: int = 0) -> tuple[list[float], list[bool]]:
    """Scores, and whether each was right, as often as the calibration says."""
    rng = random.Random(seed)
    scores = [rng.random() for _ in range(n)]
    return scores, [rng.random() < calibration(score) for score in scores]


def test_the_fit_finds_the_curve_that_the_candidates_were_drawn_from() -> None:
    true = Calibration(0.6, -0.8)
    found = fit(*drawn(true, 20_000))
    assert found.slope == pytest.approx(true.slope, abs=0.05)
    assert found.intercept == pytest.approx(true.intercept, abs=0.05)


def test_calibrated_scores_have_a_smaller_error_on_other_candidates() -> None:
    true = Calibration(0.5, -1.0)
    found = fit(*drawn(true, 4_000))
    scores, right = drawn(true, 4_000, seed=1)
    after = calibration_error([found(score) for score in scores], right)
    assert after < 0.03 < 0.1 < calibration_error(scores, right)


def test_calibration_keeps_the_order_and_stays_inside_0_and_1() -> None:
    found = fit(*drawn(Calibration(0.6, 0.2), 500))
    values = [found(score / 20) for score in range(21)]
    assert values == sorted(values)
    assert 0.0 < values[0] < values[-1] < 1.0


def test_the_error_of_scores_that_are_always_right_by_their_own_measure_is_nothing() -> None:
    scores = [0.25] * 8 + [0.75] * 8
    right = [True, True, *[False] * 6, *[True] * 6, False, False]
    assert calibration_error(scores, right, bins=2) == pytest.approx(0.0)


def test_the_error_of_a_sure_and_wrong_score_is_one() -> None:
    assert calibration_error([1.0, 1.0], [False, False]) == 1.0


@pytest.mark.parametrize("right", [[True, True], [False, False]])
def test_nothing_can_be_fitted_to_candidates_that_are_all_alike(right: list[bool]) -> None:
    with pytest.raises(DataError, match="right and wrong"):
        fit([0.2, 0.8], right)


def test_scores_that_mislead_are_refused() -> None:
    scores, right = drawn(Calibration(1.0, 0.0), 500)
    with pytest.raises(DataError, match="not right more often"):
        fit(scores, [not one for one in right])


def test_the_identity_leaves_scores_as_they_are() -> None:
    for score in (0.01, 0.3, 0.99):
        assert math.isclose(Calibration(1.0, 0.0)(score), score)
