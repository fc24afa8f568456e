"""The tables of the paper, filled from results. Every table says split, n, seeds and intervals,
but for that of latencies, which are of one utterance.

Not for measuring (`results`) nor for markup (`layout`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codefusion.benchmark.layout import Table
from codefusion.benchmark.paper import LANGUAGES, TABLE_1, TABLE_2, TABLE_3, TABLE_4, TABLE_6
from codefusion.benchmark.plan import Plan
from codefusion.benchmark.results import Result
from codefusion.benchmark.timing import Timing
from codefusion.evaluation.grading import TOP, Estimate
from codefusion.graders.diversity import ORDERS, Diversity

TOPS = tuple(f"top{k}" for k in TOP)
TITLES = {"python": "Python", "bash": "Bash", "cf": "CF"}
# The metric of the paper's Table 1, and what takes its place, under its own name, without a
# checkpoint for CodeBERTScore.
MAIN = {
    "python": ("code_bert_score", "code_bleu"),
    "bash": ("template_match",),
    "cf": ("execution_match",),
}
NONE = "–"


def tables(plan: Plan, results: Sequence[Result]) -> list[Table]:
    """Return every table that the results can fill, the paper's rows last in each that it has."""
    found = [
        _main(plan, results),
        _exact(plan, results),
        _differences(plan, results),
        _validity(plan, results),
        _literals(plan, results),
        _diversity(plan, results),
        _ablations(plan, results),
        *(_all_metrics(plan, results, language) for language in plan.tasks),
    ]
    return [table for table in found if table is not None]


def main_metric(results: Sequence[Result], language: str) -> str:
    """Return the metric that stands in Table 1 for a language."""
    known = next(one.estimates for one in results if one.language == language)
    return next(name for name in MAIN[language] if name in known)


def title_of(plan: Plan, system: str) -> str:
    """Return how a table names a system."""
    return plan.systems[system].title or system.replace("_", " ")


def cell(estimate: Estimate) -> str:
    """Return `66.3 [56.2, 76.4]`."""
    return f"{estimate.value:.1f} [{estimate.low:.1f}, {estimate.high:.1f}]"


def _said(plan: Plan, results: Sequence[Result]) -> str:
    """What has to be known to read a number."""
    sizes = {one.language: one.n for one in results}
    rows = ", ".join(f"{TITLES[name]} {n}" for name, n in sizes.items())
    seeds = ", ".join(map(str, plan.seeds))
    kind = "utterances, all their programs counting as right" if plan.group_golds else "pairs"
    return (
        f"Split: {plan.split}; n ({kind}): {rows}; seeds: {seeds}; "
        "percent, in brackets 95 % bootstrap intervals over rows."
    )


def _systems(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(one.system for one in results))


def _by_key(results: Sequence[Result]) -> dict[tuple[str, str], Result]:
    return {(one.system, one.language): one for one in results}


def _languages(plan: Plan, results: Sequence[Result]) -> list[str]:
    measured = {one.language for one in results}
    return [language for language in LANGUAGES if language in plan.tasks and language in measured]


def _three_tops(
    plan: Plan,
    results: Sequence[Result],
    title: str,
    metrics: Mapping[str, str],
    paper: Mapping[str, tuple[tuple[float, float, float], ...]],
    note: str = "The paper's rows are on splits of its own.",
) -> Table:
    """A table with top-1, 3 and 5 of one metric for each language that has one."""
    known = _by_key(results)
    languages = list(metrics)
    rows = []
    for system in _systems(results):
        row = [title_of(plan, system)]
        for language in languages:
            one = known.get((system, language))
            row += [cell(one.estimates[metrics[language]][top]) if one else NONE for top in TOPS]
        rows.append(tuple(row))
    for name, values in paper.items():
        row = [f"paper: {name}"]
        for language in languages:
            row += [f"{value:.1f}" for value in values[LANGUAGES.index(language)]]
        rows.append(tuple(row))
    header = ["system"]
    for language in languages:
        shown = metrics[language].replace("_", " ")
        header += [f"{TITLES[language]} {shown} top-{k}" for k in TOP]
    caption = f"{_said(plan, results)} {note}"
    return Table(title, caption, tuple(header), tuple(rows))


