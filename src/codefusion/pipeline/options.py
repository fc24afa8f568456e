"""How programs are drawn: what the call of a pipeline passes on to the way it draws.

Not for how many are drawn and how they are ranked: that is the same for all (`base`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from codefusion.data.codec import EncodedPrompt
from codefusion.errors import UsageError, unknown_name
from codefusion.pipeline.draft import Draft
from codefusion.pipeline.revision import Revision
from codefusion.traces import TraceStep

Callback = Callable[[Any, int, int, dict[str, Tensor]], Any]
Watcher = Callable[[Sequence[TraceStep]], Any]
DECODER, GROUNDING, CLAMPING = ROUNDINGS = ("decoder", "grounding", "clamping")


@dataclass(frozen=True)
class Query:
    """An utterance, and `prompt`, what the model reads of it and of the table.

    A program is drawn of each seed where any is drawn.
    """

    utterance: str
    prompt: EncodedPrompt
    language: str | None
    seeds: Sequence[int]
    num_candidates: int
    table: Sequence[Sequence[object]] = ()


@dataclass(frozen=True)
class Options:
    """See `CodePipeline.__call__` for what they mean; a pipeline refuses those it has not.

    Raises `UsageError` for a number out of range, or an unknown name.
    """

    steps: int
    guidance: float
    trace: bool
    feedback: bool | None
    callback: Callback | None
    rounding: str
    num_beams: int
    temperature: float
    on_step: Watcher | None = None
    revision: Revision | None = None
    shared_votes: bool = True
    draft: Draft | None = None  # the revision's, as tokens

    @property
    def traced(self) -> bool:
        """Whether each step is to be decoded."""
        return self.trace or self.on_step is not None

    def __post_init__(self) -> None:
        if self.rounding not in ROUNDINGS:
            raise unknown_name("rounding", self.rounding, ROUNDINGS)
        if self.num_beams < 0:
            raise UsageError(f"num_beams must not be negative, got {self.num_beams}")
        if not self.temperature >= 0.0:
            raise UsageError(f"temperature must be at least 0, got {self.temperature}")
