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


@dataclass(frozen=True)
class PhaseStarted:
    """A phase begins, or goes on from `step`."""

    phase: int
    step: int
    steps: int


@dataclass(frozen=True)
class Evaluated:
    """Sample quality on a slice of validation, with the averaged weights."""

    phase: int
    step: int
    evaluation: Evaluation


@dataclass(frozen=True)
class Saved:
    """A checkpoint is whole."""

    path: Path


Event = Prepared | PhaseStarted | StepResult | Evaluated | Saved
