"""Templates written down as a table of text, two or three lines each, and a book to say them.

Not for filling in names: that is `templates`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

from codefusion.data.bash_generator.templates import Template
from codefusion.data.phrasing import Phrasebook


class Sentences(Phrasebook):
    """A phrasebook whose patterns are written small and whose sentences begin with a capital."""

    def expand(self, rng: Random, pattern: str, slots: Mapping[str, str]) -> str:
        """One random sentence of `pattern`."""
        sentence = super().expand(rng, pattern, slots).strip()
        return sentence[:1].upper() + sentence[1:]


def read_table(text: str) -> list[tuple[float, Template]]:
    """The templates of a table, each with its weight.

    A template starts with its weight at the beginning of a line and goes on with its utterance;
    every line that starts with `$ ` after its indentation is one of its commands.

    Raises ValueError where a weight is no number or a template has no command.
    """
    return [_read_template(block) for block in re.split(r"\n(?=\S)", text.strip())]


def _read_template(block: str) -> tuple[float, Template]:
    weight, _, rest = block.partition(" ")
    utterance, *commands = re.split(r"\n +\$ ", rest)
    if not commands:
        raise ValueError(f"no command in the template {block!r}; write one as '  $ ls'")
    return float(weight), Template(" ".join(utterance.split()), tuple(commands))
