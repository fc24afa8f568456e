"""A baseline without a model: answer with the code of the training utterances most alike.

Not a search engine: it holds a training set in memory and compares words, nothing deeper.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from codefusion.data.examples import Example
from codefusion.errors import DataError, UsageError

# Letters and digits apart, so that `c2` is near `c[2]`; every sign counts, as code is full of them.
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


class Retriever:
    """TF-IDF over words and pairs of neighbouring words, cosine similarity, exact and exhaustive.

    `sublinear_tf` counts a word met c times as 1 + log c (Manning, Raghavan, Schütze,
    "Introduction to Information Retrieval", 6.4.1); document frequencies are smoothed by one.
    """

    def __init__(self, train: Sequence[Example], sublinear_tf: bool = True) -> None:
        if not train:
            raise DataError("retrieval needs training examples, got none")
        self._codes = [example.code for example in train]
        self._same = [" ".join(code.split()) for code in self._codes]
        self._sublinear_tf = sublinear_tf
        counts = [_terms(example.utterance) for example in train]
        frequency = Counter(term for count in counts for term in count)
        self._rarity = {
            term: math.log((1 + len(train)) / (1 + rows)) + 1 for term, rows in frequency.items()
        }
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for index, count in enumerate(counts):
            weights = self._weights(count)
            length = math.sqrt(sum(weight * weight for weight in weights.values()))
            for term, weight in weights.items():
                indices, shares = postings.setdefault(term, ([], []))
                indices.append(index)
                shares.append(weight / length)
        self._postings: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {
            term: (np.array(indices, dtype=np.intp), np.array(shares))
            for term, (indices, shares) in postings.items()
        }

    def top(self, utterance: str, k: int) -> list[str]:
        """Return at most `k` codes, nearest first, no two alike but for white space.

        Equally near utterances keep the order of the training set; an utterance that shares no
        word with it gets no code.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, got {k}")
        score = np.zeros(len(self._codes))  # (training examples,)
        for term, weight in self._weights(_terms(utterance)).items():
            indices, shares = self._postings[term]
            score[indices] += weight * shares
        found: dict[str, str] = {}
        for index in np.argsort(-score, kind="stable"):
            if score[index] <= 0 or len(found) == k:
                break
            found.setdefault(self._same[index], self._codes[index])
        return list(found.values())

    def _weights(self, count: Counter[str]) -> dict[str, float]:
        # Terms that no training utterance has are left out: they can match nothing.
        return {
            term: (1 + math.log(times) if self._sublinear_tf else times) * self._rarity[term]
            for term, times in count.items()
            if term in self._rarity
        }


def _terms(utterance: str) -> Counter[str]:
    words = _WORD.findall(utterance.lower())
    pairs = [f"{left} {right}" for left, right in pairwise(words)]
    return Counter(words + pairs)
