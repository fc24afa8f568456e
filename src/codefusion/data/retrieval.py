"""A baseline without a model: answer with the code of the training utterances most alike.

Not a search engine: it holds a training set in memory and compares words, nothing deeper.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from codefusion.data.examples import Example
from codefusion.data.literals import find_literals, find_uses
from codefusion.errors import DataError, UsageError, unknown_name

# Every sign counts, as code is full of them. Pairs have letters and digits apart.
_WORD = re.compile(r"\w+|[^\w\s]")
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
# A plain word in fewer training utterances than this is a literal, such as a name.
COMMON = 3

Slot = tuple[str, int]  # a kind of literal, and its number among those of the utterance


def _words(utterance: str) -> list[str]:
    return _WORD.findall(utterance.lower())


def _pairs(utterance: str) -> list[str]:
    words = _PIECE.findall(utterance.lower())
    return words + [f"{left} {right}" for left, right in pairwise(words)]


TERMS: dict[str, Callable[[str], list[str]]] = {"words": _words, "pairs": _pairs}


@dataclass(frozen=True)
class _Program:
    """Code cut at the literals it repeats from its utterance: text, slot, text, …, text."""

    texts: tuple[str, ...]
    slots: tuple[Slot, ...] = ()

    def filled(self, literals: dict[Slot, str]) -> str | None:
        """Return the code with other literals, None where one is lacking."""
        if any(slot not in literals for slot in self.slots):
            return None
        between = [literals[slot] for slot in self.slots]
        return "".join(
            text for pair in zip(self.texts, [*between, ""], strict=True) for text in pair
        )


class Retriever:
    """TF-IDF over the terms of utterances, cosine similarity, exact and exhaustive.

    A term met c times counts 1 + log c (Manning, Raghavan, Schütze, "Introduction to Information
    Retrieval", 6.4.1); document frequencies are smoothed by one. `terms` are `words`, which is
    better by cross-validation, or `pairs`: words, with digits apart, and pairs of neighbours.

    With `slots`, a literal that the found code repeats from its utterance is replaced by the
    literal of the same kind and number in the query (see `literals`), and code that needs more
    literals than the query has is passed over.
    """

    def __init__(self, train: Sequence[Example], terms: str = "words", slots: bool = False) -> None:
        if not train:
            raise DataError("retrieval needs training examples, got none")
        if terms not in TERMS:
            raise unknown_name("terms", terms, TERMS)
        self._train = list(train)
        self._terms = TERMS[terms]
        counts = [Counter(self._terms(example.utterance)) for example in train]
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
        self._slots = slots
        words = Counter(word for example in train for word in set(_words(example.utterance)))
        self._common = {word for word, rows in words.items() if rows >= COMMON}
        self._programs = [self._program(example) for example in train]

    def top(self, utterance: str, k: int) -> list[str]:
        """Return at most `k` codes, nearest first, no two alike but for white space.

        Equally near utterances keep the order of the training set; an utterance that shares no
        term with it gets no code.
        """
        return [code for code, _ in self.scored(utterance, k)]

    def scored(self, utterance: str, k: int) -> list[tuple[str, float]]:
        """Return what `top` returns, each with its utterance's cosine similarity, in (0, 1].

        Of terms that no training utterance has, nothing is known, and they do not count.
        """
        literals = self._literals(utterance)
        found: dict[str, tuple[str, float]] = {}
        for index, score in self._nearest(utterance, k):
            if score <= 0:
                break
            code = self._programs[index].filled(literals)
            if code is not None:
                found.setdefault(" ".join(code.split()), (code, score))
            if len(found) == k:
                break
        return list(found.values())

    def neighbours(self, utterance: str, k: int) -> list[Example]:
        """Return `k` training examples, nearest first, no two with the same code.

        Fewer only where the training set has fewer codes: the last may share no term.
        """
        found: dict[str, Example] = {}
        for index, _ in self._nearest(utterance, k):
            example = self._train[index]
            found.setdefault(" ".join(example.code.split()), example)
            if len(found) == k:
                break
        return list(found.values())

    def _nearest(self, utterance: str, k: int) -> Iterator[tuple[int, float]]:
        if k < 1:
            raise UsageError(f"k must be at least 1, got {k}")
        score = np.zeros(len(self._train))  # (training examples,)
        weights = self._weights(Counter(self._terms(utterance)))
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        for term, weight in weights.items():
            indices, shares = self._postings[term]
            score[indices] += weight / length * shares
        for index in np.argsort(-score, kind="stable"):
            yield int(index), float(score[index])

    def _weights(self, count: Counter[str]) -> dict[str, float]:
        # Terms that no training utterance has are left out: they can match nothing.
        return {
            term: (1 + math.log(times)) * self._rarity[term]
            for term, times in count.items()
            if term in self._rarity
        }

    def _program(self, example: Example) -> _Program:
        slots = {
            (kind, text): (kind, n) for (kind, n), text in self._literals(example.utterance).items()
        }
        texts: list[str] = []
        used: list[Slot] = []
        position = 0
        for start, end, text in find_uses(example.code, list(slots)):
            texts.append(example.code[position:start])
            used.append(next(slot for (_, literal), slot in slots.items() if literal == text))
            position = end
        return _Program((*texts, example.code[position:]), tuple(used))

    def _literals(self, utterance: str) -> dict[Slot, str]:
        """Return the distinct literals of each kind, numbered from the left; none without slots."""
        found: dict[str, list[str]] = {}
        if self._slots:
            for literal in find_literals(utterance, lambda word: word.lower() in self._common):
                texts = found.setdefault(literal.kind, [])
                if literal.text not in texts:
                    texts.append(literal.text)
        return {(kind, n): text for kind, texts in found.items() for n, text in enumerate(texts)}
