"""What the variables of a script may hold: all that is assigned to them anywhere before.

Which of several assignments comes last, branches and loops decide, so each is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from codefusion.shell.words import Value

# A command is read once for each way its variables may stand, but no more often than this.
MOST_WAYS = 16


class Variables:
    """Names with the values that they may have; a name without any is unknown."""

    def __init__(self) -> None:
        self._held: dict[str, list[Value]] = {"IFS": [Value(" \t\n")]}

    def copy(self) -> Variables:
        """Return variables of their own, for a script that the command starts."""
        copied = Variables()
        copied._held = {name: list(values) for name, values in self._held.items()}
        return copied

    def add(self, name: str, values: Iterable[Value]) -> None:
        """Let a variable hold one of these, too."""
        known = self._held.setdefault(name, [])
        known += [value for value in values if value not in known]

    def ways(self, names: Iterable[str]) -> Iterator[dict[str, Value]]:
        """Yield the ways in which the variables may stand, at least one, at most `MOST_WAYS`."""
        known, held = self._known(names)
        for values in islice(product(*held), MOST_WAYS):
            yield dict(zip(known, values, strict=True))

    def too_many(self, names: Iterable[str]) -> bool:
        """Whether there are more ways than `ways` yields."""
        _, held = self._known(names)
        return next(islice(product(*held), MOST_WAYS, None), None) is not None

    def _known(self, names: Iterable[str]) -> tuple[list[str], Sequence[list[Value]]]:
        known = [name for name in sorted(set(names)) if self._held.get(name)]
        return known, [self._held[name] for name in known]
