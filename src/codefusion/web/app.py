"""The application: routes, and the checks that every request passes, the outermost last.

Not for sockets and signals (`server`).
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codefusion import __version__
from codefusion.web import completions, native, status, workbook
from codefusion.web.errors import add_handlers
from codefusion.web.gate import Gate, PassGate
from codefusion.web.guard import CheckHost, CheckKey, LimitBody
from codefusion.web.metrics import CountRequests
from codefusion.web.service import Service

PAGE = Path(__file__).parent / "page"
# The page may load nothing from elsewhere, be framed by nobody, and nothing is guessed a script.
_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


def create_app(
    service: Service,
    gate: Gate,
    key: str | None = None,
    hosts: Collection[str] | None = None,
) -> FastAPI:
    """Return the application; `hosts` are the names it goes by, None for any."""
    app = FastAPI(
        title="CodeFusion",
        version=__version__,
        summary="Code generation by diffusion: a sentence in, several ranked programs out.",
        # Their pages would load scripts from a CDN.
        docs_url=None,
        redoc_url=None,
    )
    for part in (native.routes(service), completions.routes(service), workbook.routes(service)):
        app.include_router(part)
    app.include_router(status.routes(service, gate))
    # Not mounted: that would take requests of a wrong method, which are 405, for those of a file.
    app.router.default = StaticFiles(directory=PAGE, html=True, check_dir=False)
    add_handlers(app)
    app.add_middleware(LimitBody, limits=service.limits)
    app.add_middleware(CheckKey, key=key)
    app.add_middleware(CheckHost, hosts=hosts)
    app.add_middleware(PassGate, gate=gate)
    app.add_middleware(CountRequests, metrics=service.metrics)
    app.add_middleware(AddHeaders)
    return app


class AddHeaders:
    """Tells browsers what pages of this server may do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the headers added."""

        async def added(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        await self.app(scope, receive, added)