def _main(plan: Plan, results: Sequence[Result]) -> Table:
    metrics = {name: main_metric(results, name) for name in _languages(plan, results)}
    paper = TABLE_1
    if metrics.get("python") == "code_bleu":
        # Not the paper's metric: its figures for Python would stand under a false name.
        nan = float("nan")
        paper = {name: ((nan, nan, nan), *rest) for name, (_, *rest) in TABLE_1.items()}  # type: ignore[misc]
    table = _three_tops(plan, results, "Table 1: the metric of each language", metrics, paper)
    rows = tuple(tuple(NONE if one == "nan" else one for one in row) for row in table.rows)
    return Table(table.title, table.caption, table.header, rows)


def _exact(plan: Plan, results: Sequence[Result]) -> Table:
    metrics = dict.fromkeys(_languages(plan, results), "exact_match")
    return _three_tops(plan, results, "Table 6: exact match", metrics, TABLE_6)


def _differences(plan: Plan, results: Sequence[Result]) -> Table | None:
    if plan.reference is None:
        return None
    known = _by_key(results)
    languages = _languages(plan, results)
    rows = []
    for system in _systems(results):
        if system == plan.reference:
            continue
        row = [title_of(plan, system)]
        for language in languages:
            one = known.get((system, language))
            differences = one.differences if one else None
            row += [
                f"{differences['exact_match'][top].value:+.1f} "
                f"[{differences['exact_match'][top].low:+.1f}, "
                f"{differences['exact_match'][top].high:+.1f}]"
                if differences
                else NONE
                for top in TOPS
            ]
        rows.append(tuple(row))
    header = ["system", *(f"{TITLES[one]} top-{k}" for one in languages for k in TOP)]
    title = f"Exact match: difference to {title_of(plan, plan.reference)}"
    caption = (
        _said(plan, results)
        + " Row by row on the same utterances; an interval without 0 is a difference that the "
        "choice of rows does not explain."
    )
    return Table(title, caption, tuple(header), tuple(rows))


def _validity(plan: Plan, results: Sequence[Result]) -> Table:
    known, languages = _by_key(results), _languages(plan, results)
    rows = []
    for system in _systems(results):
        found = [known.get((system, language)) for language in languages]
        rows.append(
            (
                title_of(plan, system),
                *(cell(one.estimates["validity"]["top1"]) if one else NONE for one in found),
            )
        )
    for name, values in TABLE_3.items():
        shown = (f"{values[LANGUAGES.index(language)]:.1f}" for language in languages)
        rows.append((f"paper: {name}", *shown))
    header = ("system", *(TITLES[language] for language in languages))
    caption = _said(plan, results) + " Top-1, after ranking unless the row says otherwise."
    return Table("Table 3: syntactically valid programs", caption, header, tuple(rows))


def _literals(plan: Plan, results: Sequence[Result]) -> Table | None:
    """Literal fidelity, where it applies: which rows those are is the same for every system."""
    sizes = {
        one.language: one.estimates["literal_fidelity"]["top1"].n
        for one in results
        if "literal_fidelity" in one.estimates
    }
    metrics = {name: "literal_fidelity" for name in _languages(plan, results) if name in sizes}
    if not metrics:
        return None
    note = (
        "Of the literals of the utterance that its program repeats, the share that the answer "
        "repeats too; on the rows that have any: "
        + ", ".join(f"{TITLES[name]} {sizes[name]}" for name in metrics)
        + "."
    )
    return _three_tops(plan, results, "Literal fidelity", metrics, {}, note)


