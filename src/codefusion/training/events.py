"""What a run tells whoever shows it; `run` yields these and the loop's `StepResult`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codefusion.evaluation.grading import Evaluation
from codefusion.training.loop import StepResult


@dataclass(frozen=True)
class Prepared:
    """Told once, before the first step."""

    parameters: dict[str, int]
    pairs: int
    snippets: int
    left_out: int
    peak_flops: float | None = None
    """Of the device, in FLOP/s, where it is known: what `StepResult.flops` is a share of."""


@dataclass(frozen=True)
class PhaseStarted:
    """A phase begins, or goes on from `step`."""

    phase: int
    step: int
    steps: int


@dataclass(frozen=True)
class Evaluated:
    """Sample quality on a slice of one language's validation, with the averaged weights."""

    phase: int
    step: int
    evaluation: Evaluation
    language: str


@dataclass(frozen=True)
class Saved:
    """A checkpoint is whole."""

    path: Path


@dataclass(frozen=True)
class Ended:
    """Told last: the steps of both phases that time did not suffice for, 0 when all are done."""

    steps_left: int


Event = Prepared | PhaseStarted | StepResult | Evaluated | Saved | Ended
