"""`codefusion calibrate`: make a checkpoint's scores mean how often its candidates are right.

Nothing but arguments, reading and writing: the fit is `codefusion.calibration`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codefusion.cli.options import OwnSteps, open_model


def calibrate(
    model: Annotated[Path, typer.Argument(help="Folder of a checkpoint, which is changed.")],
    file: Annotated[Path, typer.Argument(help="Pairs that it was not trained on.")],
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="For rows that do not say.")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Draws that vote, where it draws.")] = 16,
    steps: OwnSteps = None,
    seed: Annotated[int, typer.Option(min=0, help="Draw i comes from SEED + i.")] = 0,
) -> None:
    """Fit the scores of a checkpoint to how often its candidates are right, and keep the fit."""
    from codefusion.data.examples import read_examples
    from codefusion.errors import UsageError
    from codefusion.evaluation.calibrating import calibrated_error, fitted, keep_calibration
    from codefusion.evaluation.evaluate import predict
    from codefusion.evaluation.grading import grade

    settings = model / "model" / "config.json"
    if not settings.is_file():
        raise UsageError(f"{model} is no folder of a checkpoint: it has no model/config.json")
    pipeline = open_model(model)
    pipeline.model.config.score_calibration = None
    predictions = list(
        predict(
            pipeline,
            read_examples(file, language),
            samples=samples,
            steps=steps,
            seed=seed,
            num_beams=pipeline.default_beams(),
        )
    )
    calibration = fitted(predictions)
    before = grade(predictions).calibration_error
    after = calibrated_error(predictions)
    keep_calibration(calibration, model)
    typer.echo(
        f"calibration error {before:.1f} % before, {after:.1f} % after (cross-validated), "
        f"n={len(predictions)}: slope {calibration.slope:.3f}, "
        f"intercept {calibration.intercept:.3f}, in {settings}"
    )
