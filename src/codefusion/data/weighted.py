"""Weighted choice that costs one random number.

Exists because `random.choices` rebuilds its weights on every call; not a general toolbox."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Draws one of its options with probability proportional to the weight beside it."""

    def __init__(self, options: Sequence[tuple[float, T]]) -> None:
        self.options = [value for _, value in options]
        self._limits = list(accumulate(weight for weight, _ in options))

    def draw(self, rng: Random) -> T:
        """One option."""
        return self.options[bisect(self._limits, rng.random() * self._limits[-1])]
