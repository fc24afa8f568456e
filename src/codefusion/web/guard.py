"""Who may ask, and how much: the checks before any route runs.

Not for what is asked: each route checks its own fields.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codefusion.web.errors import ApiError
from codefusion.web.limits import Limits

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# What anybody may see: the page itself, which asks for the key, and whether the server is there.
_OPEN = ("/api", "/v1", "/metrics", "/openapi.json")


class CheckHost:
    """Refuses what a page of another site makes a browser ask.

    `hosts` are the names that this server goes by; None lets any pass. A page that points its own
    name at this machine (DNS rebinding) sends that name as `Host`; others send theirs as `Origin`.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and (error := self._refusal(Headers(scope=scope))):
            return await error.response()(scope, receive, send)
        await self.app(scope, receive, send)

    def _refusal(self, headers: Headers) -> ApiError | None:
        host = headers.get("host", "")
        if self.hosts is not None and _name(f"//{host}") not in self.hosts:
            message = f"the host {host[:100]!r} is not served here; allow it with --allow-host"
            return ApiError(403, "forbidden_host", message)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            message = f"pages of {origin[:100]!r} may not ask this server"
            return ApiError(403, "forbidden_origin", message)
        return None


def _name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:  # such as a bracket that does not close
        return ""


class CheckKey:
    """Lets only those with the key ask; without a key, everybody."""

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self.app, self.key = app, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 401."""
        if scope["type"] != "http" or self.key is None or not scope["path"].startswith(_OPEN):
            return await self.app(scope, receive, send)
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        # Compared in constant time, so that it can't be guessed letter by letter.
        known = hmac.compare_digest(given.strip().encode("latin-1"), self.key.encode())
        if scheme.lower() == "bearer" and known:
            return await self.app(scope, receive, send)
        error = ApiError(
            401,
            "invalid_api_key",
            "this server wants its API key, as 'Authorization: Bearer KEY'",
            headers={"WWW-Authenticate": "Bearer"},
        )
        await error.response()(scope, receive, send)


class LimitBody:
    """Refuses bodies that are too large, or do not come in time."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, counting what is read of its body."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        books = scope["path"].startswith("/api/workbook")
        most = self.limits.book_size if books else self.limits.body_size
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            return await _too_large(most).response()(scope, receive, send)
        end = asyncio.get_running_loop().time() + self.limits.body
        read, whole = 0, False

        async def limited() -> Message:
            nonlocal read, whole
            if whole:  # what comes now is that the client has gone
                return await receive()
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError:
                limit = f"{self.limits.body:g} s"
                raise _Refused(ApiError(408, "slow_body", f"the body took over {limit}")) from None
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > most:
                raise _Refused(_too_large(most))
            return message

        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, limited, noted)
        except _Refused as refused:
            assert not started, "a body is read before it is answered"
            await refused.error.response()(scope, receive, send)


class _Refused(BaseException):
    """Passes through the frameworks, which would make a 400 of any `Exception`."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(str(error))
        self.error = error


def _too_large(most: int) -> ApiError:
    return ApiError(413, "body_too_large", f"the body is over the limit of {most:,} bytes")
