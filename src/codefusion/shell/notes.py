"""A note on a command, and the few words that rules are written in.

Not for finding dangers (`danger`) nor for what is dangerous (`rules`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from codefusion.languages import Span
from codefusion.shell.calls import Call


class Level(IntEnum):
    """How much a note asks of the user before the command is run."""

    CAUTION = 1  # to be read
    DANGER = 2  # to be confirmed by typing the kind of danger


@dataclass(frozen=True, slots=True)
class Danger:
    """One thing that may go wrong.

    `kind` is one lower-case word, the one to be typed; `span` is the text it is about, in
    characters; `sentence` tells the user in plain words.
    """

    kind: str
    level: Level
    span: Span
    sentence: str


def danger(call: Call, kind: str, sentence: str) -> Danger:
    """Return a danger about a whole call."""
    return Danger(kind, Level.DANGER, call.span, sentence)


def caution(call: Call, kind: str, sentence: str) -> Danger:
    """Return a lesser note about a whole call."""
    return Danger(kind, Level.CAUTION, call.span, sentence)
