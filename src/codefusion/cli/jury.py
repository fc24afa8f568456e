"""`codefusion jury`: give a checkpoint a jury, with the weights that fit a file of pairs.

Nothing but arguments, reading and writing: the fit is `codefusion.evaluation.weighing`'s.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from codefusion.cli.options import open_model, watched


def jury(
    model: Annotated[Path, typer.Argument(help="Folder of a checkpoint, which is changed.")],
    file: Annotated[Path, typer.Argument(help="Pairs that it was not trained on.")],
    judge: Annotated[
        list[str] | None,
        typer.Option(help="Another auto-regressive MODEL of the language. Repeatable."),
    ] = None,
    reviewer: Annotated[
        list[str] | None,
        typer.Option(help="A MODEL that was trained on `reversed` pairs. Repeatable."),
    ] = None,
    known: Annotated[
        list[Path] | None,
        typer.Option(help="Pairs or snippets whose programs count as known. Repeatable."),
    ] = None,
    beams: Annotated[int, typer.Option(min=1, help="How many programs to find.")] = 16,
    known_beams: Annotated[
        int, typer.Option(min=0, help="How many of the --known programs to find beside them.")
    ] = 16,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="For rows that do not say.")
    ] = None,
) -> None:
    """Weigh what else speaks for a program than the model itself, and rank by it from then on."""
    from codefusion.data.examples import read_examples, read_snippets
    from codefusion.errors import UsageError
    from codefusion.evaluation.calibrating import keep_calibration
    from codefusion.evaluation.weighing import cases, cross_validated, fitted_weights, right_among
    from codefusion.pipeline.jury import (
        SETTINGS,
        JudgeSettings,
        Jury,
        JurySettings,
        keep_jury,
        load_judge,
    )
    from codefusion.pipeline.known import KnownPrograms

    if not (model / "model_index.json").is_file():
        raise UsageError(f"{model} is no folder of a checkpoint: it has no model_index.json")
    if not (judge or reviewer or known):
        raise UsageError("a jury needs a --judge, a --reviewer or --known programs")
    pairs = read_examples(file, language)
    programs = [row.code for path in known or [] for row in read_snippets(path, language)]
    pipeline = open_model(model)
    if not pipeline.default_beams():
        raise UsageError(f"{model} does not search, so there is nothing for a jury to rank")
    members = [JudgeSettings(one, 1.0) for one in judge or []]
    members += [JudgeSettings(one, 1.0, reviews=True) for one in reviewer or []]
    pipeline.jury = Jury(
        JurySettings(tuple(members), beams=beams, known_beams=known_beams if programs else 0),
        tuple(load_judge(one, model) for one in members),
        KnownPrograms.of(programs),
    )
    done = list(watched(cases(pipeline, pairs, beams), len(pairs), "searching"))
    weights = fitted_weights(done)
    settings = pipeline.jury.settings.weighed([round(one, 4) for one in weights])
    if not programs:
        settings = replace(settings, known=0.0)
    alone = right_among(done, [1.0, *[0.0] * (len(weights) - 1)])
    together = cross_validated(done)
    keep_jury(replace(pipeline.jury, settings=settings), model)
    calibrated = pipeline.model.config.score_calibration is not None
    if calibrated:
        keep_calibration(None, model)
    for name, counts in (("alone", alone), ("with the jury", together)):
        figures = " / ".join(f"{100 * count / len(done):.1f}" for count in counts.values())
        typer.echo(f"{name}: {figures} % right among 1 / 3 / 5")
    typer.echo(
        f"n={len(done)}, five folds, each weighed by a fit to the others; all weights in "
        f"{model / SETTINGS}"
    )
    if calibrated:
        typer.echo(f"its scores are not calibrated any more: codefusion calibrate {model} {file}")