def _diversity(plan: Plan, results: Sequence[Result]) -> Table:
    rows = []

    def row(name: str, language: str, one: Diversity) -> tuple[str, ...]:
        distinct = (NONE if share is None else f"{share:.2f}" for share in one.distinct)
        spread = one.edit_distance
        edits = (
            (NONE,) * 3
            if spread is None
            else (f"{spread.min:.2f}", f"{spread.max:.2f}", f"{spread.mean:.2f}")
        )
        return (name, language, *distinct, *edits)

    for one in results:
        name = title_of(plan, one.system)
        rows.append(row(name, TITLES[one.language], one.diversity))
        if one.diversity_of_several is not None:
            where = f"{TITLES[one.language]}, several golds (n={one.several})"
            rows.append(row(name, where, one.diversity_of_several))
    for name, (distinct, edits) in TABLE_2.items():
        shown = tuple(f"{value:.2f}" for value in (*distinct, *edits))
        rows.append((f"paper: {name}", "mean of three", *shown))
    header = (
        "system",
        "language",
        *(f"distinct {n}-grams" for n in ORDERS),
        *(f"edit distance {kind}" for kind in ("min", "max", "mean")),
    )
    caption = _said(plan, results) + " Of the top five, shares in 0 to 1; equal ones count."
    return Table("Table 2: diversity of the top five", caption, header, tuple(rows))


def _ablations(plan: Plan, results: Sequence[Result]) -> Table | None:
    chosen = [one for one in _systems(results) if plan.systems[one].ablation]
    if not chosen:
        return None
    known, languages = _by_key(results), _languages(plan, results)
    rows = []
    for system in chosen:
        row = [title_of(plan, system)]
        for language in languages:
            one = known.get((system, language))
            metric = main_metric(results, language)
            row.append(cell(one.estimates[metric]["top1"]) if one else NONE)
        rows.append(tuple(row))
    if main_metric_is_paper(results, languages):
        for name, values in TABLE_4.items():
            shown = (f"{values[LANGUAGES.index(language)]:.1f}" for language in languages)
            rows.append((f"paper: {name}", *shown))
    header = (
        "model",
        *(f"{TITLES[one]} {main_metric(results, one).replace('_', ' ')}" for one in languages),
    )
    return Table("Table 4: ablations", _said(plan, results) + " Top-1.", header, tuple(rows))


def main_metric_is_paper(results: Sequence[Result], languages: Sequence[str]) -> bool:
    """Whether every language is measured by the paper's own metric."""
    return all(main_metric(results, language) == MAIN[language][0] for language in languages)


def _all_metrics(plan: Plan, results: Sequence[Result], language: str) -> Table | None:
    own = [one for one in results if one.language == language]
    if not own:
        return None
    rows = []
    for one in own:
        for name, tops in one.estimates.items():
            n = tops["top1"].n
            shown = name.replace("_", " ") + (f" (n={n})" if n != one.n else "")
            rows.append((title_of(plan, one.system), shown, *(cell(tops[top]) for top in TOPS)))
    header = ("system", "metric", *(f"top-{k}" for k in TOP))
    return Table(f"{TITLES[language]}: every metric", _said(plan, results), header, tuple(rows))


def timing_table(plan: Plan, timings: Sequence[Timing]) -> Table:
    """Return latency and memory; times of one table were taken by turns on one machine."""
    assert plan.latency is not None
    rows = tuple(
        (
            title_of(plan, one.system),
            TITLES[one.language],
            f"{one.median:.0f} [{one.low:.0f}, {one.high:.0f}]",
            f"{one.ratio:.2f}",
            f"{one.memory:.0f}",
        )
        for one in timings
    )
    caption = (
        f"One utterance of median length, the encoder included, after {plan.latency.warmup} calls "
        f"that do not count; median and quartiles of {plan.latency.repeats} turns. Times shift "
        "with what else the machine does, the ratios to each language's first system hardly. "
        "Memory: peak of a fresh process that loads the model and answers once, libraries included."
    )
    header = ("system", "language", "milliseconds", "ratio", "peak MB")
    return Table("Latency and memory", caption, header, rows)
