"""`POST /api/generate`: candidates with their denoising, at once or as it happens.

Not for OpenAI's form of the same (`completions`).
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from codefusion.pipeline import Candidate
from codefusion.pipeline.revision import Revision
from codefusion.shell.danger import find_dangers
from codefusion.shell.suggestion import BASH
from codefusion.traces import TraceStep, as_json, step_json
from codefusion.web import limits
from codefusion.web.errors import ASKING, as_api_error
from codefusion.web.served import Prepared, Question, ServedModel
from codefusion.web.service import Service, Steps, while_connected

VERSION = 1
Answers = asyncio.Task[list[list[Candidate]]]
Text = Annotated[str, Field(max_length=200)]


class GenerateRequest(BaseModel):
    """What to generate; unknown fields are refused."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "example": {"prompt": "highlight cells greater than 12", "language": "cf", "n": 2}
        },
    )

    prompt: str = Field(
        min_length=1, max_length=limits.MAX_PROMPT, description="What the code should do."
    )
    model: str | None = Field(None, description="A name of /api/models; by the language.")
    language: str | None = Field(None, description="bash, python or cf; by the model.")
    n: int = Field(5, ge=1, le=limits.MAX_CANDIDATES, description="Most programs to return.")
    samples: int = Field(
        16, ge=1, le=limits.MAX_SAMPLES, description="Draws that vote; none of a search."
    )
    steps: int | None = Field(
        None, ge=1, le=limits.MAX_STEPS, description="Denoising steps; the model's own if not said."
    )
    seed: int = Field(0, ge=0, le=limits.MAX_SEED, description="Draw i comes from seed + i.")
    guidance: float = Field(
        1.0, ge=0.0, le=limits.MAX_GUIDANCE, description="Weight against the noise prompt; 1: off."
    )
    columns: Annotated[list[Text], Field(max_length=limits.MAX_TABLE)] | None = Field(
        None, description="Names of a table's columns."
    )
    table: (
        Annotated[
            list[Annotated[list[Text], Field(max_length=limits.MAX_TABLE)]],
            Field(max_length=limits.MAX_TABLE),
        ]
        | None
    ) = Field(None, description="Rows of text, the header first; not with `columns`.")
    draft: str | None = Field(
        None, min_length=1, max_length=limits.MAX_PROMPT, description="A program to revise."
    )
    keep: list[Annotated[str, Field(min_length=1, max_length=limits.MAX_PROMPT)]] = Field(
        [], max_length=limits.MAX_TABLE, description="Fragments that every program shall have."
    )
    strength: float | None = Field(
        None, gt=0.0, le=1.0, description="How far back to noise what is not kept."
    )
    trace: bool = Field(False, description="Bring each candidate's denoising.")
    stream: bool = Field(False, description="Answer with server-sent events.")

    @model_validator(mode="after")
    def _one_table(self) -> Self:
        if self.columns is not None and self.table is not None:
            raise ValueError("give columns or table, not both")
        if self.strength is not None and self.draft is None and not self.keep:
            raise ValueError("strength is how far to revise; give a draft, or what to keep")
        return self

    def question(self) -> Question:
        """Return it as models are asked."""
        rows = [self.columns] if self.columns else self.table or []
        revision = None
        if self.draft is not None or self.keep:
            revision = Revision(self.draft, tuple(self.keep), self.strength)
        return Question(
            prompt=self.prompt,
            language=self.language,
            table=tuple(map(tuple, rows)),
            n=self.n,
            samples=self.samples,
            steps=self.steps,
            seed=self.seed,
            guidance=self.guidance,
            trace=self.trace,
            revision=revision,
        )


class StepBody(BaseModel):
    """A denoising step of one candidate; the lists have an item for each token."""

    step: int = Field(description="1 is the first, from pure noise.")
    noise_level: float = Field(description="Share of the variance that is noise, in [0, 1].")
    code: str
    tokens: list[str]
    confidence: list[float] = Field(description="Probability of each token, in (0, 1].")
    entropy: list[float] = Field(description="How undecided each token is, in bits.")
    point: list[float] = Field(description="x and y in [-1, 1] of the embeddings' mean (PCA).")
    distance: float = Field(description="Edits to the final program, in [0, 1].")


