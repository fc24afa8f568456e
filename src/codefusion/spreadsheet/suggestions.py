"""Candidate rules for a region, the likely first: what each would colour, or why it can't.

Not for where rules come from, a model or a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from codefusion.errors import UsageError
from codefusion.graders.cf_functions import VISUALS
from codefusion.languages.base import UNPARSEABLE
from codefusion.languages.cf import parse
from codefusion.languages.cf_rules import (
    Column,
    Condition,
    Operand,
    conditions,
    operands,
    render,
)
from codefusion.spreadsheet.formatting import Formatting, make_formatting
from codefusion.spreadsheet.preview import Coloured, preview, replace_operands
from codefusion.spreadsheet.workbook import Region

_WHOLE_ROWS = re.compile(r"\b(?:rows?|lines?|records?|entries)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d]\w*")
# So many columns are in the tables that models learn from.
MAX_COLUMNS_SHOWN = 12


@dataclass(frozen=True)
class Draft:
    """A rule as proposed; `score` is the share of a model's draws that agree, None for a person."""

    code: str
    score: float | None = None


@dataclass(frozen=True)
class Suggestion:
    """A rule that can be written, and what it colours.

    `shades` says that it shades all cells of its range by value, instead of colouring some.
    """

    code: str
    score: float | None
    formatting: Formatting
    coloured: Coloured
    shades: bool

    @property
    def summary(self) -> str:
        """How much it colours."""
        if self.shades:
            return "by value"
        cells, rows = len(self.coloured), len(self.coloured.rows)
        return f"{cells:,} cells" + (f" in {rows:,} rows" if rows < cells else "")


@dataclass(frozen=True)
class Refusal:
    """A rule that can't be written, and why."""

    code: str
    score: float | None
    reason: str


def asks_for_rows(utterance: str) -> bool:
    """Whether a sentence speaks of rows, and so of colouring whole ones."""
    return _WHOLE_ROWS.search(utterance) is not None


def suggest(
    drafts: Sequence[Draft], region: Region, whole_rows: bool, today: date
) -> tuple[list[Suggestion], list[Refusal]]:
    """Return the rules that can be written, the likely first, and those that can't.

    The order is that of the drafts, but rules that colour nothing or everything come last: nobody
    asks for those. Two drafts of the same rule are one.
    """
    found: dict[str, Suggestion] = {}
    refused: dict[str, Refusal] = {}
    for draft in drafts:
        try:
            rule = parse(draft.code)
            code = render(rule)
            if code in found:
                continue
            formatting = make_formatting(rule, region, whole_rows)
            coloured = preview(rule, region, whole_rows, today)
        except (*UNPARSEABLE, UsageError) as error:
            refused.setdefault(draft.code, Refusal(draft.code, draft.score, str(error)))
        else:
            shades = isinstance(rule, Condition) and rule.function in VISUALS
            found[code] = Suggestion(code, draft.score, formatting, coloured, shades)
    ranked = sorted(found.values(), key=lambda one: not _tells(one))
    return ranked, list(refused.values())


def _tells(one: Suggestion) -> bool:
    """Whether a rule tells some cells of its range from others."""
    cells = sum(area.height * area.width for area in one.formatting.areas)
    return one.shades or 0 < len(one.coloured) < cells


# -- What a model is shown of a wide sheet ---------------------------------------------------


def columns_to_show(
    header: Sequence[str], utterance: str, most: int, fits: Callable[[list[int]], bool]
) -> list[int]:
    """Return the columns, from 0 and in order, that a model is shown: as many as it can read.

    Where not all fit, those whose name shares a word with the utterance come first.
    """
    said = _words(utterance)
    order = sorted(range(len(header)), key=lambda index: not said & _words(header[index]))
    for count in range(min(most, len(header)), 0, -1):
        chosen = sorted(order[:count])
        if fits(chosen):
            return chosen
    return []


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def as_in_region(code: str, shown: Sequence[int], region: Region) -> str:
    """Return a model's rule with the columns it was shown as the region's; others lie outside."""
    if list(shown) == list(range(region.area.width)):
        return code
    try:
        rule = parse(code)
    except UNPARSEABLE:
        return code
    outside = region.area.width
    named = {each for condition in conditions(rule) for each in operands(condition)}
    places: dict[Operand, Operand] = {
        each: Column(shown[each.index] if each.index < len(shown) else outside + each.index)
        for each in named
        if isinstance(each, Column)
    }
    return render(replace_operands(rule, places))
