"""`codefusion train`: run a recipe, with a progress bar."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from codefusion.training.events import Event


def train(
    recipe: Annotated[Path, typer.Argument(help="A YAML recipe, see recipes/.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to train into; runs/NAME when not given.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a value of the recipe: a.b=value. Repeatable."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last whole checkpoint.")
    ] = False,
) -> None:
    """Train by a recipe: phase 1 (code alone), then phase 2 (utterances and code)."""
    from codefusion.training.recipe import load_recipe

    loaded = load_recipe(recipe, settings or [])
    folder = out or Path("runs") / loaded.name
    # Of the processes that torchrun starts, one speaks.
    speaks = os.environ.get("RANK", "0") == "0"
    steps = loaded.finetuning.steps + loaded.pretraining.steps
    _show(steps, _events(loaded, folder, resume), speaks)
    if speaks:
        typer.echo(str(folder))


def _events(loaded, folder, resume):  # type: ignore[no-untyped-def]
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.training.run import run

    return _interruptible(run(loaded, folder, resume))


def _interruptible(events: Iterator[Event]) -> Iterator[Event]:
    """Stop after the event under way when Ctrl-C was pressed, and at once when pressed again.

    Raised in the middle of a step, a KeyboardInterrupt may be caught by a library that catches
    everything, and the run would go on. Until training begins it is raised at once.
    """
    pressed = began = False

    def press(*_: object) -> None:
        nonlocal pressed
        if pressed or not began:
            raise KeyboardInterrupt
        pressed = True

    before = signal.getsignal(signal.SIGINT)
    # Whoever runs us may have it ignored, and only the first thread is told of signals.
    first = threading.current_thread() is threading.main_thread()
    ours = first and before is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, press)
    try:
        for event in events:
            began = True
            yield event
            if pressed:
                raise KeyboardInterrupt
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)


def _show(total: int, events, speaks: bool) -> None:  # type: ignore[no-untyped-def]
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, quiet=not speaks, soft_wrap=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} {task.fields[note]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("reading data", total=total, note="")
        offset, peak = 0, None
        smooth: float | None = None
        for event in events:
            kind = type(event).__name__
            if kind == "Prepared":
                size = sum(event.parameters.values()) / 1e6
                peak = event.peak_flops
                console.print(
                    f"{size:.2f}M parameters, {event.pairs} pairs, {event.snippets} snippets "
                    f"({event.left_out} rows too long and left out)"
                )
            elif kind == "PhaseStarted":
                if event.phase == 2:
                    offset = total - event.steps
                samples = seconds = flops = 0.0
                smooth = None
                progress.update(
                    bar, description=f"phase {event.phase}", completed=offset + event.step
                )
                console.print(f"phase {event.phase}: {event.steps - event.step} steps")
            elif kind == "StepResult":
                samples += event.samples
                seconds += event.seconds
                flops += event.flops
                smooth = event.loss if smooth is None else 0.98 * smooth + 0.02 * event.loss
                speed = f"{samples / seconds:.0f} samples/s"
                if peak is not None:
                    speed += f"  MFU {100 * flops / seconds / peak:.1f} %"
                note = f"loss {smooth:.3f}  {speed}"
                progress.update(bar, completed=offset + event.step, note=note)
                if not console.is_terminal and event.step % 100 == 0:
                    console.print(
                        f"step {event.step}  loss {smooth:.3f}  denoising {event.denoising:.3f}  "
                        f"decoder {event.decoder:.3f}  cross-entropy {event.cross_entropy:.3f}  "
                        f"{speed}",
                        highlight=False,
                    )
            elif kind == "Evaluated":
                scores = event.evaluation.exact_match
                shown = " / ".join(f"{one.value:.1f}" for one in scores.values())
                valid = event.evaluation.validity["top1"].value
                console.print(
                    f"step {event.step}: exact match top-1/3/5 {shown}, "
                    f"valid {valid:.1f} %, n={event.evaluation.n}, {event.language}",
                    highlight=False,
                )
            elif kind == "Saved":
                console.print(f"saved {event.path}", highlight=False)
            elif kind == "Ended":
                console.print(_ending(event.steps_left, total), highlight=False)


def _ending(left: int, total: int) -> str:
    if left == 0:
        return f"all of the {total} steps are done"
    return f"time is up with {left} of {total} steps left: go on with the same command and --resume"
