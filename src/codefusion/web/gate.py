"""Stopping without losing anybody: what was let in is answered, what comes later is told so.

Not for signals (`server`).
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from codefusion.web.errors import ApiError

# What may be asked of a server that is stopping.
_ALWAYS = ("/health", "/metrics")


class Gate:
    """Counts the requests inside; once closed, it lets no more in."""

    def __init__(self) -> None:
        self.closed = False
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    def close(self) -> None:
        """Let nobody in any more."""
        self.closed = True

    async def emptied(self) -> None:
        """Wait until all who were let in have their answer."""
        await self._empty.wait()

    def enter(self) -> None:
        """Count one in."""
        self._inside += 1
        self._empty.clear()

    def leave(self) -> None:
        """Count one out."""
        self._inside -= 1
        if not self._inside:
            self._empty.set()


class PassGate:
    """Takes each request through the gate."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say that it is too late (503)."""
        if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
            return await self.app(scope, receive, send)
        if self.gate.closed:
            headers = {"Retry-After": "1", "Connection": "close"}
            error = ApiError(503, "stopping", "the server is stopping", headers=headers)
            return await error.response()(scope, receive, send)
        self.gate.enter()
        try:
            await self.app(scope, receive, send)
        finally:
            self.gate.leave()
