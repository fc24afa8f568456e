"""How orders about a table speak, and how they name its columns.

Shared by `table_numbers` and `table_texts`; makes no rules itself."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import places
from codefusion.data.cf_generator.literals import pick
from codefusion.data.cf_generator.tables import Column, Sheet
from codefusion.data.phrasing import Phrasebook

Drawn = tuple[str, str]

BOOK = Phrasebook(
    {
        **places.MACROS,
        "verb": "Highlight|Highlight|Highlight|Highlight|highlight|Format|Color|Shade|Mark|Select|"
        "Find|Identify|format|Show|Please highlight|I want to highlight|We will highlight|"
        "Turn {color}|Choose|color",
        "cells": "cells|values|the cells|all cells|the values|rows",
        "in column": "in [the |]{h} column|in column {h}|in {h}|of {h}|for {h}|in the column {h}|"
        "in column {L}|of the {h} column",
        "tail": "|||||||||| in {color}| in the table| with {color}| in excel| in the dataset.",
    },
    places.MAKERS,
)
RELATIONS = ("<gt>", "<lt>", "<ge>", "<le>")
VERBS = ("exceeds", "drops below", "reaches at least", "does not exceed")


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun if noun.endswith("s") else noun + "s"


def mention(rng: Random, column: Column) -> str:
    """How an utterance names the column: by header, in lower case, or by a synonym."""
    roll = rng.random()
    if column.synonyms and roll < 0.22:
        return pick(rng, column.synonyms)
    return column.header if roll < 0.55 else column.header.lower()


def pick_column(rng: Random, sheet: Sheet, *kinds: str) -> int | None:
    """The position of a column of one of these kinds, if there is any."""
    positions = sheet.indices(*kinds)
    return positions[int(rng.random() * len(positions))] if positions else None


def column_slots(rng: Random, sheet: Sheet, index: int) -> dict[str, str]:
    """The slots of a pattern about this column: its name, plural, letter and the subject."""
    header = mention(rng, sheet.columns[index])
    return {
        "h": header,
        "hs": _plural(header.lower()),
        "L": "ABCDEFGHIJ"[index],
        "s": sheet.subject,
    }


def threshold(rng: Random, column: Column) -> str:
    """A number that splits the column, rounded as people do."""
    drawn = column.low + rng.random() * (column.high - column.low)
    if column.places and rng.random() < 0.6:
        return f"{drawn:.{column.places}f}"
    for step in (1000, 100, 10, 5):
        if abs(drawn) > step * 3 and rng.random() < 0.6:
            return str(int(drawn / step) * step)
    return str(int(drawn))


def only(sheet: Sheet, index: int, *kinds: str) -> bool:
    """Whether the column needs no name because no other is of its kind."""
    return sheet.indices(*kinds) == [index]
