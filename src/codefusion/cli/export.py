"""`codefusion export`: a training run as a checkpoint to share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codefusion.errors import UsageError


def export(
    run: Annotated[Path, typer.Argument(help="A folder that `codefusion train` made.")],
    out: Annotated[Path, typer.Argument(help="An empty or new folder.")],
    metrics: Annotated[
        list[Path] | None,
        typer.Option(help="What `evaluate --json` printed, for the model card. Repeatable."),
    ] = None,
    int8: Annotated[
        bool, typer.Option("--int8", help="In a quarter of the bytes, not half of them.")
    ] = False,
    start_share: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="Mix in this share of the weights that the run started from."
        ),
    ] = 0.0,
    backbone: Annotated[
        bool,
        typer.Option(
            "--backbone",
            help="RUN is no run but a pre-trained encoder, folder or Hub id; write it in int8.",
        ),
    ] = False,
) -> None:
    """Write a run's averaged weights in bfloat16 or int8, with a model card."""
    if backbone and int8:
        raise UsageError("a --backbone is always written in int8; leave --int8 out")
    if backbone and start_share:
        raise UsageError("--start-share is for a run, not a --backbone; leave it out")
    if backbone and metrics:
        raise UsageError("--metrics is for a model card, and a --backbone gets none; leave it out")
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.training import export as exporting

    if backbone:
        written = exporting.export_backbone(str(run), out)
    else:
        written = exporting.export(run, out, metrics or [], int8=int8, start_share=start_share)
    typer.echo(str(written))
