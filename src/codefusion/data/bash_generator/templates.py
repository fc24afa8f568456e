"""A request and its command written as one pattern each, with the names still to fill in.

For commands of one shape; what is put together from parts is in `find_style`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from codefusion.data.bash_generator.names import MAKERS, pick
from codefusion.data.phrasing import Phrasebook

Pair = tuple[str, str]  # an utterance and its command

_SLOT = re.compile(r"\{([a-z]+2?)\}")
# What people write around a name in a request, and without which they write it most often.
_QUOTES = ("'", '"', '"', "'")


@dataclass(frozen=True)
class Template:
    """An utterance as a pattern of `Phrasebook`, and equally likely commands for it.

    `{name}` in either is something of `names.MAKERS`, the same in both; other braces of a command
    stay what they are. Repeat a command to make it likelier.
    """

    utterance: str
    commands: tuple[str, ...]

    def draw(self, rng: Random, book: Phrasebook) -> Pair:
        """One pair."""
        command = pick(rng, self.commands)
        names = dict.fromkeys(_SLOT.findall(self.utterance) + _SLOT.findall(command))
        made = {name: MAKERS[name](rng) for name in names if name in MAKERS}
        spoken = {name: mention(rng, text) for name, text in made.items()}
        return book.expand(rng, self.utterance, spoken), fill(command, made)


def fill(command: str, names: dict[str, str]) -> str:
    """Put names in the place of `{name}` in a command."""
    return _SLOT.sub(lambda match: names.get(match.group(1), match.group()), command)


def mention(rng: Random, text: str) -> str:
    """A name as a request has it: mostly bare, often between quotation marks; numbers bare."""
    if text.isdigit() or (" " not in text and rng.random() < 0.62):
        return text
    quote = pick(rng, _QUOTES)
    return f"{quote}{text}{quote}"
