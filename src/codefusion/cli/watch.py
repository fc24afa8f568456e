"""`codefusion watch`: a sentence in, programs that condense before one's eyes out."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codefusion.cli.options import (
    Columns,
    Draft,
    Guidance,
    Keep,
    Language,
    Model,
    Scheduler,
    Seed,
    Steps,
    Strength,
    header,
    model_name,
    open_model,
)
from codefusion.errors import UsageError

if TYPE_CHECKING:
    from codefusion.traces import TraceStep

NO_VALID_CANDIDATE = 3


def watch(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="What the code should do.")
    ] = None,
    language: Language = None,
    model: Model = None,
    k: Annotated[
        int, typer.Option("-k", "--candidates", min=1, max=20, help="Draws to watch.")
    ] = 5,
    steps: Steps = 8,
    seed: Seed = 0,
    guidance: Guidance = 1.0,
    scheduler: Scheduler = None,
    columns: Columns = None,
    edit: Draft = None,
    keep: Keep = None,
    strength: Strength = None,
    delay: Annotated[
        float, typer.Option(min=0.0, max=60.0, help="Seconds to look at each step on a terminal.")
    ] = 0.3,
    export: Annotated[
        Path | None, typer.Option(help="Write the denoising as a page of its own, with a slider.")
    ] = None,
) -> None:
    """Watch a few draws denoise, then print them ranked. Nothing is ever run.

    The darker a token, the surer; below it, at the end, the step from which it stands. What is
    watched goes to stderr, without a terminal as plain lines.
    """
    utterance = " ".join(words or []).strip()
    if not utterance:
        raise UsageError('nothing to watch: codefusion watch -l bash "what it should do"')
    from codefusion.checkpoints import resolve_folder

    name = model_name(language, model, to_revise=True)
    folder = resolve_folder(name)  # before the libraries load, which takes seconds
    from codefusion.watching import Watching, screen

    watching = Watching(utterance, seed)
    with screen(watching, sys.stderr) as shown:
        pipeline = open_model(folder, scheduler)
        if pipeline.scheduler is None:
            watching.measure = "still open"
        # What is written from the left takes as many as the longest program needs.
        watching.total = steps if pipeline.most_steps(steps) == steps else None

        def on_step(rows: Sequence[TraceStep]) -> None:
            watching.step(rows)
            shown.show()
            if shown.live:
                time.sleep(delay)

        candidates = pipeline(
            utterance,
            language=language,
            table=header(columns),
            num_candidates=k,
            num_samples=k,
            num_inference_steps=steps,
            seed=seed,
            guidance_scale=guidance,
            draft=edit,
            keep=keep or (),
            strength=strength,
            trace=export is not None,
            on_step=on_step,
        )
        shown.show(ended=True)
    from codefusion.cli.generate import print_ranked

    different = [one for one in candidates if not one.repeats]
    if export is not None:
        from codefusion.web.viewer import write_viewer

        write_viewer(export, name, utterance, different, watching.measure)
        sys.stderr.write(f"wrote {export}\n")
    print_ranked(different)
    if not any(one.valid for one in different):
        raise typer.Exit(NO_VALID_CANDIDATE)
