"""Literal fidelity: of the literals that a program had to repeat, how many does it repeat?

Not for what it does with them, nor for what else it holds: the other metrics look at that.
"""

from __future__ import annotations

from collections.abc import Sequence

from codefusion.data.columns import as_text, find_mentions
from codefusion.data.examples import Example
from codefusion.data.literals import COLUMN, WORD, find_literals, find_uses


def literal_fidelity(
    row: Example, golds: Sequence[str], candidates: Sequence[str]
) -> list[float] | None:
    """Return for each candidate the share, in [0, 1], of the gold's literals that it has too.

    They are the literals of the row's utterance; each counts once, however often the utterance or
    a program repeats it, and of several golds the most favourable counts. None where some gold
    repeats no literal: the row then shows that none is needed, whatever the candidates.
    """
    literals = literals_of(row)
    wanted = [_used(gold, literals) for gold in golds]
    if not all(wanted):
        return None
    found = [_used(candidate, literals) for candidate in candidates]
    return [max(len(one & gold) / len(gold) for gold in wanted) for one in found]


def literals_of(row: Example) -> frozenset[tuple[str, str]]:
    """Return the (kind, text) of what a program for this row may have to repeat.

    That is every literal of `data.literals`, what the utterance says of a cell's text, and `c[k]`
    for a column that it calls by name or letter. The code has no say in it.
    """
    # Plain words in lower case are in programs as names of commands and functions more often than
    # as literals, and which of them are rare must not depend on a model's tokenizer.
    found = find_literals(row.utterance, is_common=lambda word: True)
    mentions = find_mentions(row.utterance, as_text(row.table))
    return frozenset(
        [(one.kind, one.text) for one in found]
        + [(COLUMN, f"c[{one.column}]") for one in mentions if one.named]
        + [(WORD, row.utterance[one.start : one.end]) for one in mentions if not one.named]
    )


def _used(code: str, literals: frozenset[tuple[str, str]]) -> set[str]:
    return {text for _, _, text in find_uses(code, literals)}
