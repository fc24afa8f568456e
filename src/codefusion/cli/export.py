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
) -> None:
    """Write a run's averaged weights in bfloat16, with a model card."""
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.training.export import export as write

    typer.echo(str(write(run, out, metrics or [])))
