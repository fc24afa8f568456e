"""What a server says of itself: its models and limits, whether it is well, what it counted.

Not for how it counts (`metrics`).
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from codefusion.web import limits
from codefusion.web.errors import documented
from codefusion.web.gate import Gate
from codefusion.web.native import VERSION
from codefusion.web.service import Service

TEXT = {"text/plain": {"schema": {"type": "string"}}}


class ModelInfo(BaseModel):
    """A model, and what it can do."""

    id: str
    kind: Literal["diffusion", "left-to-right", "masked"]
    languages: list[str]
    max_prompt_tokens: int
    max_code_tokens: int
    max_steps: int = Field(description="Most denoising steps.")
    guidance: bool
    temperature: bool
    search: bool = Field(description="Without a trace, a stream or a temperature.")
    revise: bool


class LimitsInfo(BaseModel):
    """The most that one request may ask for."""

    prompt_characters: int
    n: int
    samples: int
    steps: int
    guidance: float
    body_bytes: int
    book_bytes: int
    seconds: float


class ModelsInfo(BaseModel):
    """All models and limits."""

    version: int
    models: list[ModelInfo]
    limits: LimitsInfo


class Health(BaseModel):
    """Whether the server answers."""

    status: Literal["ok", "stopping"]


def routes(service: Service, gate: Gate) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["server"])
    of_all = service.limits

    @router.get("/api/models", responses=documented(), summary="Models and limits")
    async def models() -> ModelsInfo:
        return ModelsInfo(
            version=VERSION,
            models=[
                ModelInfo(
                    id=one.name,
                    kind=one.kind,
                    languages=one.languages,
                    max_prompt_tokens=one.max_prompt_tokens,
                    max_code_tokens=one.max_code_tokens,
                    max_steps=one.max_steps,
                    guidance=one.is_guided,
                    temperature=not one.is_diffusion,
                    search=one.searches,
                    revise=one.revises,
                )
                for one in service.models.values()
            ],
            limits=LimitsInfo(
                prompt_characters=limits.MAX_PROMPT,
                n=limits.MAX_CANDIDATES,
                samples=limits.MAX_SAMPLES,
                steps=limits.MAX_STEPS,
                guidance=limits.MAX_GUIDANCE,
                body_bytes=of_all.body_size,
                book_bytes=of_all.book_size,
                seconds=of_all.answer,
            ),
        )

    @router.get("/health/live", summary="Whether the process answers")
    async def live() -> Health:
        return Health(status="ok")

    @router.get(
        "/health/ready",
        summary="Whether it takes requests",
        response_model=Health,
        responses={503: {"model": Health, "description": "It is stopping."}},
    )
    async def ready() -> Response:
        health = Health(status="stopping" if gate.closed else "ok")
        return JSONResponse(health.model_dump(), 503 if gate.closed else 200)

    @router.get(
        "/metrics",
        summary="Prometheus metrics",
        response_class=Response,
        responses={**documented(), 200: {"content": TEXT}},
    )
    async def metrics() -> Response:
        return Response(
            service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    return router
