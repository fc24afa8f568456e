"""One JSON request over HTTP, tried again where that can help. Not for what is asked (`endpoint`).

Only the standard library: nothing is installed to measure a model behind a server.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from codefusion.errors import CodeFusionError, UsageError

# A server that asks for a longer pause than this, in seconds, is not waited for.
LONGEST_PAUSE = 120.0
# The statuses after which another try may succeed, next to all of 500 and above.
_AGAIN = (408, 409, 425, 429)


class EndpointError(CodeFusionError):
    """A server that cannot be used at all: nobody listens, the key is refused, no such model."""


class RequestError(CodeFusionError):
    """One request that got no usable answer; `status` is 0 where there was none at all."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    # The key would follow to wherever the server points.
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Connection:
    """How a server is reached. The key is sent, and never part of a message or of `repr`."""

    url: str
    key: str | None = field(repr=False)
    timeout: float
    retries: int
    backoff: float

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"a URL such as http://localhost:8000/v1 is needed, got {parts.scheme}:…"
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise UsageError(
                f"the URL of {parts.hostname} must hold no password, query or fragment"
            )
        if self.timeout <= 0 or self.retries < 0 or self.backoff < 0:
            raise UsageError("timeout must be above 0, retries and backoff not below 0")
        if self.key is not None and not (self.key.isascii() and self.key.isprintable()):
            raise UsageError("the API key holds characters that no HTTP header can")

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON answer to a JSON body.

        Statuses that may pass (429, 5xx and the like), broken connections and time-outs are tried
        again `retries` times, after a pause that doubles from `backoff` seconds on, or that the
        server asks for. Raises `EndpointError` or `RequestError`.
        """
        for attempt in range(self.retries + 1):
            try:
                return self._once(path, body)
            except _Again as again:
                pause = self.backoff * 2**attempt if again.pause is None else again.pause
                if attempt == self.retries or pause > LONGEST_PAUSE:
                    tries = f"after {attempt + 1} tries" if attempt else "at the first try"
                    raise RequestError(f"{again} {tries}", again.status) from None
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(
            self.url.rstrip("/") + path, json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.build_opener(_NoRedirect).open(
                request, timeout=self.timeout
            ) as response:
                content = response.read()
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except TimeoutError:
            raise _Again(f"{self.url} did not answer within {self.timeout:g} s") from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise _Again(f"{self.url} did not answer within {self.timeout:g} s") from None
            if isinstance(error.reason, ConnectionResetError | BrokenPipeError):
                raise _Again(f"{self.url} broke the connection") from None
            raise EndpointError(
                f"cannot reach {self.url}: {error.reason}; is the server running?"
            ) from None
        except (http.client.HTTPException, ConnectionError) as error:
            raise _Again(f"{self.url} broke the connection ({type(error).__name__})") from None
        try:
            return json.loads(content)
        except ValueError:
            raise RequestError(f"{self.url} answered what is no JSON: {_short(content)}") from None

    def _refusal(self, error: urllib.error.HTTPError) -> Exception:
        try:
            said = self._hide(_message(error.read()))
        except (OSError, http.client.HTTPException):
            said = "no reason"
        told = f"{self.url} answered {error.code}: {said}"
        if error.code in _AGAIN or error.code >= 500:
            return _Again(told, error.code, _pause(error.headers.get("Retry-After")))
        if error.code == 401:
            key = "the API key was refused" if self.key else "it asks for a key; set api_key_env"
            return EndpointError(f"{told}; {key}")
        if error.code in (404, 405):
            return EndpointError(f"{told}; is the model's name right, and does the URL end in /v1?")
        if 300 <= error.code < 400:
            return EndpointError(f"{told}; it points elsewhere: name the final URL")
        return RequestError(told, error.code)

    def _hide(self, text: str) -> str:
        # Some servers repeat the key they refuse.
        return text.replace(self.key, "***") if self.key else text


class _Again(Exception):
    """What may pass; `pause` are the seconds that the server asks to wait."""

    def __init__(self, message: str, status: int = 0, pause: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.pause = pause


def _pause(retry_after: str | None) -> float | None:
    """Read a Retry-After header: seconds, or a date."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        date = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, date.timestamp() - time.time())


def _message(content: bytes) -> str:
    """Return what an error's body says, as servers of several makes say it."""
    try:
        body = json.loads(content)
    except ValueError:
        return _short(content)
    for key in ("error", "message", "detail"):
        if isinstance(body, dict) and key in body:
            body = body[key]
    return _short(body if isinstance(body, str) else json.dumps(body))


def _short(content: str | bytes) -> str:
    text = content.decode(errors="replace") if isinstance(content, bytes) else content
    line = " ".join(text.split())
    return (line if len(line) <= 200 else line[:199] + "…") or "nothing"
