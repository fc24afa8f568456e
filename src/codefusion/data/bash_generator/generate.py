"""Endless pairs of a request and its Bash command.

The one entry to this package; trains models, never evaluates them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from codefusion.data.bash_generator import file_commands, system_commands, text_commands
from codefusion.data.bash_generator.find_style import find_pair
from codefusion.data.bash_generator.templates import Pair
from codefusion.data.weighted import Weighted

# Of the training split, 60 % are find's. The other commands are less varied, and so soon learned.
_FIND_SHARE = 0.65
BOOKS = tuple(
    (commands.TEMPLATES, commands.BOOK)
    for commands in (file_commands, text_commands, system_commands)
)
_BOOKS = Weighted([(2, BOOKS[0]), (2, BOOKS[1]), (1, BOOKS[2])])  # as the training split has them


_ONE = re.compile(r"\b1 (minute|level|line|link|byte|day|hour|second)s\b")


def _tidy(rng: Random, utterance: str) -> str:
    """Close the gaps of empty parts; begin small or end with a full stop now and then."""
    utterance = _ONE.sub(r"1 \1", " ".join(utterance.split()).replace(" ,", ","))
    if rng.random() < 0.3 and utterance[1:2].islower():
        utterance = utterance[0].lower() + utterance[1:]
    if rng.random() < 0.15 and utterance[-1].isalnum():
        utterance += "."
    return utterance


def generate_pair(rng: Random) -> Pair:
    """One pair; all randomness comes from `rng`."""
    if rng.random() < _FIND_SHARE:
        utterance, command = find_pair(rng)
    else:
        templates, book = _BOOKS.draw(rng)
        utterance, command = templates.draw(rng).draw(rng, book)
    return _tidy(rng, utterance), command


def generate_pairs(count: int, seed: int) -> Iterator[Pair]:
    """`count` pairs; a larger count with the same seed starts with the same pairs."""
    rng = Random(seed)
    for _ in range(count):
        yield generate_pair(rng)
