"""What comes out of a pipeline, and how it is made of samples.

Not for the order of samples: that is `codefusion.ranking`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from codefusion.ranking import Found, Sample, distinct, rank, same_program, varied
from codefusion.traces import TraceStep


@dataclass(frozen=True)
class Candidate:
    """A program for an utterance.

    `score`, in [0, 1], is the share of all samples that agree with it up to formatting, see
    `ranked_by_votes`; of a beam search, see `ranked_by_probability`, and of a lagged
    model, see `weighed`. Where the checkpoint was
    calibrated for the way it was found, `score` estimates how probably it is right. `repeats` says
    that a better placed candidate is the same program. `log_likelihood` is the mean log
    probability of its tokens. `pinned` are the characters, from and up to, that a revision kept.
    One that is not `drawn` is no sample, but what the sample of `seed` held possible before its
    end; its trace ends there.
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
    drawn: bool = True


@dataclass(frozen=True)
class Possible:
    """A program that a sample held possible before its end, and how probable it was then."""

    code: str
    probability: float
    log_likelihood: float
    pinned: tuple[tuple[int, int], ...] = ()
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """One sample, its trace if that was asked for, and what was pinned in it.

    `held` is what it held possible, itself included, or nothing where it was not asked.
    `log_probability` is that of the whole program, where samples are ranked by it.
    """

    sample: Sample
    trace: tuple[TraceStep, ...] = ()
    pinned: tuple[tuple[int, int], ...] = ()
    held: tuple[Possible, ...] = ()
    log_probability: float | None = None

    def votes(self) -> list[Sample]:
        """Return the sample and what else it held possible, the vote shared among them."""
        one = self.sample
        if not self.held:
            return [one]
        shares = {each.code: each.probability for each in self.held}
        own = replace(one, vote=shares.get(one.code, 0.0))
        return [
            own,
            *(
                Sample(each.code, one.seed, each.log_likelihood, each.probability, drawn=False)
                for each in self.held
                if each.code != one.code
            ),
        ]


def weighed(drawn: Sequence[Drawn]) -> list[Drawn]:
    """Return the samples of a lagged model with votes by the probability of their programs.

    How often a program was drawn does not count. The votes of a program's samples are equal, and
    those of all together are as many as samples. Other samples come back as they are.
    """
    probable: dict[str, float] = {}
    for one in drawn:
        if one.log_probability is None:
            return list(drawn)
        # Other tokens may spell the same program: the likeliest count.
        before = probable.get(one.sample.code, -math.inf)
        probable[one.sample.code] = max(before, one.log_probability)
    top = max(probable.values(), default=0.0)
    total = math.fsum(math.exp(log - top) for log in probable.values())
    count = Counter(one.sample.code for one in drawn)
    votes = {
        code: len(drawn) * math.exp(log - top) / total / count[code]
        for code, log in probable.items()
    }
    return [replace(one, sample=replace(one.sample, vote=votes[one.sample.code])) for one in drawn]


def ranked_by_votes(
    drawn: Sequence[Drawn],
    language: str | None,
    num_candidates: int,
    steps: int,
    rejected: str | None = None,
) -> list[Candidate]:
    """Return the first candidates of `codefusion.ranking.rank`, the best first.

    Each sample shares its vote among the programs it held possible, by their probability then:
    the average over all ways in which it might have gone on from there, where the program it
    ends in is one of them (Rao and Blackwell). What no sample ends in is a candidate if it
    is valid. A single sample is returned as it was drawn. A program that is `rejected` comes last
    of the distinct ones.
    """
    drawn = weighed(drawn)
    of_seed = {one.sample.seed: one for one in drawn}
    samples = [one.sample for one in drawn]
    if len(drawn) > 1:
        samples = [vote for one in drawn for vote in one.votes()]
    ranked = rank(samples, language)
    if language is not None:
        ranked = [entry for entry in ranked if entry.sample.drawn or entry.valid]
    if rejected is not None:
        ranked.sort(key=lambda e: (not e.first, same_program(e.sample.code, rejected, language)))
    candidates = []
    for entry in ranked[:num_candidates]:
        sample, source = entry.sample, of_seed[entry.sample.seed]
        shown: Drawn | Possible = source
        if not sample.drawn:
            (shown,) = (each for each in source.held if each.code == sample.code)
        candidates.append(
            Candidate(
                code=sample.code,
                score=entry.votes / len(drawn),
                seed=sample.seed,
                steps=steps,
                valid=entry.valid,
                repeats=not entry.first,
                log_likelihood=sample.log_likelihood,
                trace=shown.trace,
                pinned=shown.pinned,
                drawn=sample.drawn,
            )
        )
    return candidates


def ranked_by_probability(
    found: Sequence[Found],
    language: str | None,
    num_candidates: int,
    steps: int,
    rejected: str | None = None,
) -> list[Candidate]:
    """Return the candidates that `codefusion.ranking.varied` chooses, valid ones first.

    `score` is the program's probability in all its spellings, as a share of that of all that was
    found; where a jury has weighed them, of what that makes of it. A program that is `rejected`
    comes last, and only where there is room.
    """
    ranked = distinct(found, language)
    top = max((one.log_probability for one, _ in ranked), default=0.0)
    total = math.fsum(math.exp(one.log_probability - top) for one, _ in ranked)
    last = []
    if rejected is not None:
        last = [one for one in ranked if same_program(one[0].sample.code, rejected, language)]
    chosen = varied([one for one in ranked if one not in last], num_candidates)
    return [
        Candidate(
            code=one.sample.code,
            score=math.exp(one.log_probability - top) / total,
            seed=one.sample.seed,
            steps=steps,
            valid=valid,
            log_likelihood=one.sample.log_likelihood,
        )
        for one, valid in [*chosen, *last][:num_candidates]
    ]
