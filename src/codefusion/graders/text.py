"""How alike two texts are in any language: BLEU, chrF and edit distance.

Not for what a program means: these see tokens and characters and nothing else.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from codefusion.errors import DataError, unknown_name

Tokenizer: TypeAlias = Callable[[str], Sequence[str]]
# One gold, or several that are equally right.
Golds: TypeAlias = str | Sequence[str]
# Counts of one row; the sum over rows holds the counts of the corpus.
Counts: TypeAlias = NDArray[np.int64]
Smoothing: TypeAlias = Literal["none", "floor", "add-one", "exp"]

BLEU_ORDER = 4
CHRF_ORDER = 6
CHRF_BETA = 2.0
# What `floor` counts instead of no match (Chen and Cherry 2014, method 1).
FLOOR = 0.1

_CODE_TOKEN = re.compile(r"\w+|[^\w\s]")


def code_tokens(code: str) -> list[str]:
    """Split into runs of letters, digits and underscores, and single signs; drop white space."""
    return _CODE_TOKEN.findall(code)


def bleu(
    candidates: Sequence[str],
    golds: Sequence[Golds],
    *,
    tokenize: Tokenizer = code_tokens,
    smoothing: Smoothing = "none",
    effective_order: bool = False,
) -> float:
    """Return corpus BLEU-4 in 0…100 (Papineni et al. 2002), the golds given row by row.

    100 · BP · exp(¼ Σ log pₙ): pₙ is the clipped precision of n-grams over the whole corpus, and
    BP the brevity penalty against the gold nearest in length (of two as near, the shorter).
    See `bleu_from_counts` for `smoothing` and `effective_order`. Without smoothing the score is 0
    as soon as one order has no match. Raises `DataError` for no rows, for unequal numbers of
    rows and for a row without a gold.
    """
    rows = [bleu_counts(c, g, tokenize) for c, g in _rows(candidates, golds)]
    return bleu_from_counts(sum(rows[1:], rows[0]), smoothing, effective_order)


def sentence_bleu(
    candidate: str,
    golds: Golds,
    *,
    tokenize: Tokenizer = code_tokens,
    smoothing: Smoothing = "exp",
    effective_order: bool = True,
) -> float:
    """Return the BLEU-4 of one candidate in 0…100, smoothed, and over the orders it has.

    A candidate equal to a gold scores 100, unless it has no token at all, which scores 0.
    """
    return bleu(
        [candidate],
        [golds],
        tokenize=tokenize,
        smoothing=smoothing,
        effective_order=effective_order,
    )


def bleu_counts(candidate: str, golds: Golds, tokenize: Tokenizer = code_tokens) -> Counts:
    """Return what one row adds to corpus BLEU, so that a bootstrap need not tokenize again.

    Ten numbers: matched n-grams and all n-grams of the candidate, each for n in 1…4; the
    candidate's length in tokens and that of the nearest gold.
    """
    tokens = tokenize(candidate)
    references = [tokenize(gold) for gold in _alternatives(golds)]
    matched, possible = [], []
    for n in range(1, BLEU_ORDER + 1):
        own = ngrams(tokens, n)
        most: Counter[tuple[str, ...]] = Counter()
        for reference in references:
            most |= ngrams(reference, n)
        matched.append((own & most).total())
        possible.append(own.total())
    nearest = min((abs(len(r) - len(tokens)), len(r)) for r in references)[1]
    return np.array([*matched, *possible, len(tokens), nearest], dtype=np.int64)


def bleu_from_counts(
    counts: Counts, smoothing: Smoothing = "none", effective_order: bool = False
) -> float:
    """Return the BLEU-4 in 0…100 of counts summed over rows of `bleu_counts`.

    `smoothing` says what an order without a match counts: nothing (`none`), a tenth of a match
    (`floor`), or ½, ¼, … of one for the first, second, … such order (`exp`, as NIST's mteval);
    `add-one` adds one match and one n-gram to every order above the first (Lin and Och 2004).
    No token in common scores 0 under each of them. With `effective_order` the mean is taken over
    the orders up to the candidates' longest n-gram, as texts of fewer than four tokens need.
    """
    if smoothing not in get_args(Smoothing):
        raise unknown_name("smoothing", smoothing, get_args(Smoothing))
    matched = counts[:BLEU_ORDER].astype(float)
    possible = counts[BLEU_ORDER : 2 * BLEU_ORDER].astype(float)
    if not matched.any():
        return 0.0
    if smoothing == "add-one":
        matched[1:] += 1
        possible[1:] += 1
    orders = int(np.count_nonzero(possible)) if effective_order else BLEU_ORDER
    share = 1.0
    logarithms = 0.0
    for hits, total in zip(matched[:orders], possible[:orders], strict=True):
        if smoothing == "exp" and not hits:
            share /= 2
            hits = share
        elif smoothing == "floor" and not hits:
            hits = FLOOR
        if not hits or not total:
            return 0.0
        logarithms += math.log(hits / total)
    penalty = brevity_penalty(int(counts[-2]), int(counts[-1]))
    return 100 * penalty * math.exp(logarithms / orders)


def brevity_penalty(length: int, gold_length: int) -> float:
    """Return BLEU's factor in 0…1 for candidates shorter than their golds, exp(1 − gold / own)."""
    if length >= gold_length:
        return 1.0
    return math.exp(1 - gold_length / length) if length else 0.0


def chrf(candidates: Sequence[str], golds: Sequence[Golds]) -> float:
    """Return the corpus's chrF2 in 0…100 (Popović 2015); for one row, pass one row.

    F-score with β = 2 of the mean precision and the mean recall of character n-grams, n in 1…6,
    without white space; orders that the candidates or the golds lack are left out of the means.
    Of several golds the one with the best score counts. Raises `DataError` as `bleu` does.
    """
    rows = [chrf_counts(c, g) for c, g in _rows(candidates, golds)]
    return chrf_from_counts(sum(rows[1:], rows[0]))


def chrf_counts(candidate: str, golds: Golds) -> Counts:
    """Return what one row adds to corpus chrF: 18 numbers.

    The n-grams of the candidate, those of its best gold, and the matched ones, for n in 1…6 each.
    """
    choices = [_chrf_counts(candidate, gold) for gold in _alternatives(golds)]
    return max(choices, key=chrf_from_counts)


def chrf_from_counts(counts: Counts) -> float:
    """Return the chrF2 in 0…100 of counts summed over rows of `chrf_counts`."""
    own, gold, matched = counts.reshape(3, CHRF_ORDER)
    present = (own > 0) & (gold > 0)
    if not matched.any():
        return 0.0
    precision = float((matched[present] / own[present]).mean())
    recall = float((matched[present] / gold[present]).mean())
    weight = CHRF_BETA**2
    return 100 * (1 + weight) * precision * recall / (weight * precision + recall)


def edit_distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Return the fewest insertions, deletions and replacements that turn one into the other.

    Levenshtein 1966. Strings are compared by character, lists of tokens by token.
    """
    numbers: dict[Hashable, int] = {}
    left = [numbers.setdefault(item, len(numbers)) for item in first]
    right = np.array([numbers.setdefault(item, len(numbers)) for item in second], dtype=np.int64)
    columns = np.arange(len(right) + 1)
    costs = columns
    for row, item in enumerate(left, start=1):
        reached = np.empty_like(costs)
        reached[0] = row
        reached[1:] = np.minimum(costs[1:] + 1, costs[:-1] + (right != item))
        # Insertions run along the row, one each column: a running minimum takes them all at once.
        costs = np.minimum.accumulate(reached - columns) + columns
    return int(costs[-1])


def normalised_edit_distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return the edit distance over the longer length, in 0…1; 0 for two empty sequences."""
    longer = max(len(first), len(second))
    return edit_distance(first, second) / longer if longer else 0.0


def ngrams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """Count the runs of `n` neighbouring tokens."""
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def _rows(candidates: Sequence[str], golds: Sequence[Golds]) -> Iterator[tuple[str, Golds]]:
    # A lone text would otherwise pass for rows of one character each.
    for name, given in (("candidates", candidates), ("golds", golds)):
        if isinstance(given, str):
            raise DataError(f"expected a list of {name}, one a row, got a text; wrap it in a list")
    if len(candidates) != len(golds):
        raise DataError(
            f"{len(candidates)} candidates for {len(golds)} rows of golds; give one for each row"
        )
    if not candidates:
        raise DataError("a score of a corpus needs at least one row, got none")
    return zip(candidates, golds, strict=True)


def _alternatives(golds: Golds) -> Sequence[str]:
    alternatives = [golds] if isinstance(golds, str) else golds
    if not alternatives:
        raise DataError("a row has no gold; give each row at least one")
    return alternatives


def _chrf_counts(candidate: str, gold: str) -> Counts:
    texts = ["".join(text.split()) for text in (candidate, gold)]
    own, reference, matched = [], [], []
    for n in range(1, CHRF_ORDER + 1):
        left, right = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in texts)
        # Where this gold is too short for an n-gram, the candidate's do not count as wrong: else
        # a short row would lower the precision of the whole corpus.
        own.append(left.total() if right else 0)
        reference.append(right.total())
        matched.append((left & right).total())
    return np.array([*own, *reference, *matched], dtype=np.int64)
