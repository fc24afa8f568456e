"""Order samples without seeing a reference: agreement among them, then likelihood.

Self-consistency: programs that many independent draws agree on are more often right. A draw may
share its vote among programs, by how likely it holds each of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from codefusion.graders.text import code_tokens, ngrams
from codefusion.languages import Language, get_language

# So many places go to the most probable of what a search found; those behind them weigh how much
# of a program is new, too (docs/experiments.md, entry 39).
BEST = 3
NOVELTY = 2.0


@dataclass(frozen=True)
class Sample:
    """One decoded draw; `log_likelihood` is the head's mean log probability per token.

    `vote` is its share of what the draw has to give, in [0, 1]; one that is not `drawn` was
    only held possible.
    """

    code: str
    seed: int
    log_likelihood: float
    vote: float = 1.0
    drawn: bool = True


@dataclass(frozen=True)
class Found:
    """A program that a search found, with the log of its probability."""

    sample: Sample
    log_probability: float


@dataclass(frozen=True)
class Ranked:
    """A sample with its place: `votes` is the sum of those with its normal form."""

    sample: Sample
    valid: bool
    votes: float
    first: bool  # False when a better placed sample has the same normal form


def _same_program(samples: Sequence[Sample], grammar: Language | None) -> list[list[Sample]]:
    """Group the samples by their normal form; without a grammar, that is the text itself."""
    spellings: dict[str, list[Sample]] = {}
    for sample in samples:
        spellings.setdefault(sample.code, []).append(sample)
    groups: dict[str, list[Sample]] = {}
    for code, spelled in spellings.items():
        groups.setdefault(_form(code, grammar), []).extend(spelled)
    return list(groups.values())


def _form(code: str, grammar: Language | None) -> str:
    return " ".join(code.split()) if grammar is None else grammar.normal_form(code)


def same_program(first: str, second: str, language: str | None) -> bool:
    """Whether two texts have one normal form; without a language, that is the text itself."""
    grammar = None if language is None else get_language(language)
    return _form(first, grammar) == _form(second, grammar)


def rank(samples: Sequence[Sample], language: str | None) -> list[Ranked]:
    """Return all samples, best first: distinct programs, valid ones first, then repetitions.

    Among valid programs, those with more votes come first; ties go to the likelier. Without a
    language nothing is known to be valid, and the normal form is the text itself. Only samples
    that were drawn are repeated.
    """
    grammar = None if language is None else get_language(language)
    firsts: list[Ranked] = []
    rest: list[Ranked] = []
    for group in _same_program(samples, grammar):
        # A sample that was drawn speaks for the group if there is one, then the spelling with
        # most votes, then the likelier, then the earlier.
        spelled: dict[str, list[float]] = {}
        for sample in group:
            spelled.setdefault(sample.code, []).append(sample.vote)
        votes = {code: math.fsum(shares) for code, shares in spelled.items()}
        ordered = sorted(
            group, key=lambda s: (not s.drawn, -votes[s.code], -s.log_likelihood, s.seed)
        )
        valid = grammar is not None and grammar.is_valid(ordered[0].code)
        total = math.fsum(sample.vote for sample in group)
        firsts.append(Ranked(ordered[0], valid, total, first=True))
        repeated = [sample for sample in ordered[1:] if sample.drawn]
        rest += [Ranked(sample, valid, total, first=False) for sample in repeated]

    def place(entry: Ranked) -> tuple[bool, float, float, int]:
        return (not entry.valid, -entry.votes, -entry.sample.log_likelihood, entry.sample.seed)

    return sorted(firsts, key=place) + sorted(rest, key=place)


def distinct(found: Sequence[Found], language: str | None) -> list[tuple[Found, bool]]:
    """Return each program that a search found once, and whether it is valid; valid ones first.

    Among those, the more probable come first, all spellings of a program together; it is spelled
    as in the most probable of them.
    """
    grammar = None if language is None else get_language(language)
    groups: dict[str, list[Found]] = {}
    for one in found:
        groups.setdefault(_form(one.sample.code, grammar), []).append(one)
    programs = []
    for group in groups.values():
        best = max(group, key=lambda one: one.log_probability)
        rest = sum(math.exp(one.log_probability - best.log_probability) for one in group)
        valid = grammar is not None and grammar.is_valid(best.sample.code)
        programs.append((Found(best.sample, best.log_probability + math.log(rest)), valid))
    return sorted(programs, key=lambda one: (not one[1], -one[0].log_probability))


def varied(programs: Sequence[tuple[Found, bool]], num_candidates: int) -> list[tuple[Found, bool]]:
    """Return so many of what `distinct` returns, in its order.

    The first `BEST` stay. Of the others, one after the other, that with the largest log p +
    `NOVELTY` * the share of its 4-grams which none before it has: a search finds its best program
    with small changes first, and who reads on wants something else (maximal marginal relevance,
    Carbonell & Goldstein 1998). No invalid program is before a valid one.
    """
    chosen = list(range(min(BEST, num_candidates, len(programs))))
    rest = list(range(len(chosen), len(programs)))
    grams = [_grams(one.sample.code) for one, _ in programs]
    seen = set[tuple[str, ...]]().union(*(grams[index] for index in chosen))

    def worth(index: int) -> tuple[bool, float]:
        found, valid = programs[index]
        new = len(grams[index] - seen) / len(grams[index])
        return valid, found.log_probability + NOVELTY * new

    while rest and len(chosen) < num_candidates:
        best = max(rest, key=worth)
        rest.remove(best)
        chosen.append(best)
        seen |= grams[best]
    return [programs[index] for index in sorted(chosen)]


def _grams(code: str, n: int = 4) -> set[tuple[str, ...]]:
    tokens = code_tokens(code)
    return set(ngrams(tokens, n)) or {tuple(tokens)}
