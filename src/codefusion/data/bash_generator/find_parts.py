"""What a condition of find consists of: its words before and after the noun, and its test.

Not the conditions themselves: those are in `find_names`, `find_ages` and `find_tests`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Part:
    """One condition: words before the noun, words after it, and find's test."""

    test: str
    after: str = ""
    before: str = ""
    bare: bool = False  # whether "all *.txt" is enough, without the noun


PartMaker = Callable[[Random], Part]


def quoted(rng: Random, glob: str) -> str:
    """A pattern as commands have it: between quotation marks, bare or with its star escaped."""
    roll = rng.random()
    if " " in glob or roll < 0.47:
        return f'"{glob}"'
    if roll < 0.8:
        return f"'{glob}'"
    if "*" in glob and roll < 0.87:
        return glob.replace("*", "\\*")
    return glob
