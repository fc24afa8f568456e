"""The shipped models for `llm` (llm.datasette.io): `llm -m codefusion-bash "count lines"`.

Not for the server: programs are drawn in llm's own process. Needs the extra `llm`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import llm
from pydantic import Field

from codefusion.checkpoints import shipped_names


class CodeFusion(llm.Model):
    """One shipped model; it has no memory of a conversation."""

    can_stream = False

    class Options(llm.Options):
        """What may be given as `-o NAME VALUE`."""

        n: int = Field(1, ge=1, le=20, description="Different programs, one a line.")
        samples: int = Field(16, ge=1, description="Draws that vote, where it draws.")
        steps: int | None = Field(
            None, ge=1, description="Denoising steps; the model's own if not said."
        )
        seed: int = Field(0, ge=0, description="Draw i comes from the seed seed + i.")

    def __init__(self, name: str) -> None:
        self.name = name
        self.model_id = f"codefusion-{name}"

    @cached_property
    def _pipeline(self) -> Any:
        # Only when it is asked: llm starts every plugin for every command.
        from codefusion.quiet import quiet_libraries

        quiet_libraries()
        from codefusion.pipeline import load_pipeline

        pipeline = load_pipeline(self.name)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def execute(
        self, prompt: Any, stream: bool, response: Any, conversation: Any = None
    ) -> Iterator[str]:
        """Yield the best programs, one a line; the log keeps their scores."""
        from codefusion.errors import CodeFusionError

        asked = prompt.options
        try:
            candidates = self._pipeline(
                prompt.prompt,
                num_candidates=asked.n,
                num_samples=asked.samples,
                num_inference_steps=asked.steps,
                seed=asked.seed,
            )
        except CodeFusionError as error:
            raise llm.ModelError(str(error)) from error
        shown = [one for one in candidates if not one.repeats]
        response.response_json = {
            "candidates": [
                {"code": one.code, "score": one.score, "valid": one.valid, "seed": one.seed}
                for one in shown
            ]
        }
        yield "\n".join(one.code for one in shown)


@llm.hookimpl
def register_models(register: Callable[[llm.Model], None]) -> None:
    """Tell llm which models there are."""
    for name in shipped_names():
        register(CodeFusion(name))
