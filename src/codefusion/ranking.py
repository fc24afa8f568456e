"""Order samples without seeing a reference: agreement among them, then likelihood.

Self-consistency: programs that many independent draws agree on are more often right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from codefusion.languages import Language, get_language


@dataclass(frozen=True)
class Sample:
    """One decoded draw; `log_likelihood` is the head's mean log probability per token."""

    code: str
    seed: int
    log_likelihood: float


@dataclass(frozen=True)
class Found:
    """A program that a search found, with the log of its probability."""

    sample: Sample
    log_probability: float


@dataclass(frozen=True)
class Ranked:
    """A sample with its place: `votes` draws share its normal form."""

    sample: Sample
    valid: bool
    votes: int
    first: bool  # False when a better placed sample has the same normal form


def _same_program(samples: Sequence[Sample], grammar: Language | None) -> list[list[Sample]]:
    """Group the samples by their normal form; without a grammar, that is the text itself."""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(_form(sample.code, grammar), []).append(sample)
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
    language nothing is known to be valid, and the normal form is the text itself.
    """
    grammar = None if language is None else get_language(language)
    firsts: list[Ranked] = []
    rest: list[Ranked] = []
    for group in _same_program(samples, grammar):
        # The spelling most draws chose speaks for the group, then the likelier, then the earlier.
        spelled = [sample.code for sample in group]
        ordered = sorted(group, key=lambda s: (-spelled.count(s.code), -s.log_likelihood, s.seed))
        valid = grammar is not None and grammar.is_valid(ordered[0].code)
        firsts.append(Ranked(ordered[0], valid, len(group), first=True))
        rest += [Ranked(sample, valid, len(group), first=False) for sample in ordered[1:]]

    def place(entry: Ranked) -> tuple[bool, int, float, int]:
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
