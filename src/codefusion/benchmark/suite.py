"""A whole benchmark: answers, results, figures and files, as a generator of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codefusion.benchmark.plan import Plan
from codefusion.benchmark.results import collect
from codefusion.benchmark.runner import Answered, Answers, Kept, Started, answer, questions
from codefusion.benchmark.steps import Distance, Quality, distances, quality
from codefusion.benchmark.timing import Timing, measure
from codefusion.benchmark.writing import quality_metric, write_report
from codefusion.errors import CodeFusionError


@dataclass(frozen=True)
class Measuring:
    """Something beyond the answers is being measured."""

    what: str


def run(plan: Plan, out: Path, command: str) -> Iterator[Started | Answered | Kept | Measuring]:
    """Answer, grade and write the report into `out`; raises `CodeFusionError`."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CodeFusionError(f"cannot write to {out}: {error.strerror or error}") from error
    answers: list[Answers] = []
    for event in answer(plan, out):
        if isinstance(event, Answers):
            answers.append(event)
        else:
            yield event
    if not answers:
        raise CodeFusionError("no system has anything to measure: see models and tasks")
    yield Measuring("grading")
    results = collect(answers, plan.reference)
    qualities: dict[str, list[Quality]] = {}
    apart: dict[str, list[Distance]] = {}
    if plan.steps is not None:
        chosen = plan.systems[plan.steps.system]
        for language in plan.tasks:
            if not chosen.measures(language):
                continue
            yield Measuring(f"denoising steps of {plan.steps.system} on {language}")
            asked = questions(plan, language)
            arguments = chosen.arguments(language)
            metric = quality_metric(results, language)
            seed = plan.seeds[0]
            qualities[language] = list(quality(arguments, asked, plan.steps.counts, metric, seed))
            some = asked[:: max(1, len(asked) // plan.steps.traced)][: plan.steps.traced]
            apart[language] = distances(arguments, some, plan.steps.trace_steps, seed)
    timings: list[Timing] = []
    if plan.latency is not None:
        for language in plan.tasks:
            yield Measuring(f"latency and memory on {language}")
            timings += measure(plan, language, questions(plan, language))
    yield Measuring("writing the report")
    write_report(plan, out, command, results, qualities=qualities, distances=apart, timings=timings)
