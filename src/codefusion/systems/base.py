"""The one interface that everything measured side by side has. Not for grading (`evaluation`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from codefusion.data.examples import Example
from codefusion.evaluation.grading import Prediction


class System(Protocol):
    """Answers utterances with programs, the best first, without seeing a reference."""

    def predict(self, examples: Sequence[Example], seed: int = 0) -> Iterator[Prediction]:
        """Yield one prediction for each example, in order, with at most five candidates.

        What one example cannot be answered for (too long, refused, timed out) is told in
        `Prediction.error`; what stops the whole system raises `CodeFusionError`. The same seed
        gives the same predictions.
        """
        ...

    def describe(self) -> Mapping[str, str | int | float]:
        """Return what a reader of the report must know: `parameters`, settings, revision."""
        ...
