"""A whole benchmark: answers, results, figures and files, as a generator of events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codefusion.benchmark.plan import Plan
from codefusion.benchmark.report import main_metric
from codefusion.benchmark.results import Scorer, collect
from codefusion.benchmark.runner import Answered, Answers, Kept, Started, answer, questions
from codefusion.benchmark.steps import Distance, Quality, denoiser, distances, quality
from codefusion.benchmark.timing import Timing, measure
from codefusion.benchmark.writing import write_report
from codefusion.errors import CodeFusionError
from codefusion.evaluation.grading import TOP, Prediction, RowScores, row_scores

if TYPE_CHECKING:
    from codefusion.evaluation.code_bert_score import CodeBertScorer


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
    if plan.steps is not None:  # what has none is told before all is answered
        for language in filter(plan.systems[plan.steps.system].measures, plan.tasks):
            denoiser(plan.systems[plan.steps.system].arguments(language))
    answers: list[Answers] = []
    for event in answer(plan, out):
        if isinstance(event, Answers):
            answers.append(event)
        else:
            yield event
    if not answers:
        raise CodeFusionError("no system has anything to measure: see models and tasks")
    yield Measuring("grading")
    score = _scorer(plan)
    results = collect(answers, plan.reference, score)
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
            metric, seed, counts = main_metric(results, language), plan.seeds[0], plan.steps.counts
            qualities[language] = list(quality(arguments, asked, counts, metric, seed, score))
            some = asked[:: max(1, len(asked) // plan.steps.traced)][: plan.steps.traced]
            apart[language] = distances(arguments, some, plan.steps.trace_steps, seed)
    timings: list[Timing] = []
    if plan.latency is not None:
        for language in plan.tasks:
            yield Measuring(f"latency and memory on {language}")
            timings += measure(plan, language, questions(plan, language))
    yield Measuring("writing the report")
    write_report(plan, out, command, results, qualities=qualities, distances=apart, timings=timings)


def _scorer(plan: Plan) -> Scorer:
    """Return what scores answers: the metrics of each language, and CodeBERTScore if wanted."""
    if plan.code_bert is None or "python" not in plan.tasks:
        return row_scores
    from codefusion.evaluation.code_bert_score import CodeBertScorer

    model = CodeBertScorer(plan.code_bert)

    def score(predictions: Sequence[Prediction]) -> dict[str, RowScores]:
        scores = row_scores(predictions)
        if predictions[0].example.language == "python":
            scores["code_bert_score"] = _code_bert(model, predictions)
        return scores

    return score


def _code_bert(model: CodeBertScorer, predictions: Sequence[Prediction]) -> RowScores:
    """F1 of the best of the first k candidates against the most favourable gold."""
    pairs = [
        (row, place, candidate, gold.code)
        for row, one in enumerate(predictions)
        for place, candidate in enumerate(one.candidates)
        for gold in one.references
    ]
    found = model.score([pair[2] for pair in pairs], [pair[3] for pair in pairs])
    best: dict[tuple[int, int], float] = {}
    for (row, place, _, _), one in zip(pairs, found, strict=True):
        best[row, place] = max(best.get((row, place), 0.0), one.f1)
    return {
        f"top{k}": [
            max((best[row, place] for place in range(min(k, len(one.candidates)))), default=0.0)
            for row, one in enumerate(predictions)
        ]
        for k in TOP
    }
