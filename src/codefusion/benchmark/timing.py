"""Time and memory of one utterance: warmed up, by turns, the reading of the utterance included.

    python -m codefusion.benchmark.timing KIND OPTIONS EXAMPLE

answers a single example, all as JSON: what a fresh process needs is its peak memory.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from codefusion.benchmark.plan import Plan
from codefusion.benchmark.runner import Question
from codefusion.data.examples import Example, Table
from codefusion.evaluation.latency import measure_side_by_side, peak_memory
from codefusion.systems.base import System
from codefusion.systems.registry import make_system


@dataclass(frozen=True)
class Timing:
    """Milliseconds for one utterance (median and quartiles), and megabytes of a fresh process.

    `ratio` is the median of the ratios to the first system, turn by turn.
    """

    system: str
    language: str
    median: float
    low: float
    high: float
    ratio: float
    memory: float


def measure(plan: Plan, language: str, asked: Sequence[Question]) -> list[Timing]:
    """Time the checkpoints that the plan names, on the utterance of median length."""
    assert plan.latency is not None
    names = [
        name
        for name in plan.latency.systems or plan.systems
        if plan.systems[name].kind == "checkpoint" and plan.systems[name].measures(language)
    ]
    if not names:
        return []
    rows = sorted((row for row, _ in asked), key=lambda row: len(row.utterance))
    row = rows[len(rows) // 2]
    systems: dict[str, System] = {
        name: make_system("checkpoint", plan.systems[name].arguments(language), None)
        for name in names
    }
    times = measure_side_by_side(
        {name: lambda one=one: list(one.predict([row])) for name, one in systems.items()},  # type: ignore[misc]
        plan.latency.repeats,
        plan.latency.warmup,
    )
    return [
        Timing(
            system=name,
            language=language,
            median=1e3 * times[name].median,
            low=1e3 * times[name].low,
            high=1e3 * times[name].high,
            ratio=times[name].ratio_to(times[names[0]]),
            memory=peak_memory(
                [
                    sys.executable,
                    "-m",
                    "codefusion.benchmark.timing",
                    "checkpoint",
                    json.dumps(plan.systems[name].arguments(language)),
                    json.dumps(asdict(row)),
                ]
            )
            / 1e6,
        )
        for name in names
    ]


def _once(kind: str, options: str, example: str) -> None:
    fields = json.loads(example)
    table: Table = tuple(tuple(cells) for cells in fields.pop("table"))
    system = make_system(kind, json.loads(options), None)
    list(system.predict([Example(**fields, table=table)]))


if __name__ == "__main__":
    _once(*sys.argv[1:])
