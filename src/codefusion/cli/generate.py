"""`codefusion generate`: sentences in, ranked programs out."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codefusion.cli.options import (
    Beams,
    Columns,
    Draft,
    Guidance,
    Json,
    Keep,
    Language,
    Model,
    OwnSteps,
    Scheduler,
    Seed,
    Strength,
    header,
    model_name,
    open_model,
)
from codefusion.errors import DataError, UsageError
from codefusion.shares import percent

if TYPE_CHECKING:
    from codefusion.pipeline import Candidate

JSON_VERSION = 1
NO_VALID_CANDIDATE = 3


def generate(
    utterance: Annotated[
        str | None,
        typer.Argument(help="What the code should do. Without it: --file, or lines from stdin."),
    ] = None,
    language: Language = None,
    model: Model = None,
    k: Annotated[int, typer.Option("-k", "--candidates", min=1, help="Candidates to show.")] = 5,
    samples: Annotated[
        int,
        typer.Option(
            min=1,
            help="Draws that vote on the ranking; at least k are made. A model that writes from "
            "the left or is lagged makes none: it searches, unless a trace or a revision is asked "
            "for, or --beams 0.",
        ),
    ] = 16,
    steps: OwnSteps = None,
    seed: Seed = 0,
    guidance: Guidance = 1.0,
    scheduler: Scheduler = None,
    beams: Beams = None,
    columns: Columns = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="One utterance a line; - is stdin.")
    ] = None,
    edit: Draft = None,
    keep: Keep = None,
    strength: Strength = None,
    as_json: Json = False,
    trace: Annotated[
        bool, typer.Option("--trace", help="Show the best program at each denoising step.")
    ] = False,
    trace_image: Annotated[
        Path | None, typer.Option(help="Draw the best program's denoising as a PNG.")
    ] = None,
    trace_html: Annotated[
        Path | None, typer.Option(help="Write all programs' denoising as a page with a slider.")
    ] = None,
    best: Annotated[
        bool, typer.Option("--best", help="Print the best program and no more.")
    ] = False,
) -> None:
    """Turn a sentence into ranked programs. Nothing is ever run."""
    utterances = _utterances(utterance, file)
    name = model_name(language, model, to_revise=edit is not None or bool(keep))
    pipeline = open_model(name, scheduler)
    results = pipeline(
        utterances,
        language=language,
        table=[header(columns)] * len(utterances),
        num_candidates=k,
        num_samples=samples,
        num_inference_steps=steps,
        seed=seed,
        guidance_scale=guidance,
        num_beams=beams,
        trace=trace or trace_image is not None or trace_html is not None,
        draft=edit,
        keep=keep or (),
        strength=strength,
    )
    # A person wants different programs: repetitions have spoken by their votes.
    shown = [[one for one in candidates if not one.repeats] for candidates in results]
    if trace_image is not None:
        from codefusion.evaluation.figures import draw_trace

        draw_trace(shown[0][0].trace, utterances[0], trace_image, shown[0][0].pinned)
        sys.stderr.write(f"wrote {trace_image}\n")
    if trace_html is not None:
        from codefusion.web.viewer import write_viewer

        measure = "still open" if pipeline.scheduler is None else "noise"
        write_viewer(trace_html, name, utterances[0], shown[0], measure)
        sys.stderr.write(f"wrote {trace_html}\n")
    if as_json:
        typer.echo(json.dumps(_as_json(name, utterances, shown, trace), ensure_ascii=False))
    elif best:
        for candidates in shown:
            typer.echo(candidates[0].code)
    else:
        _print(utterances, shown, trace)
    if not all(any(one.valid for one in candidates) for candidates in shown):
        raise typer.Exit(NO_VALID_CANDIDATE)


def _utterances(utterance: str | None, file: Path | None) -> list[str]:
    if utterance is not None and file is not None:
        raise UsageError("give an utterance or --file, not both")
    if utterance is not None:
        if utterance.encode(errors="replace").decode() != utterance:
            raise UsageError("the utterance is no text: it is not UTF-8")
        return [utterance]
    if file is None and sys.stdin.isatty():
        raise UsageError('nothing to do: codefusion generate --language bash "what it should do"')
    if file is None or str(file) == "-":
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = file.read_bytes()
        except OSError as error:
            raise DataError(f"cannot read {str(file)!r}: {error.strerror}") from error
    try:
        lines = [line for line in raw.decode("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise DataError(f"{file or 'stdin'} is not UTF-8 (byte {error.start})") from error
    if not lines:
        raise UsageError("no utterance: the input is empty")
    return lines


def _as_json(
    name: str, utterances: Sequence[str], results: Sequence[Sequence[Candidate]], trace: bool
) -> dict[str, Any]:
    from codefusion.traces import as_json

    rows = []
    for text, candidates in zip(utterances, results, strict=True):
        listed = []
        traces = as_json([one.trace for one in candidates])
        for one, steps in zip(candidates, traces, strict=True):
            entry: dict[str, Any] = {
                "code": one.code,
                "score": round(one.score, 4),
                "seed": one.seed,
                "drawn": one.drawn,
                "steps": one.steps,
                "valid": one.valid,
            }
            if one.pinned:
                entry["pinned"] = one.pinned
            if trace:
                entry["trace"] = steps
            listed.append(entry)
        rows.append({"utterance": text, "candidates": listed})
    return {"version": JSON_VERSION, "model": name, "results": rows}


def _print(utterances: Sequence[str], results: Sequence[Sequence[Candidate]], trace: bool) -> None:
    for index, (text, candidates) in enumerate(zip(utterances, results, strict=True)):
        if len(utterances) > 1:
            typer.echo(("\n" if index else "") + f"# {text}")
        if trace:
            for step in candidates[0].trace:
                sure = sum(step.confidence) / len(step.confidence) if step.confidence else 0.0
                typer.echo(
                    f"step {step.step:2d}  noise {step.noise_level:4.0%}  "
                    f"sure {sure:4.0%}  {_one_line(step.code)}"
                )
            typer.echo("")
        print_ranked(candidates)


def print_ranked(candidates: Sequence[Candidate]) -> None:
    """Print candidates one a line, the best first."""
    for place, one in enumerate(candidates, start=1):
        mark = "valid  " if one.valid else "invalid"
        typer.echo(f"{place}  {percent(one.score)}  {mark}  {_one_line(one.code)}")


def _one_line(code: str) -> str:
    """Escape what a terminal would act on: a model may write any character."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in code
    )
