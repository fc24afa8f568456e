"""Models of our own, diffusion and baselines alike, from a run, a folder or the Hub.

Not for models of others: see `hub`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codefusion.data.examples import Example
from codefusion.evaluation.evaluate import predict
from codefusion.evaluation.grading import Prediction


class CheckpointSystem:
    """Samples from a pipeline; `options` are those of its call (`num_beams`, `rounding`)."""

    def __init__(
        self,
        model: str,
        samples: int = 16,
        steps: int = 8,
        scheduler: str | None = None,
        device: str = "cpu",
        **options: Any,
    ) -> None:
        from codefusion.pipeline import load_pipeline
        from codefusion.quiet import quiet_libraries

        quiet_libraries()
        self.pipeline = load_pipeline(model)
        self.pipeline.set_progress_bar_config(disable=True)
        self.pipeline.to(device)
        if scheduler is not None:
            self.pipeline.set_scheduler(scheduler)
        self.samples, self.steps, self.options = samples, steps, options
        self._named = {"model": model, **({"scheduler": scheduler} if scheduler else {})}

    def predict(self, examples: Sequence[Example], seed: int = 0) -> Iterator[Prediction]:
        """Yield the ranked candidates for each example."""
        return predict(
            self.pipeline,
            examples,
            samples=self.samples,
            steps=self.steps,
            seed=seed,
            **self.options,
        )

    def describe(self) -> Mapping[str, str | int | float]:
        """Return the model's name and size and how it is sampled."""
        size = sum(self.pipeline.model.count_parameters().values())
        drawn = {"samples": self.samples, "steps": self.steps}
        return {**self._named, "parameters": size, **drawn, **self.options}
