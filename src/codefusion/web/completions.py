"""OpenAI's `/v1/completions` and `/v1/models`, so that its clients work with ours.

Not for what only diffusion has to show: that is `native`.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from itertools import cycle, islice
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import JSONResponse, Response, StreamingResponse

from codefusion.web import limits
from codefusion.web.errors import ASKING, documented
from codefusion.web.served import Question, ServedModel
from codefusion.web.service import Service, while_connected

Prompt = Annotated[str, Field(min_length=1, max_length=limits.MAX_PROMPT)]
Reason = Literal["stop", "length"]
Stop = Annotated[str, Field(min_length=1, max_length=200)]


class CompletionRequest(BaseModel):
    """OpenAI's fields, and `steps` and `guidance` of ours; unknown ones are refused."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "example": {"model": "bash", "prompt": "count lines of notes.txt", "n": 3, "seed": 7}
        },
    )

    model: str = Field(description="A name of /v1/models.")
    prompt: Prompt | Annotated[list[Prompt], Field(min_length=1, max_length=limits.MAX_PROMPTS)]
    n: int | None = Field(None, ge=1, le=limits.MAX_CANDIDATES, description="1 when not given.")
    best_of: int | None = Field(
        None, ge=1, le=limits.MAX_SAMPLES, description="Draws that vote; 16 when not given."
    )
    seed: int | None = Field(None, ge=0, le=limits.MAX_SEED)
    max_tokens: int | None = Field(None, ge=1, le=limits.MAX_TOKENS)
    stop: Stop | Annotated[list[Stop], Field(max_length=4)] | None = None
    stream: bool | None = None
    temperature: float | None = Field(None, ge=0.0, le=2.0)
    steps: int | None = Field(None, ge=1, le=limits.MAX_STEPS)
    guidance: float = Field(1.0, ge=0.0, le=limits.MAX_GUIDANCE)
    # Ignored: they can't change what comes back, or only who is told what.
    top_p: float | None = Field(None, ge=0.0, le=1.0)
    user: str | None = Field(None, max_length=1_000)
    stream_options: dict[str, Any] | None = None
    # Refused unless they ask for nothing.
    echo: bool | None = None
    logprobs: int | None = None
    suffix: str | None = None
    logit_bias: dict[str, float] | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None

    @model_validator(mode="after")
    def _only_what_we_have(self) -> Self:
        for name in ("echo", "suffix", "logit_bias", "presence_penalty", "frequency_penalty"):
            if getattr(self, name):
                raise ValueError(f"{name} is not supported; leave it out")
        if self.logprobs is not None:
            raise ValueError("logprobs are not supported; leave them out")
        if self.best_of is not None and self.best_of < (self.n or 1):
            raise ValueError(f"best_of must be at least n, {self.n}, got {self.best_of}")
        return self

    def questions(self) -> list[Question]:
        """Return one for each prompt."""
        return [
            Question(
                prompt=prompt,
                n=self.n or 1,
                samples=self.best_of or 16,
                steps=self.steps,
                seed=self.seed or 0,
                guidance=self.guidance,
                temperature=1.0 if self.temperature is None else self.temperature,
            )
            for prompt in ([self.prompt] if isinstance(self.prompt, str) else self.prompt)
        ]

    def cut(self, model: ServedModel, code: str) -> tuple[str, Reason]:
        """Return a text up to `max_tokens` and `stop`, and why it ends."""
        reason: Reason = "stop"
        if self.max_tokens is not None:
            kept = model.first_tokens(code, self.max_tokens)
            reason = "length" if kept != code else "stop"
            code = kept
        for stop in [self.stop] if isinstance(self.stop, str) else self.stop or []:
            if stop in code:
                code, reason = code.partition(stop)[0], "stop"
        return code, reason


class Choice(BaseModel):
    """A program; those of the second prompt follow those of the first."""

    index: int
    text: str
    logprobs: None = None
    finish_reason: Reason


class Usage(BaseModel):
    """Tokens that were read, and those of the choices."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionResponse(BaseModel):
    """As OpenAI answers."""

    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[Choice]
    usage: Usage | None = None


class ModelBody(BaseModel):
    """A model, as OpenAI lists it."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "codefusion"


class ModelList(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


async def _chunks(whole: CompletionResponse) -> AsyncIterator[bytes]:
    """Yield each choice alone: a program is whole at once, there are no parts to wait for."""
    for choice in whole.choices:
        part = whole.model_copy(update={"choices": [choice], "usage": None})
        yield f"data: {json.dumps(part.model_dump(), ensure_ascii=False)}\n\n".encode()
    yield b"data: [DONE]\n\n"


def routes(service: Service) -> APIRouter:
    """Return both routes."""
    router = APIRouter(tags=["OpenAI"])
    started = int(time.time())

    @router.get("/v1/models", responses=documented(), summary="List the models")
    async def models() -> ModelList:
        return ModelList(data=[ModelBody(id=one, created=started) for one in service.models])

    @router.get("/v1/models/{model}", responses=documented(404), summary="One model")
    async def model(model: str) -> ModelBody:
        return ModelBody(id=service.find(model).name, created=started)

    streamed = {
        "description": "The answer; with `stream`, one event a choice, then `[DONE]`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }

    @router.post(
        "/v1/completions",
        response_model=CompletionResponse,
        responses={**ASKING, 200: streamed},
        summary="Complete a prompt: turn a sentence into programs",
    )
    async def completions(asked: CompletionRequest, request: Request) -> Response:
        served = service.find(asked.model)
        works = [await service.prepare(served, one) for one in asked.questions()]
        answers = await while_connected(request, service.ask(served, works))
        n = asked.n or 1
        # A search may find fewer programs than are asked for.
        codes = [one.code for found in answers for one in islice(cycle(found), n)]
        whole = _completion(asked, served, codes, sum(len(work.query.prompt.ids) for work in works))
        if asked.stream:
            return StreamingResponse(_chunks(whole), media_type="text/event-stream")
        return JSONResponse(whole.model_dump())

    return router


def _completion(
    asked: CompletionRequest, model: ServedModel, codes: Sequence[str], read: int
) -> CompletionResponse:
    choices = []
    for index, code in enumerate(codes):
        text, reason = asked.cut(model, code)
        choices.append(Choice(index=index, text=text, finish_reason=reason))
    written = sum(model.count_tokens(one.text) for one in choices)
    return CompletionResponse(
        id=f"cmpl-{uuid.uuid4().hex}",
        created=int(time.time()),
        model=model.name,
        choices=choices,
        usage=Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written),
    )
