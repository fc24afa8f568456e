"""The process: a socket, signals, and an end that loses no request.

Not for what is answered (`app`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Collection
from types import FrameType

import uvicorn

from codefusion.errors import CodeFusionError, UsageError
from codefusion.web.app import create_app
from codefusion.web.gate import Gate
from codefusion.web.guard import LOOPBACK
from codefusion.web.protocol import patient_for
from codefusion.web.service import Service

# After the last answer: long enough for who is just connecting to read that it is over.
_GRACE = 0.5
_FLUSH = 5


def bind(host: str, port: int) -> socket.socket:
    """Take the port, before anything slow is loaded; 0 takes a free one.

    Raises `CodeFusionError` in one line when it is in use or not ours to take.
    """
    try:
        ((family, kind, protocol, _, address), *_) = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise UsageError(f"cannot listen on {host!r}: {error.strerror}") from error
    taken = socket.socket(family, kind, protocol)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        # Two may bind the same port; only one may listen.
        taken.listen(1)
    except OSError as error:
        taken.close()
        reason = f"cannot listen on {host} port {port}: {error.strerror}"
        raise CodeFusionError(f"{reason}; choose another --port") from error
    return taken


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    return host in LOOPBACK or host.startswith("127.")


class Server(uvicorn.Server):
    """Stops at SIGTERM or Ctrl-C: new requests get 503, those inside their answer; then it ends.

    A second signal ends it at once.
    """

    def __init__(self, config: uvicorn.Config, gate: Gate, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._gate, self._on_start = gate, on_start
        self._stopping: asyncio.Task[None] | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer until stopped."""
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._on_start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; unlike uvicorn's, the process then exits with 0."""
        if self._gate.closed:
            self.should_exit = self.force_exit = True
        self._gate.close()
        self._loop.call_soon_threadsafe(self._begin_to_stop)

    def _begin_to_stop(self) -> None:
        self._stopping = self._stopping or self._loop.create_task(self._stop())

    async def _stop(self) -> None:
        await asyncio.sleep(_GRACE)
        await self._gate.emptied()
        self.should_exit = True


def make_server(
    service: Service,
    key: str | None = None,
    hosts: Collection[str] = (),
    on_start: Callable[[], None] = lambda: None,
) -> Server:
    """Return a server, to be `run` with what `bind` took; it calls `on_start` when it listens.

    Only names of this machine and `hosts` are answered, unless a `key` keeps others out.
    """
    gate = Gate()
    names = None if key is not None and not hosts else {*LOOPBACK, *hosts}
    limits = service.limits
    config = uvicorn.Config(
        create_app(service, gate, key, names),
        http=patient_for(limits.idle),
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=limits.connections,
        timeout_graceful_shutdown=_FLUSH,
    )
    return Server(config, gate, on_start)
