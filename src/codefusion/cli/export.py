"""`codefusion export`: a training run as a checkpoint to share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(help="A folder that `codefusion train` made.")],
    out: Annotated[Path, typer.Argument(help="An empty or new folder.")],
    metrics: Annotated[
        list[Path] | None,
        typer.Option(help="What `evaluate --json` printed, for the model card. Repeatable."),
    ] = None,
    backbone: Annotated[
        bool,
        typer.Option(
            "--backbone",
            help="RUN is no run but a pre-trained encoder, folder or Hub id; write it in int8.",
        ),
    ] = False,
) -> None:
    """Write a run's averaged weights in bfloat16, with a model card."""
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    if backbone:
        from codefusion.models.backbone import load_backbone, save_quantised

        save_quantised(load_backbone(str(run)), out)
        typer.echo(str(out))
        return
    from codefusion.training.export import export as write

    typer.echo(str(write(run, out, metrics or [])))
