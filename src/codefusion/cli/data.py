"""`codefusion data`: fetch, make and check the files that models are trained on.

Nothing but arguments and printing: what the files mean is said in `codefusion.data`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from codefusion.cli.options import OwnSteps, open_model, watched

app = typer.Typer(help="Fetch, make and check data files.", no_args_is_help=True)


@app.command()
def benchmarks(
    out: Annotated[Path, typer.Option(help="Folder to write LANGUAGE/PART.jsonl into.")],
    language: Annotated[str, typer.Option(help="bash, python, cf or all.")] = "all",
    split: Annotated[str, typer.Option(help="hashed, or the published one.")] = "hashed",
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Folder with the published files, instead of the network."),
    ] = None,
) -> None:
    """Write train, validation and test of the published benchmarks as JSON lines."""
    from codefusion.data.benchmarks import BENCHMARKS, PARTS, load_benchmark
    from codefusion.data.examples import write_jsonl
    from codefusion.errors import DataError

    lines: list[Sequence[object]] = [("language", *PARTS)]
    for name in BENCHMARKS if language == "all" else [language]:
        splits = load_benchmark(name, split, source)
        for part in PARTS:
            path = out / name / f"{part}.jsonl"
            if splits[part]:
                write_jsonl(path, splits[part])
            elif path.exists():
                # A validation part of the hashed split holds rows of the published test.
                raise DataError(f"{path} is of another split than {split!r}; choose a new folder")
        lines.append((name, *(len(splits[part]) for part in PARTS)))
    _print_table(lines)


@app.command()
def generate(
    language: Annotated[str, typer.Option("--language", "-l", help="bash or cf.")],
    count: Annotated[int, typer.Option(min=1, help="How many pairs.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same pairs.")],
    out: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
) -> None:
    """Make up utterances with their commands or rules, for training only."""
    from codefusion.data import generators
    from codefusion.data.examples import json_line, write_jsonl

    pairs = generators.generate(language, count, seed)
    if out is None:
        for pair in pairs:
            typer.echo(json_line(pair))
    else:
        typer.echo(f"{write_jsonl(out, pairs)} pairs in {out}", err=True)


@app.command()
def distil(
    model: Annotated[str, typer.Argument(help="The teacher: folder, run, Hub id or name.")],
    file: Annotated[Path, typer.Argument(help="Pairs, one JSON object a line.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="For rows that do not say.")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Draws that vote, where it draws.")] = 16,
    steps: OwnSteps = None,
    beams: Annotated[
        int | None, typer.Option(min=0, help="Search with so many beams; 0: draw.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            help="MODEL is any model of transformers, asked like this: {language}, {utterance}, "
            "{prompt} and \\n are filled in. It searches, with 5 beams if not told."
        ),
    ] = None,
) -> None:
    """Write the utterances of FILE with a model's own programs, to teach another by."""
    from codefusion.data.examples import read_examples, write_jsonl
    from codefusion.evaluation.evaluate import predict
    from codefusion.training.distillation import distilled

    examples = read_examples(file, language)
    if template is not None:
        from codefusion.systems.hub import HubSystem

        system = HubSystem(model, template=_lines(template), beams=beams, max_new_tokens=64)
        answers = system.predict(examples)
    else:
        teacher = open_model(model)
        answers = predict(
            teacher,
            examples,
            samples=samples,
            steps=steps,
            num_beams=teacher.default_beams() if beams is None else beams,
        )
    written = write_jsonl(out, distilled(watched(answers, len(examples), "writing")))
    typer.echo(f"{written} pairs of {len(examples)} in {out}", err=True)


@app.command()
def imagine(
    model: Annotated[
        str, typer.Argument(help="A causal model of transformers that has learned its prompts.")
    ],
    language: Annotated[str, typer.Option("--language", "-l", help="What it writes.")],
    count: Annotated[int, typer.Option(min=1, help="How many pairs.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    template: Annotated[
        str, typer.Option(help="The prompt that it has learned; \\n is a new line.")
    ] = "{language}: {utterance}\\n",
    seed: Annotated[int, typer.Option(help="The same seed gives the same pairs.")] = 0,
) -> None:
    """Let a language model make up utterances and write their programs, to teach another by."""
    from codefusion.data.examples import write_jsonl
    from codefusion.quiet import quiet_libraries
    from codefusion.systems.hub_model import load_hub_model
    from codefusion.systems.imagining import imagined

    quiet_libraries()
    pairs = imagined(load_hub_model(model), _lines(template), language, count, seed)
    typer.echo(f"{write_jsonl(out, watched(pairs, count, 'making up'))} pairs in {out}", err=True)


def _lines(template: str) -> str:
    """Return a template as a shell takes it, with its new lines."""
    return template.replace("\\n", "\n")


@app.command()
def stdlib(
    out: Annotated[Path, typer.Option(help="File to write.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Folder of other Python sources, instead of the library."),
    ] = None,
) -> None:
    """Write snippets of this machine's Python standard library, for pre-training."""
    from codefusion.data.corpora import python_standard_library
    from codefusion.data.examples import write_jsonl

    written = write_jsonl(out, python_standard_library(folder=source))
    typer.echo(f"{written} snippets in {out}", err=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A JSON-lines file of pairs.")],
    language: Annotated[str | None, typer.Option(help="For rows that name no language.")] = None,
    snippets: Annotated[bool, typer.Option("--snippets", help="Rows need no utterance.")] = False,
) -> None:
    """Count rows, valid programs, repeats and lengths; name every broken line."""
    from codefusion.data.examples import (
        Example,
        Snippet,
        check_language,
        numbered_lines,
        parse_example,
        parse_snippet,
    )
    from codefusion.errors import DataError
    from codefusion.languages import get_language

    check_language(language)
    parse = parse_snippet if snippets else parse_example
    rows: list[Example | Snippet] = []
    broken = 0
    for where, line in numbered_lines(file):
        try:
            rows.append(parse(line, where, language))
        except DataError as error:
            broken += 1
            typer.echo(str(error), err=True)
    if not rows and not broken:
        raise DataError(f"{file} holds no rows")

    lines: list[Sequence[object]] = [
        (
            "language",
            "rows",
            "valid",
            "repeated",
            "characters: least",
            "50 %",
            "90 %",
            "99 %",
            "most",
        )
    ]
    for name in sorted({row.language for row in rows}):
        chosen = [row for row in rows if row.language == name]
        is_valid = get_language(name).is_valid
        valid = sum(is_valid(row.code) for row in chosen)
        distinct = Counter((getattr(row, "utterance", ""), row.code) for row in chosen)
        lengths = sorted(len(row.code) for row in chosen)
        quantiles = (lengths[int(share * (len(lengths) - 1))] for share in (0, 0.5, 0.9, 0.99, 1))
        lines.append((name, len(chosen), valid, len(chosen) - len(distinct), *quantiles))
    if rows:
        _print_table(lines)
    if broken:
        typer.echo(f"{broken} of {broken + len(rows)} lines are broken", err=True)
        raise typer.Exit(1)


def _print_table(lines: list[Sequence[object]]) -> None:
    widths = [max(len(str(line[column])) for line in lines) for column in range(len(lines[0]))]
    for first, *others in lines:
        cells = [str(other).rjust(width) for other, width in zip(others, widths[1:], strict=True)]
        typer.echo("  ".join([str(first).ljust(widths[0]), *cells]))
