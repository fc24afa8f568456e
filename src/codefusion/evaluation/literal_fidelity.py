"""Literal fidelity: of the literals that a program had to repeat, how many does it repeat?

Not for what it does with them, nor for what else it holds: the other metrics look at that.
"""

from __future__ import annotations

from collections.abc import Sequence

from codefusion.data.examples import Example
from codefusion.data.literals import literals_of, repeated


def literal_fidelity(
    row: Example, golds: Sequence[str], candidates: Sequence[str]
) -> list[float] | None:
    """Return for each candidate the share, in [0, 1], of the gold's literals that it has too.

    They are the literals of the row's utterance; each counts once, however often the utterance or
    a program repeats it, and of several golds the most favourable counts. None where some gold
    repeats no literal: the row then shows that none is needed, whatever the candidates.
    """
    literals = literals_of(row.utterance, row.table)
    wanted = [repeated(gold, literals) for gold in golds]
    if not all(wanted):
        return None
    found = [repeated(candidate, literals) for candidate in candidates]
    return [max(len(one & gold) / len(gold) for gold in wanted) for one in found]
