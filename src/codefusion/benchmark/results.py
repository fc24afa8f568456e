"""From answers to numbers: metrics with intervals, differences, diversity.

Not for how they are laid out: see `report`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codefusion.benchmark.runner import Answers
from codefusion.evaluation.grading import Estimate, RowScores, bootstrap, row_scores
from codefusion.graders.diversity import Diversity, diversity, mean_diversity


@dataclass(frozen=True)
class Result:
    """One system on one task, over all seeds.

    `scores` hold a mean over the seeds for each row that the metric applies to, `estimates` the
    means over rows with intervals over rows, `differences` those of (this system - the reference),
    by the same rows.
    """

    system: str
    language: str
    n: int
    seeds: int
    described: Mapping[str, Any]
    errors: int  # utterances that it could not answer, over all seeds
    scores: Mapping[str, RowScores]
    estimates: Mapping[str, Mapping[str, Estimate]]
    differences: Mapping[str, Mapping[str, Estimate]] | None
    diversity: Diversity
    several: int  # utterances with several golds, on which diversity is wanted
    diversity_of_several: Diversity | None


Scorer = Callable[[Sequence[Any]], dict[str, RowScores]]


def collect(
    answers: Sequence[Answers], reference: str | None = None, score: Scorer = row_scores
) -> list[Result]:
    """Return a result for each (system, language), in the order in which they first come."""
    groups: dict[tuple[str, str], list[Answers]] = {}
    for one in answers:
        groups.setdefault((one.system, one.language), []).append(one)
    scores = {
        key: _mean_over_seeds([score(one.predictions) for one in group])
        for key, group in groups.items()
    }
    results = []
    for (system, language), group in groups.items():
        own = scores[system, language]
        other = scores.get((reference, language)) if reference else None
        rows = [row for one in group for row in one.predictions]
        several = [row for row in rows if len(row.golds) > 1]
        results.append(
            Result(
                system=system,
                language=language,
                n=len(group[0].predictions),
                seeds=len(group),
                described=group[0].described,
                errors=sum(row.error is not None for row in rows),
                scores=own,
                estimates=_each(own, bootstrap),
                differences=None
                if other is None or system == reference
                else _each(_difference(own, other), bootstrap),
                diversity=mean_diversity([diversity(row.candidates) for row in rows]),
                several=len(several) // len(group),
                diversity_of_several=mean_diversity([diversity(row.candidates) for row in several])
                if several
                else None,
            )
        )
    return results


def _mean_over_seeds(seeds: Sequence[dict[str, RowScores]]) -> dict[str, RowScores]:
    return {
        name: {top: np.mean([one[name][top] for one in seeds], axis=0).tolist() for top in tops}
        for name, tops in seeds[0].items()
    }


def _difference(
    own: Mapping[str, RowScores], other: Mapping[str, RowScores]
) -> dict[str, RowScores]:
    return {
        name: {
            top: (np.array(rows) - np.array(other[name][top])).tolist() for top, rows in t.items()
        }
        for name, t in own.items()
    }


def _each(
    scores: Mapping[str, RowScores], measure: Callable[[Sequence[float]], Estimate]
) -> dict[str, dict[str, Estimate]]:
    return {name: {top: measure(rows) for top, rows in t.items()} for name, t in scores.items()}
