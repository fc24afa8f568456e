"""`codefusion excel`: a sentence in, conditional formatting in a copy of a workbook out."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codefusion.cli.options import Json, OwnSteps, Samples, Seed, open_model
from codefusion.errors import UsageError
from codefusion.shares import percent

if TYPE_CHECKING:
    from codefusion.spreadsheet.suggestions import Draft
    from codefusion.spreadsheet.workbook import Region

JSON_VERSION = 1
NO_VALID_CANDIDATE = 3


def excel(
    book: Annotated[Path, typer.Argument(help="An .xlsx or .xlsm workbook; it is not changed.")],
    utterance: Annotated[
        str | None, typer.Argument(help="What to highlight. Without it: --rule.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Its name; the first when not given.")] = None,
    cells: Annotated[
        str | None,
        typer.Option("--range", help="Such as B2:F200 or B:F; all filled cells when not given."),
    ] = None,
    rules: Annotated[
        list[str] | None,
        typer.Option("--rule", help="A rule, such as 'GreaterThan(c[2], 5)'; no model is asked."),
    ] = None,
    whole_rows: Annotated[
        bool | None,
        typer.Option(
            "--rows/--cells", help="Colour whole rows; when not given, if the sentence says so."
        ),
    ] = None,
    header: Annotated[
        bool, typer.Option("--header/--no-header", help="Whether the first row names the columns.")
    ] = True,
    style: Annotated[
        str, typer.Option(help="red, yellow, green, blue, orange, grey or bold; or red,bold.")
    ] = "yellow",
    choose: Annotated[
        int | None, typer.Option(min=1, help="The rule to write; else you are asked, or the first.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The new workbook; BOOK.codefusion.xlsx when not given.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the new one.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Preview and write nothing.")] = False,
    as_json: Json = False,
    picture: Annotated[Path | None, typer.Option(help="Draw the preview as an SVG.")] = None,
    model: Annotated[
        str, typer.Option("--model", "-m", help="Folder, Hub id or shipped name.")
    ] = "cf",
    k: Annotated[int, typer.Option("-k", "--candidates", min=1, help="Rules to show.")] = 5,
    samples: Samples = 16,
    steps: OwnSteps = None,
    seed: Seed = 0,
) -> None:
    """Highlight cells of a workbook; the preview shows which before anything is written."""
    try:
        import openpyxl  # noqa: F401  # an extra that not everybody has
    except ImportError as error:
        raise UsageError("this needs openpyxl: pip install 'codefusion[excel]'") from error
    from codefusion.spreadsheet.listing import rules_as_json
    from codefusion.spreadsheet.package import open_package
    from codefusion.spreadsheet.styles import parse_style
    from codefusion.spreadsheet.suggestions import Draft, asks_for_rows, suggest
    from codefusion.spreadsheet.workbook import read_region
    from codefusion.spreadsheet.writing import check_target, write_rule

    if bool(rules) == bool(utterance):
        raise UsageError("say what to highlight, or give a --rule (and not both)")
    look = parse_style(style)
    package = open_package(book)
    target = out or book.with_name(f"{book.stem}.codefusion{book.suffix}")
    if not dry_run:
        check_target(package, target, overwrite=overwrite)
    region = read_region(package, sheet, cells, header)
    rows = asks_for_rows(utterance or "") if whole_rows is None else whole_rows
    if rules:
        drafts = [Draft(rule) for rule in rules]
    else:
        drafts = _ask(model, utterance or "", region, k, samples, steps, seed)
    suggestions, refusals = suggest(drafts, region, rows, date.today())
    if rules and refusals:
        raise UsageError(f"can't write {refusals[0].code!r}: {refusals[0].reason}")
    for note in region.notes:
        sys.stderr.write(f"note: {note}\n")
    if not as_json:
        from rich.console import Console

        from codefusion.spreadsheet.drawing import draw

        draw(Console(stderr=True), region, suggestions, refusals, look)
    if picture is not None:
        from codefusion.spreadsheet.drawing import save_picture

        title = f"{book.name}: {utterance}" if utterance else book.name
        save_picture(picture, title, region, suggestions, refusals, look)
        sys.stderr.write(f"wrote {picture}\n")
    written = None
    number = 0
    if suggestions:
        number = _choice(choose, len(suggestions), asking=not (as_json or dry_run))
    if suggestions and not dry_run:
        formatting = suggestions[number - 1].formatting
        written = write_rule(package, region.sheet, formatting, look, target, overwrite=overwrite)
        if written.earlier:
            sys.stderr.write(f"note: {written.earlier} earlier rules of the sheet come before it\n")
    if as_json:
        content = {"version": JSON_VERSION, **rules_as_json(region, rows, suggestions, refusals)}
        content["chosen"] = number or None
        content["written"] = None if written is None else str(written.path)
        typer.echo(json.dumps(content, ensure_ascii=False))
    elif written is not None:
        typer.echo(written.path)
    elif dry_run:
        for place, one in enumerate(suggestions, start=1):
            score = "" if one.score is None else f"{percent(one.score)}  "
            typer.echo(f"{place}  {score}{one.summary}  {one.code}")
    if not suggestions:
        raise typer.Exit(NO_VALID_CANDIDATE)


def _ask(
    model: str, utterance: str, region: Region, k: int, samples: int, steps: int | None, seed: int
) -> list[Draft]:
    """Return a model's rules for a sentence, with the region's columns."""
    from codefusion.data.columns import MOST_ROWS
    from codefusion.spreadsheet.suggestions import (
        MAX_COLUMNS_SHOWN,
        Draft,
        as_in_region,
        columns_to_show,
    )

    pipeline = open_model(model)

    def fits(columns: list[int]) -> bool:
        length = len(pipeline.codec.prompt(utterance, "cf", region.table(columns, MOST_ROWS)).ids)
        return length <= pipeline.model.config.max_prompt_length

    shown = columns_to_show(region.header, utterance, MAX_COLUMNS_SHOWN, fits)
    # With none, the sentence alone is too long, which the pipeline tells.
    if 0 < len(shown) < len(region.columns):
        names = ", ".join(region.header[index] for index in shown)
        sys.stderr.write(f"note: the model can read {len(shown)} of the columns: {names}\n")
    candidates = pipeline(
        utterance,
        language="cf",
        table=region.table(shown, MOST_ROWS),
        num_candidates=k,
        num_samples=samples,
        num_inference_steps=steps,
        seed=seed,
    )
    return [
        Draft(as_in_region(one.code, shown, region), one.score)
        for one in candidates
        if not one.repeats
    ]


def _choice(choose: int | None, count: int, *, asking: bool) -> int:
    """Return which of `count` rules to write, from 1."""
    if choose is not None:
        if choose > count:
            raise UsageError(f"--choose {choose}: there are {count} rules to choose from")
        return choose
    if not asking or count < 2 or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return 1
    while True:
        sys.stderr.write(f"Write which rule, 1 to {count}? [1] ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            # The end of the input, as by Ctrl-D, is no answer.
            raise KeyboardInterrupt
        answer = line.strip() or "1"
        if answer.isdecimal() and 1 <= int(answer) <= count:
            return int(answer)
