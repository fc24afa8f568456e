"""Spell rules exactly as the benchmark does, spaces and quotes included.

Only spelling; which rule a sentence deserves is decided in the style modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

COMPARISONS = ("GreaterThan", "LessThan", "GreaterThanEqual", "LessThanEqual")


@dataclass(frozen=True)
class Sketch:
    """An utterance with its rule, before it gets a table.

    `seen` are literals that the column should hold; `numeric` says what the rest of it holds.
    """

    utterance: str
    code: str
    numeric: bool = True
    seen: tuple[str, ...] = ()


SketchMaker = Callable[[Random], Sketch]


def call(name: str, *arguments: str) -> str:
    """`Name(a, b)`: arguments of one function are always separated with a space."""
    return f"{name}({', '.join(arguments)})"


def negated(rule: str) -> str:
    """`NOT(rule)`."""
    return f"NOT({rule})"


def both(first: str, second: str) -> str:
    """`AND(a,b)`: without a space in the single-column dialect, unlike arguments of `Between`."""
    return f"AND({first},{second})"


def either(*rules: str) -> str:
    """`OR(a, b)`: with a space at the top level of the single-column dialect."""
    return f"OR({', '.join(rules)})"


def tight_either(first: str, second: str) -> str:
    """`OR(a,b)`: without a space inside an `AND`, and between comparisons."""
    return f"OR({first},{second})"


def tight_between(low: str, high: str) -> str:
    """`Between(a,b)`: forum questions and negations carry no space."""
    return f"Between({low},{high})"
