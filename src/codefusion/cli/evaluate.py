"""`codefusion evaluate`: top-k accuracy of a model on pairs."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codefusion.cli.options import (
    Beams,
    Guidance,
    Json,
    OtherJury,
    OwnSteps,
    Samples,
    Scheduler,
    open_model,
    watched,
)
from codefusion.errors import UsageError

if TYPE_CHECKING:
    from codefusion.evaluation.grading import Evaluation

JSON_VERSION = 1


def evaluate(
    model: Annotated[
        str,
        typer.Argument(help="Folder, training run, Hub id or shipped name; or 'retrieval'."),
    ],
    file: Annotated[Path, typer.Argument(help="Pairs, one JSON object a line.")],
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="For rows that do not say.")
    ] = None,
    samples: Samples = 16,
    steps: OwnSteps = None,
    seed: Annotated[int, typer.Option(min=0, help="Draw i comes from SEED + i.")] = 0,
    guidance: Guidance = 1.0,
    scheduler: Scheduler = None,
    feedback: Annotated[
        bool | None,
        typer.Option(
            "--decoder-feedback/--no-decoder-feedback",
            help="Let D correct N at every step; the model's own choice when not given.",
        ),
    ] = None,
    shared_votes: Annotated[
        bool,
        typer.Option(
            "--shared-votes/--whole-votes",
            help="Let a sample vote for all that D held possible, or only for what it is.",
        ),
    ] = True,
    rounding: Annotated[
        str, typer.Option(help="decoder, or without D and H: grounding or clamping.")
    ] = "decoder",
    beams: Beams = None,
    jury: OtherJury = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first rows.")] = None,
    train_file: Annotated[
        Path | None, typer.Option("--train", help="Training pairs for 'retrieval'.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Write the candidates of each row, as JSON lines.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print exact match and validity at top-1, 3 and 5, in percent, with 95 % intervals."""
    from codefusion.data.examples import read_examples

    examples = read_examples(file, language)[:limit]
    from codefusion.evaluation.evaluate import predict
    from codefusion.evaluation.grading import grade

    began = time.monotonic()
    if model == "retrieval":
        if jury is not None:
            raise UsageError("--jury is for models, and 'retrieval' is none")
        if train_file is None:
            raise UsageError("'retrieval' needs training pairs: --train FILE.jsonl")
        from codefusion.systems.retrieval import RetrievalSystem

        stream = RetrievalSystem(read_examples(train_file, language)).predict(examples)
    else:
        pipeline = open_model(model, scheduler, jury)
        beams = pipeline.default_beams() if beams is None else beams
        steps = pipeline.default_steps if steps is None else steps
        stream = predict(
            pipeline,
            examples,
            samples=samples,
            steps=steps,
            seed=seed,
            guidance=guidance,
            decoder_feedback=feedback,
            shared_votes=shared_votes,
            rounding=rounding,
            num_beams=beams,
        )
    done = list(watched(stream, len(examples), "sampling"))
    result = grade(done)
    seconds = time.monotonic() - began
    if predictions is not None:
        from codefusion.data.examples import write_jsonl

        write_jsonl(
            predictions,
            (
                {
                    "utterance": one.example.utterance,
                    "gold": one.example.code,
                    "language": one.example.language,
                    "candidates": list(one.candidates),
                    **({"error": one.error} if one.error else {}),
                }
                for one in done
            ),
        )
    unread = sum(one.error is not None for one in done)
    if unread:
        sys.stderr.write(f"{unread} utterances could not be read by the model and count as wrong\n")
    settings: dict[str, Any] = {
        "samples": samples,
        "steps": steps,
        "seed": seed,
        "guidance": guidance,
        "scheduler": scheduler or "own",
        "decoder_feedback": "own" if feedback is None else feedback,
        "shared_votes": shared_votes,
        "rounding": rounding,
        "beams": beams or 0,
        **({} if jury is None else {"jury": jury}),
    }
    if as_json:
        typer.echo(json.dumps(_as_json(model, file, settings, result, seconds)))
    else:
        _print(result)


def _metrics(result: Evaluation) -> dict[str, Any]:
    return {
        "exact_match": result.exact_match,
        "normal_form_match": result.normal_form_match,
        "validity": result.validity,
        **result.further,
    }


def _as_json(
    model: str, file: Path, settings: dict[str, Any], result: Evaluation, seconds: float
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "version": JSON_VERSION,
        "model": model,
        "file": str(file),
        "n": result.n,
        **({} if model == "retrieval" else settings),
        "seconds": round(seconds, 1),
    }
    for name, values in _metrics(result).items():
        content[name] = {top: one.value for top, one in values.items()}
        content[f"{name}_interval"] = {top: [one.low, one.high] for top, one in values.items()}
        content[f"{name}_n"] = values["top1"].n
    if result.calibration_error is not None:
        content["calibration_error"] = round(result.calibration_error, 2)
    return content


def _print(result: Evaluation) -> None:
    typer.echo(f"{'%':<20}" + "".join(f"{top:<22}" for top in result.exact_match) + f"n={result.n}")
    for name, values in _metrics(result).items():
        cells = "".join(
            f"{one.value:5.1f} [{one.low:.1f}, {one.high:.1f}]".ljust(22) for one in values.values()
        )
        n = values["top1"].n
        of_some = "" if n == result.n else f"n={n}"
        typer.echo(f"{name.replace('_', ' '):<20}{cells}{of_some}".rstrip())
    if result.calibration_error is not None:
        typer.echo(f"{'calibration error':<20}{result.calibration_error:5.1f}")