class DangerBody(BaseModel):
    """What may go wrong when a program is run."""

    level: Literal["caution", "danger"]
    sentence: str


class CandidateBody(BaseModel):
    """A program for the prompt."""

    code: str
    score: float = Field(
        description="In [0, 1], the share of the samples' votes or, of a search, of the "
        "probability of all that was found."
    )
    valid: bool = Field(description="Whether the language's grammar takes it.")
    seed: int
    log_likelihood: float = Field(description="Mean log probability of its tokens.")
    pinned: list[tuple[int, int]] = Field(description="Characters, from and up to, that were kept.")
    dangers: list[DangerBody] = Field(description="In order of the text; of Bash only.")
    trace: list[StepBody] = Field(description="Empty unless asked for.")


class GenerateResponse(BaseModel):
    """Different programs, the best first."""

    version: int = Field(examples=[VERSION])
    id: str
    model: str
    language: str | None
    beams: int = Field(description="As wide was the search; 0 where samples were drawn.")
    candidates: list[CandidateBody]


def _respond(model: ServedModel, work: Prepared, candidates: Sequence[Candidate]) -> dict[str, Any]:
    # A person wants different programs: repetitions have spoken by their votes.
    shown = [one for one in candidates if not one.repeats]
    traces = as_json([one.trace for one in shown])
    language = work.query.language
    return {
        "version": VERSION,
        "id": f"gen-{uuid.uuid4().hex}",
        "model": model.name,
        "language": language,
        "beams": work.beams,
        "candidates": [
            {
                "code": one.code,
                "score": round(one.score, 4),
                "valid": one.valid,
                "seed": one.seed,
                "log_likelihood": round(one.log_likelihood, 4),
                "pinned": one.pinned,
                "dangers": _dangers(one.code) if language == BASH else [],
                "trace": trace,
            }
            for one, trace in zip(shown, traces, strict=True)
        ],
    }


def _dangers(command: str) -> list[dict[str, str]]:
    return [
        {"level": note.level.name.lower(), "sentence": note.sentence}
        for note in find_dangers(command)
    ]


def _event(name: str, content: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n".encode()


def _step(rows: Sequence[TraceStep], seed: int, of: int) -> dict[str, Any]:
    return {
        "step": rows[0].step,
        "of": of,
        "noise_level": rows[0].noise_level,
        "rows": [{"seed": seed + i, **step_json(row)} for i, row in enumerate(rows)],
    }


class EventStream(StreamingResponse):
    """Server-sent events of an answer, which is given up with its client."""

    def __init__(self, model: ServedModel, work: Prepared, steps: Steps, answer: Answers) -> None:
        self._answer = answer
        super().__init__(
            _events(model, work, steps, answer),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; a client that goes before the first one ends it, too."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answer.cancel()


async def _events(
    model: ServedModel, work: Prepared, steps: Steps, answer: Answers
) -> AsyncIterator[bytes]:
    """Yield the steps while they are made, then the result or what went wrong."""
    question = work.question
    of = model.steps_of(work)
    async with aclosing(steps.until(answer)) as seen:
        async for rows in seen:
            yield _event("step", _step(rows, question.seed, of))
    try:
        (candidates,) = await answer
        yield _event("result", await asyncio.to_thread(_respond, model, work, candidates))
    except Exception as error:
        # The status is out; what is left to say goes the way the result would have gone.
        yield _event("error", as_api_error(error).body())


STREAMED = {
    "description": "The answer; with `stream`, the events `step`, then `result` or `error`.",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


def routes(service: Service) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["native"])

    @router.post(
        "/api/generate",
        response_model=GenerateResponse,
        responses={**ASKING, 200: STREAMED},
        summary="Turn a sentence into ranked programs",
    )
    async def generate(asked: GenerateRequest, request: Request) -> Response:
        question = asked.question()
        model = service.find(asked.model, asked.language, question.revision is not None)
        if asked.stream:
            steps = Steps()
            work = await service.prepare(model, replace(question, on_step=steps.put))
            return EventStream(model, work, steps, service.ask(model, [work]))
        work = await service.prepare(model, question)
        (candidates,) = await while_connected(request, service.ask(model, [work]))
        # Reading what commands do takes a while, and must hold up nobody.
        return JSONResponse(await asyncio.to_thread(_respond, model, work, candidates))

    return router
