"""A report as files: Markdown, LaTeX, JSON and PNG, side by side in one folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from codefusion.benchmark.figures import draw_distance, draw_quality, draw_systems
from codefusion.benchmark.layout import Table, latex, markdown
from codefusion.benchmark.machine import describe_machine
from codefusion.benchmark.plan import Plan
from codefusion.benchmark.report import tables, timing_table, title_of
from codefusion.benchmark.results import Result
from codefusion.benchmark.steps import Distance, Quality
from codefusion.benchmark.timing import Timing
from codefusion.errors import CodeFusionError

JSON_VERSION = 1


def write_report(
    plan: Plan,
    out: Path,
    command: str,
    results: Sequence[Result],
    *,
    qualities: Mapping[str, Sequence[Quality]],
    distances: Mapping[str, Sequence[Distance]],
    timings: Sequence[Timing],
) -> None:
    """Write `report.md`, `report.tex`, `report.json` and the figures into `out`."""
    machine = describe_machine()
    shown = tables(plan, results)
    if timings:
        shown.append(timing_table(plan, timings))
    figures: list[tuple[str, str]] = []
    try:
        for language in plan.tasks:
            if any(one.language == language for one in results):
                draw_systems(plan, results, language, out / f"systems-{language}.png")
                figures.append((f"systems-{language}.png", f"The systems on {language}"))
        if qualities and plan.steps:
            title = f"Quality against denoising steps: {title_of(plan, plan.steps.system)}"
            draw_quality(qualities, title, out / "steps.png")
            figures.append(("steps.png", "Figure 6: quality against denoising steps"))
        if distances and plan.steps:
            title = f"Distance to the final program: {title_of(plan, plan.steps.system)}"
            draw_distance(distances, title, out / "distance.png")
            figures.append(("distance.png", "Figure 2: distance to the final program"))
        (out / "report.md").write_text(
            _markdown(plan, results, command, machine, shown, figures), encoding="utf-8"
        )
        head = "".join(f"% {line}\n" for line in (plan.name, command, machine))
        (out / "report.tex").write_text(head + "\n".join(map(latex, shown)), encoding="utf-8")
        content = {
            "version": JSON_VERSION,
            "name": plan.name,
            "split": plan.split,
            "seeds": list(plan.seeds),
            "command": command,
            "machine": machine,
            "results": [_plain(one) for one in results],
            "steps": {key: [asdict(one) for one in rows] for key, rows in qualities.items()},
            "distance": {key: [asdict(one) for one in rows] for key, rows in distances.items()},
            "timings": [asdict(one) for one in timings],
        }
        text = json.dumps(content, indent=1, default=str)
        (out / "report.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CodeFusionError(f"cannot write the report: {error}") from error


def _markdown(
    plan: Plan,
    results: Sequence[Result],
    command: str,
    machine: str,
    shown: Sequence[Table],
    figures: Sequence[tuple[str, str]],
) -> str:
    lines = [f"# {plan.name}", "", f"`{command}`", "", f"On {machine}.", "", "Systems:", ""]
    for one in results:
        said = ", ".join(f"{key} {value}" for key, value in one.described.items())
        unanswered = f"; {one.errors} utterances not answered" if one.errors else ""
        name = f"{title_of(plan, one.system)} ({one.language})"
        lines.append(f"- {name}: {said}{unanswered}")
    parts = ["\n".join(lines) + "\n", *map(markdown, shown)]
    parts += [f"![{title}]({file})\n" for file, title in figures]
    return "\n".join(parts)


def _plain(one: Result) -> dict[str, Any]:
    fields = asdict(one)
    fields.pop("scores")  # a number for each row: they lie in `answers/`, to be graded again
    return fields
