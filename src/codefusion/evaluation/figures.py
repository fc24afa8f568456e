"""Pictures of what the model does. Not for the terminal: the commands print text."""

from __future__ import annotations

import bisect
import itertools
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from codefusion.errors import DataError
from codefusion.traces import TraceStep, settling_steps

MOST_ROWS = 16
MOST_TOKENS = 40


def draw_trace(
    trace: Sequence[TraceStep],
    utterance: str,
    path: Path,
    pinned: Sequence[tuple[int, int]] = (),
) -> None:
    """Draw a program condensing out of noise: a row per denoising step, a cell per token.

    The darker a cell, the surer the model of its token; a dot marks a token that stays as it
    is from that step on. The characters of the last program that are `pinned` have an orange
    frame. Raises `DataError` when `path` cannot be written.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.patches import Rectangle

    chosen = _evenly(trace, MOST_ROWS)
    final, settled = chosen[-1].tokens, settling_steps(trace)
    width = min(MOST_TOKENS, max(len(step.tokens) for step in chosen) or 1)
    cell = max(0.34, min(0.95, 0.11 * max(4, max((len(t) for t in final), default=4))))
    size = (max(6.0, 1.6 + cell * width), 0.9 + 0.34 * len(chosen))
    figure, axes = pyplot.subplots(figsize=size, dpi=140)
    colours = matplotlib.colormaps["Blues"]
    for row, step in enumerate(chosen):
        for column, token in enumerate(step.tokens[:width]):
            sure = step.confidence[column]
            axes.add_patch(Rectangle((column, row), 1, 1, color=colours(0.05 + 0.75 * sure)))
            axes.text(
                column + 0.5,
                row + 0.5,
                _shown(token),
                ha="center",
                va="center",
                family="monospace",
                fontsize=8,
                color="white" if sure > 0.6 else "black",
            )
            if column < len(final) and step.step >= settled[column]:
                axes.plot(column + 0.08, row + 0.14, ".", markersize=2.5, color="tab:orange")
    for first, last in _token_runs(final, pinned):
        frame = Rectangle((first, 0), last - first, len(chosen), fill=False, linewidth=2.5)
        frame.set_edgecolor("tab:orange")
        axes.add_patch(frame)
    axes.set_xlim(0, width)
    axes.set_ylim(len(chosen), 0)
    axes.set_yticks([i + 0.5 for i in range(len(chosen))])
    axes.set_yticklabels([f"{step.step} · {step.noise_level:.0%} noise" for step in chosen])
    axes.set_xticks([])
    axes.tick_params(length=0, labelsize=8)
    for side in axes.spines.values():
        side.set_visible(False)
    title = utterance if len(utterance) < 90 else utterance[:87] + "..."
    axes.set_title(_literally(title), fontsize=9)
    try:
        with warnings.catch_warnings():
            # A box in the place of a character that the font lacks tells as much.
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            figure.savefig(path, bbox_inches="tight")
    except (OSError, ValueError) as error:
        raise DataError(f"cannot write the picture {str(path)!r}: {error}") from error
    finally:
        pyplot.close(figure)


def _evenly(trace: Sequence[TraceStep], most: int) -> list[TraceStep]:
    """Return at most `most` steps, the first and the last among them."""
    if len(trace) <= most:
        return list(trace)
    places = [round(i * (len(trace) - 1) / (most - 1)) for i in range(most)]
    return [trace[i] for i in dict.fromkeys(places)]


def _token_runs(
    tokens: Sequence[str], spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield from and up to which token each span of characters goes."""
    ends = list(itertools.accumulate(map(len, tokens)))
    for start, end in spans:
        yield bisect.bisect_right(ends, start), bisect.bisect_left(ends, end) + 1


def _shown(token: str) -> str:
    """Make white space visible and keep long tokens inside their cell."""
    visible = token.replace(" ", "␣").replace("\n", "↵").replace("\t", "⇥")
    return _literally(visible if len(visible) <= 9 else visible[:8] + "…")


def _literally(text: str) -> str:
    """Keep matplotlib from reading a pair of dollars as mathematics."""
    return text.replace("$", r"\$")
