"""How much the candidates for one utterance differ among themselves: the paper's Table 2.

Not for how good they are, and not for embeddings: a similarity is passed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias, get_args

from codefusion.errors import unknown_name
from codefusion.graders.text import Tokenizer, code_tokens, ngrams, normalised_edit_distance

Denominator: TypeAlias = Literal["ngrams", "tokens"]

ORDERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Spread:
    """Least, greatest and mean value over all pairs of candidates."""

    min: float
    max: float
    mean: float


@dataclass(frozen=True)
class Diversity:
    """One row of Table 2, of one utterance or averaged; `None` where nothing can be measured."""

    # Shares of distinct token n-grams, in the order of `ORDERS`.
    distinct: tuple[float | None, ...]
    edit_distance: Spread | None
    similarity: Spread | None


def diversity(
    candidates: Sequence[str],
    *,
    tokenize: Tokenizer = code_tokens,
    similarity: Callable[[str, str], float] | None = None,
    per: Denominator = "ngrams",
) -> Diversity:
    """Measure the candidates of one utterance; pass the first five for the paper's Table 2.

    `distinct` uses `tokenize` and `per` (see `distinct_share`). `edit_distance` is over the
    characters of each pair, divided by the longer text: the paper speaks of strings.
    `similarity` is what the given symmetric function says of each pair. Equal candidates count
    as often as they are given.
    """
    tokens = [tokenize(candidate) for candidate in candidates]
    return Diversity(
        distinct=tuple(distinct_share(tokens, n, per) for n in ORDERS),
        edit_distance=pairwise(candidates, normalised_edit_distance),
        similarity=pairwise(candidates, similarity) if similarity else None,
    )


def distinct_share(
    candidates: Sequence[Sequence[str]], n: int, per: Denominator = "ngrams"
) -> float | None:
    """Return the share in 0…1 of distinct `n`-grams in tokenized candidates taken together.

    Distinct n-grams over all n-grams; with `per="tokens"` over all tokens, as Li et al. (2016)
    define it, which short candidates can't bring to 1. `None` where there is nothing to divide by.
    """
    if per not in get_args(Denominator):
        raise unknown_name("denominator", per, get_args(Denominator))
    found = [ngrams(tokens, n) for tokens in candidates]
    distinct = len(set().union(*found))
    if per == "ngrams":
        total = sum(counter.total() for counter in found)
    else:
        total = sum(len(tokens) for tokens in candidates)
    return distinct / total if total else None


def pairwise(candidates: Sequence[str], compare: Callable[[str, str], float]) -> Spread | None:
    """Return the spread of `compare` over all unordered pairs; `None` for fewer than two."""
    values = [compare(first, second) for first, second in combinations(candidates, 2)]
    if not values:
        return None
    return Spread(min(values), max(values), math.fsum(values) / len(values))


def mean_diversity(rows: Iterable[Diversity]) -> Diversity:
    """Average each figure over the utterances that have it, as Table 2 does over its own."""
    measured = list(rows)
    return Diversity(
        distinct=tuple(_mean(row.distinct[i] for row in measured) for i in range(len(ORDERS))),
        edit_distance=_mean_spread(row.edit_distance for row in measured),
        similarity=_mean_spread(row.similarity for row in measured),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _mean_spread(spreads: Iterable[Spread | None]) -> Spread | None:
    known = [spread for spread in spreads if spread is not None]
    if not known:
        return None
    count = len(known)
    return Spread(
        math.fsum(spread.min for spread in known) / count,
        math.fsum(spread.max for spread in known) / count,
        math.fsum(spread.mean for spread in known) / count,
    )
