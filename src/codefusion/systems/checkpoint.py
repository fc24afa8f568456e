"""Models of our own, diffusion and baselines alike, from a run, a folder or the Hub.

Not for models of others: see `hub`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codefusion.data.examples import Example
from codefusion.evaluation.evaluate import predict
from codefusion.evaluation.grading import TOP, Prediction


class CheckpointSystem:
    """Samples from a pipeline, by the options of its call; those not given are its own choice.

    `jury` names the MODEL whose jury it takes in place of its own, or is "none".
    """

    def __init__(
        self,
        model: str,
        samples: int = 16,
        steps: int | None = None,
        candidates: int = max(TOP),
        scheduler: str | None = None,
        guidance: float | None = None,
        decoder_feedback: bool | None = None,
        shared_votes: bool | None = None,
        rounding: str | None = None,
        num_beams: int | None = None,
        temperature: float | None = None,
        jury: str | None = None,
        device: str = "cpu",
    ) -> None:
        from codefusion.pipeline import load_jury, load_pipeline
        from codefusion.quiet import quiet_libraries

        quiet_libraries()
        self.pipeline = load_pipeline(model)
        self.pipeline.set_progress_bar_config(disable=True)
        self.pipeline.to(device)
        if jury is not None:
            self.pipeline.jury = load_jury(jury)
        if scheduler is not None:
            self.pipeline.set_scheduler(scheduler)
        self.samples, self.candidates = samples, candidates
        self.steps = self.pipeline.default_steps if steps is None else steps
        chosen = {
            "guidance": guidance,
            "decoder_feedback": decoder_feedback,
            "shared_votes": shared_votes,
            "rounding": rounding,
            "num_beams": num_beams,
            "temperature": temperature,
        }
        self.options: dict[str, Any] = {k: one for k, one in chosen.items() if one is not None}
        named = {"model": model, "scheduler": scheduler, "jury": jury}
        self._named = {name: one for name, one in named.items() if one is not None}

    def predict(self, examples: Sequence[Example], seed: int = 0) -> Iterator[Prediction]:
        """Yield the ranked candidates for each example."""
        return predict(
            self.pipeline,
            examples,
            samples=self.samples,
            steps=self.steps,
            candidates=self.candidates,
            seed=seed,
            **self.options,
        )

    def describe(self) -> Mapping[str, str | int | float]:
        """Return the model's name and size and how it is sampled."""
        size = sum(self.pipeline.model.count_parameters().values())
        cooled = self.options.get("temperature", 1.0)
        chosen = self.pipeline.default_beams(self.candidates, temperature=cooled)
        beams = self.options.get("num_beams", chosen)
        # A search draws nothing.
        how: dict[str, str | int] = {"samples": self.samples, "steps": self.steps}
        if beams:
            how = {"num_beams": beams}
        jury = self.pipeline.jury
        if jury is not None and beams:
            how["jury"] = self._named.get("jury", "own")
            judges = (sum(one.model.count_parameters().values()) for one in jury.judges)
            how["parameters_of_judges"] = sum(judges)
        return {**self._named, "parameters": size, **how, **self.options}
