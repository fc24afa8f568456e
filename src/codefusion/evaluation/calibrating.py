"""Calibration of ranked candidates against their golds.

The fit itself is `codefusion.calibration`; here is which candidates it is made of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from codefusion.calibration import Calibration, calibration_error, fit
from codefusion.evaluation.grading import Prediction, scored


def fitted(predictions: Sequence[Prediction]) -> Calibration:
    """Fit to all candidates, right where they are their gold's program.

    Raises `DataError` where that is not possible.
    """
    return fit(*scored(predictions))


def calibrated_error(predictions: Sequence[Prediction], folds: int = 5) -> float:
    """Return the calibration error in percent, each fold by a fit to the other ones.

    Fold i has every `folds`-th prediction from the i-th; fewer folds where there are fewer
    predictions. Raises `DataError` where one of the fits is not possible.
    """
    folds = min(folds, len(predictions))
    scores: list[float] = []
    right: list[bool] = []
    for fold in range(folds):
        others = [one for index, one in enumerate(predictions) if index % folds != fold]
        calibration = fitted(others)
        own, truth = scored(predictions[fold::folds])
        scores += [calibration(score) for score in own]
        right += truth
    return 100.0 * calibration_error(scores, right)


def keep_calibration(calibration: Calibration | None, folder: Path) -> None:
    """Change the calibration in a checkpoint's folder, and nothing else; None takes it away."""
    settings = folder / "model" / "config.json"
    content = json.loads(settings.read_text(encoding="utf-8"))
    numbers = None
    if calibration is not None:
        numbers = [round(calibration.slope, 4), round(calibration.intercept, 4)]
    content["score_calibration"] = numbers
    part = settings.with_suffix(".part")  # a full disk must not cost the checkpoint its settings
    part.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(settings)
