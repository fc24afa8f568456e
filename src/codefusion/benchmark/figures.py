"""The figures of a report: quality against steps, distance to the final program, systems.

Not for traces of single programs: see `evaluation.figures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codefusion.benchmark.plan import Plan
from codefusion.benchmark.report import TITLES, TOPS, main_metric, title_of
from codefusion.benchmark.results import Result
from codefusion.benchmark.steps import Distance, Quality
from codefusion.errors import DataError


@contextmanager
def _axes(path: Path, title: str, x: str, y: str) -> Iterator[Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 3.8), dpi=130)
    try:
        yield axes
        axes.set_title(title, fontsize=10)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.grid(alpha=0.25)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        figure.savefig(path, bbox_inches="tight")
    except OSError as error:
        raise DataError(f"cannot write the picture {str(path)!r}: {error}") from error
    finally:
        pyplot.close(figure)


def colours(count: int) -> list[Any]:
    """Return as many different colours: those of other figures while they last."""
    from matplotlib import colormaps, colors

    if count <= 10:
        return [colors.to_rgba(f"C{place}") for place in range(count)]
    return [colormaps["turbo"](0.04 + 0.92 * place / (count - 1)) for place in range(count)]


def draw_systems(plan: Plan, results: Sequence[Result], language: str, path: Path) -> None:
    """Draw exact match and the language's metric at top-1, 3 and 5, with intervals."""
    own = [one for one in results if one.language == language]
    metric = main_metric(results, language)
    legend = f"exact match (with interval); pale: {metric.replace('_', ' ')}"
    with _axes(path, f"{TITLES[language]} ({plan.split})", legend, "percent") as axes:
        width = 0.8 / len(own)
        for place, (one, colour) in enumerate(zip(own, colours(len(own)), strict=True)):
            values = [one.estimates[metric][top] for top in TOPS]
            exact = [one.estimates["exact_match"][top] for top in TOPS]
            at = [i + (place - (len(own) - 1) / 2) * width for i in range(len(TOPS))]
            errors = [
                [value.value - value.low for value in exact],
                [value.high - value.value for value in exact],
            ]
            axes.bar(at, [v.value for v in values], width * 0.92, color=colour, alpha=0.3)
            axes.bar(
                at,
                [v.value for v in exact],
                width * 0.92,
                yerr=errors,
                color=colour,
                label=title_of(plan, one.system),
                error_kw={"linewidth": 0.8},
            )
        axes.set_xticks(range(len(TOPS)), [top.replace("top", "top-") for top in TOPS])
        axes.legend(fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def draw_quality(curves: Mapping[str, Sequence[Quality]], title: str, path: Path) -> None:
    """Draw the paper's Figure 6: a metric's top-1 against the number of denoising steps."""
    with _axes(path, title, "denoising steps", "percent, top-1") as axes:
        for language, points in curves.items():
            counts = [point.steps for point in points]
            values = [point.estimate for point in points]
            axes.plot(counts, [v.value for v in values], "o-", label=_curve(language, points))
            low, high = [v.low for v in values], [v.high for v in values]
            axes.fill_between(counts, low, high, alpha=0.15)
        axes.set_xscale("log", base=2)
        axes.set_xticks(counts, [str(count) for count in counts])
        axes.legend(fontsize=8, frameon=False)


def _curve(language: str, points: Sequence[Quality]) -> str:
    return f"{TITLES[language]}, {points[0].metric.replace('_', ' ')}"


def draw_distance(curves: Mapping[str, Sequence[Distance]], title: str, path: Path) -> None:
    """Draw the paper's Figure 2: normalised edit distance to the final program at each step."""
    with _axes(path, title, "denoising step", "edit distance to the final program") as axes:
        for language, points in curves.items():
            steps = [point.step for point in points]
            axes.plot(steps, [point.mean for point in points], "o-", label=TITLES[language])
        axes.set_ylim(bottom=0.0)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(fontsize=8, frameon=False)
