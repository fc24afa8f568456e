"""What a warm server and its clients say: one JSON object a line, the server first.

Not for finding each other: that is `place`.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import NoneType
from typing import Any, Self

MOST_BYTES = 1 << 16
MOST_CANDIDATES = 64
SEND_SECONDS = 5.0
SIGN_SECONDS = 1.0  # so often a server at work says so with an empty line


class ProtocolError(Exception):
    """What came over the connection is too long, cut short, or not what was expected."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to draw: up to `k` different programs of the model in `folder`, an absolute path.

    With a `draft`, or something to `keep`, they are revisions (`CodePipeline.__call__`).
    """

    folder: str
    utterance: str
    language: str
    k: int
    steps: int | None
    seed: int
    draft: str | None = None
    keep: tuple[str, ...] = ()
    strength: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what `read` reads."""
        return {**asdict(self), "keep": list(self.keep)}

    @classmethod
    def read(cls, content: object) -> Self:
        """Return a question as it came; raises `ProtocolError` if it is none."""
        kinds: dict[str, tuple[type, ...]] = dict.fromkeys(cls.__slots__, (str,))
        kinds |= dict.fromkeys(("k", "seed"), (int,))
        kinds["steps"] = (int, NoneType)
        kinds |= {"draft": (str, NoneType), "keep": (list,), "strength": (int, float, NoneType)}
        if not isinstance(content, dict) or content.keys() != kinds.keys():
            raise ProtocolError("not a question")
        if any(type(content[name]) not in some for name, some in kinds.items()):
            raise ProtocolError("a question of other types")
        if not all(isinstance(one, str) for one in content["keep"]):
            raise ProtocolError("a question of other types")
        if not 1 <= content["k"] <= MOST_CANDIDATES:
            raise ProtocolError(f"{content['k']} candidates")
        return cls(**{**content, "keep": tuple(content["keep"])})


@dataclass(frozen=True, slots=True)
class Answer:
    """A program that was drawn; `score`, in (0, 1], is the share of samples that agree."""

    code: str
    score: float


def read_answers(content: object) -> list[Answer]:
    """Return the answers as they came; raises `ProtocolError` if they are none."""
    try:
        return [Answer(str(code), float(score)) for code, score in content]  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise ProtocolError("no answers") from error


class Channel:
    """A connection on which objects are sent and received, never more than `MOST_BYTES` each."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def send(self, content: Mapping[str, Any]) -> None:
        """Send an object; raises `OSError`, also when the other end does not read."""
        line = json.dumps(content).encode("ascii") + b"\n"
        if len(line) > MOST_BYTES:
            raise ProtocolError(f"{len(line)} bytes are too many to send")
        self._send(line)

    def send_sign(self) -> None:
        """Say that an answer is on its way; raises as `send`."""
        self._send(b"\n")

    def receive(self, seconds: float, silence: float | None = None) -> dict[str, Any]:
        """Return the next object.

        Raises `TimeoutError` when it does not come within `seconds`, or no sign of life comes for
        `silence` seconds, `OSError` for a broken connection and `ProtocolError` for anything else.
        """
        ends = time.monotonic() + seconds
        line = b""
        while not line:
            while b"\n" not in self._buffer:
                left = ends - time.monotonic()
                self._read_more(left if silence is None else min(silence, left))
            line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            content = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ProtocolError("not JSON") from error
        if not isinstance(content, dict):
            raise ProtocolError("no object")
        return content

    def _read_more(self, seconds: float) -> None:
        if seconds <= 0:
            raise TimeoutError("no answer")
        self._connection.settimeout(seconds)
        part = self._connection.recv(MOST_BYTES)
        if not part:
            raise ProtocolError("cut short")
        self._buffer += part
        if len(self._buffer) > 2 * MOST_BYTES:
            raise ProtocolError("too long")

    def _send(self, line: bytes) -> None:
        self._connection.settimeout(SEND_SECONDS)
        self._connection.sendall(line)
