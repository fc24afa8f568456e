"""`codefusion benchmark`: systems side by side, as tables and figures."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer


def benchmark(
    plan: Annotated[Path, typer.Argument(help="A YAML plan, see recipes/benchmarks/.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for answers and report; runs/NAME when not given.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a value of the plan: a.b=value. Repeatable."),
    ] = None,
) -> None:
    """Measure systems side by side and write Markdown, LaTeX, JSON and PNG.

    What a killed run has answered is read back when it is run again; remove OUT to start anew.
    """
    from codefusion.benchmark.plan import load_plan
    from codefusion.benchmark.suite import run

    loaded = load_plan(plan, settings or [])
    folder = out or Path("runs") / loaded.name
    command = shlex.join(["codefusion", *sys.argv[1:]])
    _show(run(loaded, folder, command))
    typer.echo(str(folder / "report.md"))


def _show(events) -> None:  # type: ignore[no-untyped-def]
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, soft_wrap=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("starting", total=None)
        for event in events:
            kind = type(event).__name__
            if kind == "Started":
                name = f"{event.system} on {event.language}, seed {event.seed}"
                progress.reset(bar, total=event.rows, description=name)
                console.print(f"{name}: {event.rows} utterances", highlight=False)
            elif kind == "Answered":
                progress.advance(bar)
            elif kind == "Kept" and event.reused:
                console.print(
                    f"{event.system} on {event.language}, seed {event.seed}: answered before",
                    highlight=False,
                )
            elif kind == "Measuring":
                console.print(event.what, highlight=False)
