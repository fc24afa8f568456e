"""How a program condensed: its denoising steps, and what can be told from them alone.

Not for making them (`pipeline`) nor for showing them (`evaluation.figures`, `web`). No torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from codefusion.graders.text import normalised_edit_distance

Point = tuple[float, float]


@dataclass(frozen=True)
class TraceStep:
    """The program as decoded from the estimate at one denoising step.

    A baseline has no noise: `noise_level` is then the share of tokens that are not chosen yet
    (of a model that writes from the left: of the longest program it can write).
    """

    step: int  # 1 is the first, from pure noise
    noise_level: float  # share of the variance that is noise, in (0, 1]
    tokens: tuple[str, ...]
    confidence: tuple[float, ...]  # probability of each token, in (0, 1]
    code: str
    entropy: tuple[float, ...] = ()  # of what could stand in each token's place, in bits
    embedding: tuple[float, ...] = field(default=(), repr=False)  # mean of the tokens' estimates


def settling_steps(trace: Sequence[TraceStep]) -> tuple[int, ...]:
    """Return, for each token of the last step, the step from which it stands there unchanged."""
    if not trace:
        return ()
    settled = [trace[-1].step] * len(trace[-1].tokens)
    for place, token in enumerate(trace[-1].tokens):
        for one in reversed(trace):
            if one.tokens[place : place + 1] != (token,):
                break
            settled[place] = one.step
    return tuple(settled)


def distances(trace: Sequence[TraceStep]) -> tuple[float, ...]:
    """Return how far each step's program is from the last one's, in 0…1 (the paper's Figure 2).

    Edits of characters, over the length of the longer program.
    """
    return tuple(normalised_edit_distance(one.code, trace[-1].code) for one in trace)


def paths(traces: Sequence[Sequence[TraceStep]]) -> list[list[Point]]:
    """Return where each step's embedding lies in the plane in which those of all traces vary most.

    The plane is spanned by the first two principal components, and its longer axis is scaled to
    -1…1. Each axis points to where its entry of largest size is positive, so that the picture of
    the same traces is the same everywhere.
    """
    rows = [one.embedding for trace in traces for one in trace]
    if not rows:
        return [[] for _ in traces]
    centred = np.asarray(rows, dtype=np.float64)
    centred -= centred.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
    flat = np.zeros((len(rows), 2))
    flat[:, : len(axes)] = centred @ axes.T
    flat /= max(float(np.abs(flat).max()), 1e-12)
    points = iter([(float(x), float(y)) for x, y in flat])
    return [[next(points) for _ in trace] for trace in traces]


def as_json(traces: Sequence[Sequence[TraceStep]]) -> list[list[dict[str, Any]]]:
    """Return the traces of one answer's candidates as the API, the page and `--json` give them."""
    return [
        [
            {
                **step_json(one),
                "noise_level": one.noise_level,
                "distance": round(distance, 4),
                "point": [round(x, 4) for x in point],
            }
            for one, distance, point in zip(trace, distances(trace), path, strict=True)
        ]
        for trace, path in zip(traces, paths(traces), strict=True)
    ]


def step_json(one: TraceStep) -> dict[str, Any]:
    """Return what is known of a step while the next ones are still to come."""
    return {
        "step": one.step,
        "tokens": list(one.tokens),
        "confidence": list(one.confidence),
        "entropy": list(one.entropy),
        "code": one.code,
    }
