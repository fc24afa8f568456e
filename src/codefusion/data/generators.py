"""Generators of synthetic pairs, by language: training data that is made up on the spot.

The one door to `cf_generator` and `bash_generator`; not for pairs that are read from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from codefusion.data.examples import Example
from codefusion.errors import unknown_name


def _cf(count: int, seed: int) -> Iterator[Example]:
    from codefusion.data.cf_generator import generate_pairs

    for pair in generate_pairs(count, seed):
        yield Example(pair.utterance, pair.code, "cf", tuple(map(tuple, pair.table)))


def _bash(count: int, seed: int) -> Iterator[Example]:
    from codefusion.data.bash_generator import generate_pairs

    for utterance, command in generate_pairs(count, seed):
        yield Example(utterance, command, "bash")


# The packages are imported when asked for: they take a while to compile their phrases.
GENERATORS: dict[str, Callable[[int, int], Iterator[Example]]] = {"bash": _bash, "cf": _cf}


def generate(language: str, count: int, seed: int) -> Iterator[Example]:
    """Yield `count` pairs; a larger count with the same seed starts with the same pairs.

    Raises `UsageError` for a language that has no generator.
    """
    if language not in GENERATORS:
        raise unknown_name("generator", language, GENERATORS)
    return GENERATORS[language](count, seed)
