"""The options that several commands share, and what their values name.

Not for a command's own options, nor for an import at the top that makes every `--help` slower.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from codefusion.errors import UsageError

if TYPE_CHECKING:
    from codefusion.pipeline import CodePipeline

T = TypeVar("T")

Language = Annotated[str | None, typer.Option("--language", "-l", help="bash, python or cf.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", help="Folder, Hub id or shipped name; the language's when not given."
    ),
]
Columns = Annotated[
    str | None, typer.Option(help="CF: names of the table's columns, separated by commas.")
]

Samples = Annotated[int, typer.Option(min=1, help="Draws that vote, where it draws.")]
Steps = Annotated[int, typer.Option(min=1, help="Denoising steps.")]
OwnSteps = Annotated[
    int | None, typer.Option(min=1, help="Denoising steps; the model's own number if not said.")
]
Seed = Annotated[int, typer.Option(min=0, help="Draw i comes from the seed SEED + i.")]
Guidance = Annotated[float, typer.Option(help="Weight against the noise prompt; 1: off.")]
Scheduler = Annotated[str | None, typer.Option(help="renoising, ddpm, ddim, dpm++ or unipc.")]

Draft = Annotated[str | None, typer.Option("--edit", metavar="DRAFT", help="Revise this program.")]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="TEXT", help="What every program shall have; repeatable."),
]
Strength = Annotated[
    float | None,
    typer.Option(
        help="How far to noise the rest, above 0 and up to 1, instead of searching around what is "
        "kept."
    ),
]

Beams = Annotated[
    int | None,
    typer.Option(
        min=0, help="Search with so many beams; 0: draw. The model's own choice if not said."
    ),
]
OtherJury = Annotated[
    str | None,
    typer.Option(
        "--jury",
        metavar="FOLDER|none",
        help="Rank what is found by the jury of another MODEL, or none, instead of its own.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def model_name(language: str | None, model: str | None, to_revise: bool = False) -> str:
    """Return the MODEL that was named, or else the name of the one shipped for the language.

    With `to_revise`, of the one to revise and to watch with.

    Raises `UsageError` when there is neither, no such language, or none shipped for it.
    """
    from codefusion.checkpoints import shipped_for
    from codefusion.languages import get_language

    if language is not None:
        get_language(language)
    if model:
        return model
    if language is None:
        raise UsageError("say which language: --language bash, python or cf (or give a --model)")
    return shipped_for(language, to_revise)


def open_model(
    name: str | Path, scheduler: str | None = None, jury: str | None = None
) -> CodePipeline:
    """Load a MODEL without a word from its libraries, with its own scheduler or the named one.

    With `jury` it takes that of another MODEL, or none. Raises `CheckpointError`, and `UsageError`
    for a scheduler that it cannot have, or a MODEL without a jury.
    """
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.pipeline import load_jury, load_pipeline

    pipeline = load_pipeline(name)
    pipeline.set_progress_bar_config(disable=True)
    if jury is not None:
        pipeline.jury = load_jury(jury)
    if scheduler is not None:
        pipeline.set_scheduler(scheduler)
    return pipeline


def header(columns: str | None) -> list[list[str]]:
    """Return the table that `--columns` tells of: its header alone, or nothing."""
    return [[one.strip() for one in columns.split(",")]] if columns else []


def watched(stream: Iterable[T], total: int, what: str) -> Iterable[T]:
    """Return the items of `stream`, with their progress on stderr when it is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(
        stream, total=total, description=what, console=console, disable=not console.is_terminal
    )
