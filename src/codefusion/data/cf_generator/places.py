"""The noise around a rule: ranges, sheets, columns and colours that utterances mention.

None of it changes the rule; the model must learn to read past it."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import literals, words
from codefusion.data.cf_generator.literals import pick
from codefusion.data.phrasing import Maker

_LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_UNITS = ("%", "kg", "USD", "m3", "KW", "Y/N", "hrs", "Rs.")
_SHEET_SUFFIXES = (
    "Summary",
    "Report",
    "Data",
    "List",
    "Plan",
    "Log",
    "Details",
    "Overview",
    "2021",
)


def letter(rng: Random) -> str:
    """A column letter, early ones first."""
    roll = rng.random()
    if roll < 0.8:
        return _LETTERS[int(rng.random() * 12)]
    if roll < 0.95:
        return _LETTERS[int(rng.random() * 26)]
    return "A" + _LETTERS[int(rng.random() * 26)]


def _corners(rng: Random) -> tuple[str, str]:
    first = letter(rng)
    start = 1 + int(rng.random() * rng.random() * 40)
    roll = rng.random()
    if roll < 0.7:
        return f"{first}{start}", f"{first}{start + 2 + int(rng.random() * rng.random() * 250)}"
    if roll < 0.85:
        return f"{first}{start}", f"{letter(rng)}{start + 1 + int(rng.random() * 90)}"
    return f"{first}{start}", f"{letter(rng)}{start}"


def cells(rng: Random) -> str:
    """`C9:C65`, the notation of ranges."""
    first, last = _corners(rng)
    return f"{first}:{last}"


def span(rng: Random) -> str:
    """`C9 to C65` or `C9-C65`, the way people write ranges."""
    first, last = _corners(rng)
    return f"{first}{pick(rng, (' to ', ' to ', '-', '-', ' - ', '- '))}{last}"


def cell(rng: Random) -> str:
    """A single cell, such as `D9`."""
    return f"{letter(rng)}{1 + int(rng.random() * rng.random() * 60)}"


def sheet(rng: Random) -> str:
    """A sheet name: `sheet1`, a code, a phrase."""
    roll = rng.random()
    if roll < 0.3:
        return pick(rng, ("sheet1", "Sheet1", "sheet 1", "sheet 2", "Sheet2", "sheet1", "sheet3"))
    if roll < 0.45:
        return f"{literals.word(rng).capitalize()} {pick(rng, _SHEET_SUFFIXES)}"
    if roll < 0.6:
        return literals.phrase(rng)
    if roll < 0.75:
        return literals.code(rng)
    if roll < 0.8:
        return f"{pick(rng, ('Table', 'Fig.', 'Annex', 'Tab'))} {1 + int(rng.random() * 30)}"
    if roll < 0.86:
        return literals.foreign(rng)
    if roll < 0.9:
        return literals.date(rng)
    return literals.word(rng)


def column(rng: Random) -> str:
    """A column name as an annotator would copy it from a header."""
    roll = rng.random()
    if roll < 0.35:
        return literals.word(rng)
    if roll < 0.8:
        return literals.phrase(rng)
    if roll < 0.87:
        return f"{literals.word(rng)} ({pick(rng, _UNITS)})"
    if roll < 0.93:
        return literals.code(rng)
    if roll < 0.96:
        return literals.foreign(rng)
    return str(1990 + int(rng.random() * 34))


def color(rng: Random) -> str:
    """A fill colour."""
    return pick(rng, words.COLORS)


def scale(rng: Random) -> str:
    """The name of a colour scale such as `Green-Yellow-Red`."""
    names = ("Green", "Yellow", "Red", "White", "Blue", "green", "red", "white")
    joint = pick(rng, ("-", "- ", " - ", "-"))
    return joint.join(pick(rng, names) for _ in range(3 if rng.random() < 0.7 else 2))


MAKERS: dict[str, Maker] = {
    "cells": cells,
    "span": span,
    "cell": cell,
    "letter": letter,
    "sheet": sheet,
    "column": column,
    "color": color,
    "scale": scale,
}

MACROS = {
    "rangepart": " from cell {span}| from {span}| from range {cells}| on cell range {cells}|"
    " for range {cells}| to cell range {cells}| in cell {span}| in range {cells}|"
    " of cell {span}| for cell range {cells}| on range {cells}| to cell {span}| in cells {span}|"
    " for {cells}",
    "columnpart": " on {column} column| on column {column}| in column {column}| (column- {column})|"
    " (Column -{column})| of column {column}| of {column}| in column - {column}|"
    " in {column} column| for column {column}| in column-{column}",
    "letterpart": " in column {letter}| on column {letter}| in {letter} column| to column {letter}|"
    " for column {letter}",
    "sheetpart": " in {sheet} sheet.| on sheet {sheet}| in sheet {sheet}| in sheet {sheet}.|"
    " of {sheet} sheet| of sheet {sheet}| in sheet- {sheet}| in {sheet} sheet|"
    " for sheet {sheet}| in sheet '{sheet}'|, sheet {sheet}",
    "place": "<rangepart>|<rangepart>|<rangepart><sheetpart>|<rangepart><sheetpart>|"
    "<rangepart><columnpart><sheetpart>|<rangepart><columnpart>|<columnpart><rangepart>|"
    "<columnpart><sheetpart>|<columnpart>|<letterpart>|<letterpart><sheetpart>|"
    "<columnpart><rangepart><sheetpart>|<sheetpart><rangepart>",
    "lead": "|||||||||||||In sheet-{sheet}, |In {sheet} sheet, |In column-{column}, |"
    "For {column} column, |In '{sheet}', |In Sheet {sheet}, |For {column}, ",
    "cf": "conditional formatting|conditional formatting|conditional formatting|"
    "conditional formatting|Conditional formatting|condition formatting|conditional format|"
    "Conditional Formatting|condtional formatting|conditional formating|conditional formation",
    "gt": "greater than|greater than|greater than|more than|above|over|higher than|larger than|"
    "bigger than",
    "lt": "less than|less than|less than|below|under|lower than|smaller than|fewer than",
    "ge": "greater than or equal to|greater than or equal to|at least|more than or equal to|"
    "equal to or greater than|no less than|not less than|above or equal to|"
    "higher than or equal to|greater or equal to",
    "le": "less than or equal to|less than or equal to|at most|equal to or less than|"
    "no more than|not more than|lower than or equal to|smaller than or equal to|"
    "below or equal to|less or equal to",
}
