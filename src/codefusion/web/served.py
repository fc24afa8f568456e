"""A model as the server sees it: what may be asked of it, and how it answers a batch.

The one place that knows pipelines; not for queues (`batching`) nor for protocols.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from codefusion.errors import UsageError, unknown_name
from codefusion.pipeline import Candidate, CodeFusionPipeline, CodePipeline
from codefusion.pipeline.options import DECODER, Options, Query, Watcher
from codefusion.pipeline.revision import Revision
from codefusion.traces import TraceStep
from codefusion.web.errors import ClientGoneError
from codefusion.web.limits import MAX_STEPS


@dataclass(frozen=True)
class Question:
    """What is asked of a model, whatever the protocol; see `CodePipeline.__call__`.

    Without `steps` it takes as many as the model does of its own accord.
    """

    prompt: str
    language: str | None = None
    table: tuple[tuple[str, ...], ...] = ()
    n: int = 5
    samples: int = 16
    steps: int | None = None
    seed: int = 0
    guidance: float = 1.0
    temperature: float = 1.0
    trace: bool = False
    revision: Revision | None = None
    on_step: Watcher | None = None

    @property
    def traced(self) -> bool:
        """Whether its steps are to be seen."""
        return self.trace or self.on_step is not None


@dataclass(frozen=True)
class Prepared:
    """A question that the model can answer: its prompt has been read.

    `beams` are searched for it; 0 is to draw samples, in `steps`.
    """

    question: Question
    query: Query
    beams: int
    steps: int

    @property
    def rows(self) -> int:
        """How many programs are written side by side."""
        return self.beams or len(self.query.seeds)

    @property
    def kind(self) -> Hashable:
        """Equal for questions that one batch can answer."""
        asked = self.question
        if asked.revision is not None:
            return id(self)  # a draft is the start of one request's samples only
        # Decoding every step takes as long as drawing: those who don't look don't wait for it.
        return self.steps, asked.guidance, asked.temperature, asked.traced, self.beams


class ServedModel:
    """A pipeline under the name that clients give it.

    `prepare` may run anywhere, `draw` only on the one thread that owns the model.
    """

    def __init__(self, name: str, pipeline: CodePipeline) -> None:
        self.name, self.pipeline = name, pipeline
        pipeline.set_progress_bar_config(disable=True)
        config = pipeline.model.config
        self.languages: list[str] = list(getattr(config, "languages", None) or [])
        self.max_prompt_tokens: int = config.max_prompt_length
        self.max_code_tokens: int = config.max_code_length
        self.max_steps: int = min(config.num_train_timesteps, MAX_STEPS)

    @cached_property
    def is_diffusion(self) -> bool:
        """Whether it denoises, and so has no temperature."""
        return isinstance(self.pipeline, CodeFusionPipeline)

    @property
    def is_guided(self) -> bool:
        """Whether it has guidance: diffusion has, where all tokens share a noise level."""
        return self.is_diffusion and not self.pipeline.model.config.lagged

    @property
    def kind(self) -> Literal["diffusion", "left-to-right", "masked"]:
        """How it writes."""
        if self.is_diffusion:
            return "diffusion"
        return "left-to-right" if self.pipeline.model.causal else "masked"

    @property
    def searches(self) -> bool:
        """Whether it searches where neither steps nor a temperature are asked for."""
        return self.pipeline.default_beams() > 0

    @property
    def revises(self) -> bool:
        """Whether it can start from a draft."""
        return self.kind != "left-to-right"

    def steps_of(self, work: Prepared) -> int:
        """Return how many steps a program takes at most."""
        return self.pipeline.most_steps(work.steps)

    def prepare(self, question: Question) -> Prepared:
        """Read a question; raises `UsageError` for one that the model can't answer."""
        if question.language is not None and question.language not in self.languages:
            raise unknown_name(f"language of {self.name}", question.language, self.languages)
        steps = question.steps or self.pipeline.default_steps
        if steps > self.max_steps:
            raise UsageError(f"steps must be between 1 and {self.max_steps}, got {steps}")
        if question.guidance != 1.0 and not self.is_guided:
            raise UsageError(f"{self.name} has no guidance; leave it at 1")
        if question.revision is not None and not self.revises:
            raise UsageError(f"{self.name} writes from left to right and can't revise a draft")
        language = self._language(question)
        prompt = self.pipeline.codec.prompt(
            question.prompt, language or "code", question.table, self.max_prompt_tokens
        )
        draws = max(question.n, question.samples)
        seeds = range(question.seed, question.seed + draws)
        beams = self.pipeline.default_beams(
            question.n, question.traced, question.temperature, question.revision
        )
        query = Query(question.prompt, prompt, language, seeds, question.n, question.table)
        return Prepared(question, query, beams, steps)

    def count_tokens(self, code: str) -> int:
        """Return how many tokens a program has."""
        return len(self.pipeline.codec.code(code, {}))

    def first_tokens(self, code: str, most: int) -> str:
        """Return the program, or its first so many tokens."""
        ids = self.pipeline.codec.code(code, {})
        return code if len(ids) <= most else self.pipeline.codec.text(ids[:most], {})

    def draw(
        self, batch: Sequence[Prepared], wanted: Callable[[], bool] = lambda: True
    ) -> list[list[Candidate]]:
        """Answer questions of the same kind together, each as it would be alone.

        Between denoising steps, and between those of any model where somebody looks, raises
        `ClientGoneError` when none of the answers is wanted.
        """

        def go_on(*_: object) -> None:
            if not wanted():
                raise ClientGoneError

        asked = batch[0].question
        options = Options(
            steps=batch[0].steps,
            guidance=asked.guidance,
            trace=asked.trace,
            feedback=None,
            callback=go_on if self.is_diffusion and not batch[0].beams else None,
            rounding=DECODER,
            num_beams=batch[0].beams,
            temperature=1.0 if self.is_diffusion else asked.temperature,
            on_step=self._watcher(batch, go_on),
            revision=asked.revision,
        )
        return self.pipeline.answer([one.query for one in batch], options)

    def _watcher(self, batch: Sequence[Prepared], go_on: Callable[[], None]) -> Watcher | None:
        """Return what shows each asker its own rows, if it may; None where nobody looks."""
        if not any(one.question.on_step for one in batch):
            return None

        def show(rows: Sequence[TraceStep]) -> None:
            go_on()
            start = 0
            for one in batch:
                if one.question.on_step is not None:
                    one.question.on_step(rows[start : start + one.rows])
                start += one.rows

        return show

    def _language(self, question: Question) -> str | None:
        """Return the language that is asked for, or the model's only one."""
        if question.language is None and len(self.languages) == 1:
            return self.languages[0]
        return question.language
