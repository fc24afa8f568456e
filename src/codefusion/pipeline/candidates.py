"""What comes out of a pipeline, and how it is made of samples.

Not for the order of samples: that is `codefusion.ranking`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from codefusion.ranking import Found, Sample, distinct, rank, same_program
from codefusion.traces import TraceStep


@dataclass(frozen=True)
class Candidate:
    """A program for an utterance.

    `score`, in (0, 1], is the share of all samples that agree with it up to formatting; of a
    beam search, see `ranked_by_probability`. `repeats` says that a better placed candidate is the
    same program. `log_likelihood` is the mean log probability of its tokens. `pinned` are the
    characters, from and up to, that a revision kept.
    """

    code: str
    score: float
    seed: int
    steps: int
    valid: bool
    repeats: bool = False
    log_likelihood: float = 0.0
    trace: tuple[TraceStep, ...] = field(default=(), repr=False)
    pinned: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Drawn:
    """One sample, its trace if that was asked for, and what was pinned in it."""

    sample: Sample
    trace: tuple[TraceStep, ...] = ()
    pinned: tuple[tuple[int, int], ...] = ()


def ranked_by_votes(
    drawn: Sequence[Drawn],
    language: str | None,
    num_candidates: int,
    steps: int,
    rejected: str | None = None,
) -> list[Candidate]:
    """Return the first candidates of `codefusion.ranking.rank`, the best first.

    A program that is `rejected` comes last of the distinct ones.
    """
    of_seed = {one.sample.seed: one for one in drawn}
    ranked = rank([one.sample for one in drawn], language)
    if rejected is not None:
        ranked.sort(key=lambda e: (not e.first, same_program(e.sample.code, rejected, language)))
    return [
        Candidate(
            code=entry.sample.code,
            score=entry.votes / len(drawn),
            seed=entry.sample.seed,
            steps=steps,
            valid=entry.valid,
            repeats=not entry.first,
            log_likelihood=entry.sample.log_likelihood,
            trace=of_seed[entry.sample.seed].trace,
            pinned=of_seed[entry.sample.seed].pinned,
        )
        for entry in ranked[:num_candidates]
    ]


def ranked_by_probability(
    found: Sequence[Found], language: str | None, num_candidates: int, steps: int
) -> list[Candidate]:
    """Return the first candidates of `codefusion.ranking.distinct`, valid ones first.

    `score` is the program's probability in all its spellings, as a share of that of all that was
    found.
    """
    ranked = distinct(found, language)
    top = max((one.log_probability for one, _ in ranked), default=0.0)
    weights = [math.exp(one.log_probability - top) for one, _ in ranked]
    return [
        Candidate(
            code=one.sample.code,
            score=weight / sum(weights),
            seed=one.sample.seed,
            steps=steps,
            valid=valid,
            log_likelihood=one.sample.log_likelihood,
        )
        for (one, valid), weight in zip(ranked, weights, strict=True)
    ][:num_candidates]
