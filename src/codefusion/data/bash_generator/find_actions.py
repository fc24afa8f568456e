"""What is to be done with the files that were found, and find's action or the pipe for it.

Not for which files: those are `find_tests`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from codefusion.data.bash_generator import names
from codefusion.data.bash_generator.find_action_table import TABLE
from codefusion.data.bash_generator.find_parts import quoted
from codefusion.data.bash_generator.names import pick
from codefusion.data.bash_generator.templates import fill, mention
from codefusion.data.phrasing import Phrasebook
from codefusion.data.weighted import Weighted

_BOOK = Phrasebook(
    {
        "find": "Find|Find|Find|Find|Search for|Look for|List|Locate|Get|Search",
        "list": "List|Show|Display|Print|List|Find",
        "delete": "Delete|Remove|Delete|Remove|Erase|Find and delete|Find and remove|Get rid of",
        "del": "delete|remove|delete|remove|erase",
        "count": "Count|Count the number of|Print the number of|Show the number of|Calculate the "
        "number of|Display the count of|Find the number of|Get the number of|Counts|"
        "Output the number of",
        "in": "in|in|of|from|within|inside",
        "search": "Search|Search in|Look in|Grep|Search through",
        "for": "for|for|for the string|for the text|for the word|for lines containing|for string|"
        "for pattern|for lines matching|for text",
        "hold": "containing|that contain|which contain|with|containing the string|containing the "
        "text|that contain the string|that contain the word|having the text|that have|"
        "containing text|whose content contains",
        "chmod": "Change the permissions of|Change permissions of|Set permissions of|Set the "
        "permissions of|Change the mode of|Set the mode of|Give|Modify permissions of|chmod",
        "move": "Move|Move|Find and move",
        "copy": "Copy|Copy|Find and copy",
        "to": "to|to|into|to the directory|to directory|to the folder|into the directory|to folder",
        "long": "in long listing format|in long format|with details|along with details|"
        "with detailed information|in ls -l format|with their details|with all details",
    },
    {},
)


@dataclass(frozen=True)
class Action:
    """What to do: said before the files ("Delete {it}") or after them, and how commands do it.

    `{it}` is where the files stand, with their place. `commands` follow the tests of find.
    """

    first: str
    after: str
    commands: tuple[str, ...]
    weight: float
    kinds: str  # of find's -type: what it is done with
    find_first: float  # how often the action comes second, as in "Find … and delete them"


def _read_action(block: str) -> Action:
    head, _, rest = block.partition("\n")
    weight, kinds, share = head.split()
    said, *commands = " ".join(rest.split()).split(" $ ")
    first, _, after = said.partition(" & ")
    chosen = tuple("" if one == "nothing" else one for one in commands)
    return Action(first, after, chosen, float(weight), kinds, float(share))


_ALL = [_read_action(block) for block in re.split(r"\n(?=\S)", TABLE.strip())]
_BY_KIND = {
    kind: Weighted([(one.weight, one) for one in _ALL if kind in one.kinds]) for kind in "fdl"
}


def draw_action(rng: Random, kind: str, it: str) -> tuple[str, str]:
    """Return the sentence about `it`, and what follows the tests in the command.

    `kind` is that of find's -type: "f", "d" or "l".
    """
    action = _BY_KIND[kind].draw(rng)
    a, b = names.word(rng), names.word(rng)
    made = {
        "mode": names.mode(rng),
        "user": names.user(rng),
        "group": names.group(rng),
        "folder": names.folder(rng),
        "n": names.small(rng),
        "tar": f"{names.word(rng)}.{pick(rng, ('tar', 'tar', 'tar.gz', 'tgz'))}",
        "list": f"{names.word(rng)}.{pick(rng, ('txt', 'txt', 'log', 'list'))}",
        "a": a,
        "b": b,
    }
    text = names.phrase(rng) if rng.random() < 0.3 else a
    command = pick(rng, action.commands)
    if "{q}" in command:
        bare = " " not in text and rng.random() < 0.35
        made["q"] = text if bare else quoted(rng, text)
        made["x"] = text
    else:
        made["x"] = a
    made["y"] = b
    spoken = {
        name: mention(rng, value) if name in ("x", "y", "a", "tar", "list") else value
        for name, value in made.items()
    }
    pattern = action.first
    if action.after and rng.random() < action.find_first:
        pattern = f"<find> {{it}} [{action.after}]"
    return _BOOK.expand(rng, pattern, {**spoken, "it": it}), fill(command, made)
