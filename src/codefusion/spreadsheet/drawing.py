"""The preview of candidate rules in a terminal, or as a picture of one.

Not for finding out what they colour (`preview`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.style import Style as Look
from rich.table import Table
from rich.text import Text

from codefusion.errors import DataError
from codefusion.shares import percent
from codefusion.spreadsheet.areas import letters, runs
from codefusion.spreadsheet.preview import Coloured, disagreement
from codefusion.spreadsheet.styles import Style
from codefusion.spreadsheet.suggestions import Refusal, Suggestion
from codefusion.spreadsheet.workbook import Region

# More than a screen of rows, or columns, hides what matters.
MAX_ROWS = 12
MAX_COLUMNS = 8
_LONGEST = 24
_PICTURE_WIDTH = 100
_WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def draw(
    console: Console,
    region: Region,
    suggestions: Sequence[Suggestion],
    refusals: Sequence[Refusal],
    style: Style,
) -> None:
    """Print the rules, and the rows on which they disagree; where they don't, rows they colour.

    Cells that the first rule colours have the style.
    """
    console.print(_rules(suggestions, refusals))
    if not suggestions:
        return
    answers = [one.coloured for one in suggestions if not one.shades]
    apart = disagreement(answers) if answers else Coloured({})
    rows = sorted(apart.rows or frozenset().union(*(one.rows for one in answers)))
    if not rows:
        return
    title = "rows on which the rules disagree" if apart.rows else "coloured rows"
    chosen = _sample(rows, answers)
    title = f"{len(rows):,} {title}" + (f", {len(chosen)} of them" * (len(chosen) < len(rows)))
    console.print(_cells(region, suggestions, chosen, style, title))


def save_picture(
    file: Path,
    title: str,
    region: Region,
    suggestions: Sequence[Suggestion],
    refusals: Sequence[Refusal],
    style: Style,
) -> None:
    """Draw the same as an SVG that needs nothing from a network; raises `DataError`."""
    console = Console(
        file=io.StringIO(),
        record=True,
        width=_PICTURE_WIDTH,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    draw(console, region, suggestions, refusals, style)
    picture = _WEB_FONT.sub("", console.export_svg(title=title, unique_id="preview"))
    try:
        file.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot write {str(file)!r}: {error.strerror}") from error


def _rules(suggestions: Sequence[Suggestion], refusals: Sequence[Refusal]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("#", justify="right")
    table.add_column("score", justify="right")
    table.add_column("colours", justify="right")
    table.add_column("rule", overflow="fold")
    table.add_column("written as", overflow="fold")
    for number, one in enumerate(suggestions, start=1):
        kind = one.formatting.format.type
        how = one.formatting.formula if kind == "expression" else kind
        table.add_row(str(number), _score(one.score), one.summary, _plain(one.code), _plain(how))
    for refusal in refusals:
        reason = _plain(refusal.reason)
        table.add_row("-", _score(refusal.score), "-", _plain(refusal.code), reason, style="dim")
    return table


def _cells(
    region: Region, suggestions: Sequence[Suggestion], rows: Sequence[int], style: Style, title: str
) -> Table:
    columns = _columns(region, suggestions)
    labels = [str(region.area.first_row + row) for row in rows]
    marks = [[_mark(one.coloured.in_row(row), region) for one in suggestions] for row in rows]
    table = Table(title=title, title_justify="left", title_style="", box=SIMPLE)
    # Where it is too narrow for all, the cells are cut short, and not what is said of them.
    table.add_column("row", justify="right", style="dim", width=max(3, *map(len, labels)))
    for column in columns:
        known = region.columns[column]
        head = f"{clean(known.name)}\n{known.letters} c[{column}] {known.type}"
        right = known.type in ("number", "percent")
        table.add_column(_line(head), justify="right" if right else "left")
    for number, column_of_marks in enumerate(zip(*marks, strict=True), start=1):
        longest = max(map(len, (str(number), *column_of_marks)))
        table.add_column(f"\n{number}", justify="center", width=longest)
    look = Look(
        bgcolor=style.fill and f"#{style.fill}",
        color=style.text and f"#{style.text}",
        bold=style.bold or None,
    )
    for label, row, marked in zip(labels, rows, marks, strict=True):
        first = suggestions[0].coloured.in_row(row)
        cells = [
            _line(clean(region.shown(row, column)), look if column in first else "")
            for column in columns
        ]
        table.add_row(label, *cells, *marked)
    return table


def _sample(rows: Sequence[int], answers: Sequence[Coloured]) -> list[int]:
    """Return at most `MAX_ROWS` rows, some of each way in which the rules may colour one."""
    alike: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for row in rows:
        alike.setdefault(tuple(tuple(one.in_row(row)) for one in answers), []).append(row)
    turns = [turn for group in zip_longest(*alike.values()) for turn in group if turn is not None]
    return sorted(turns[:MAX_ROWS])


def _columns(region: Region, suggestions: Sequence[Suggestion]) -> list[int]:
    """Return the columns to show: those that only some rules colour, then from the left."""
    looked_at = [column for one in suggestions for column in one.coloured.rows_of]
    seldom = sorted(set(looked_at), key=lambda column: (looked_at.count(column), column))
    every = dict.fromkeys((*seldom, *range(region.area.width)))
    return sorted(list(every)[:MAX_COLUMNS])


def _mark(columns: Sequence[int], region: Region) -> str:
    """Return the letters of the columns coloured in a row, such as `B:D F`; ● is all, · none."""
    if len(columns) == region.area.width:
        return "●"
    first = region.area.first_column
    spans = ((letters(first + start), letters(first + end)) for start, end in runs(columns))
    return " ".join(start if start == end else f"{start}:{end}" for start, end in spans) or "·"


def _score(score: float | None) -> str:
    return "" if score is None else percent(score).strip()


def _plain(text: str | None) -> Text:
    return Text("".join(map(_printable, text or "")))


def _line(text: str, look: Look | str = "") -> Text:
    return Text(text, style=look, no_wrap=True, overflow="ellipsis")


def clean(text: str) -> str:
    """Return a text of a workbook, cut short and without what a terminal would act on."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(map(_printable, short))


def _printable(one: str) -> str:
    return one if one.isprintable() else one.encode("unicode_escape").decode()
