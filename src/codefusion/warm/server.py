"""The process that keeps models loaded and answers one question after the other.

Not for clients, which never import this.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from codefusion import __version__
from codefusion.errors import UsageError
from codefusion.warm.answers import answer, load
from codefusion.warm.build import build_of_this_process
from codefusion.warm.place import Place, check_peer, the_place
from codefusion.warm.protocol import SIGN_SECONDS, Channel, ProtocolError, Question

if TYPE_CHECKING:
    from codefusion.pipeline import CodePipeline

Input = TypeVar("Input")
Output = TypeVar("Output")

MOST_CLIENTS = 16
_REQUEST_SECONDS = 5.0
_LOOK_SECONDS = 0.25
_MEGABYTE = 1 << 20 if sys.platform == "darwin" else 1 << 10  # in the unit of ru_maxrss


class Server:
    """Answers at a place that this process has locked, until nobody asked for `idle` seconds."""

    def __init__(self, place: Place, idle: float) -> None:
        self._place = place
        self._idle = idle
        self._build = build_of_this_process()
        self._last_asked = time.monotonic()
        self._answered = 0
        self._leaving = threading.Event()
        self._clients = threading.BoundedSemaphore(MOST_CLIENTS)
        # One at a time: a pipeline is not made to be called by two threads.
        self._worker = ThreadPoolExecutor(1)
        self._jobs = 0  # that wait for the worker, or that it is at
        self._counting = threading.Lock()

    def leave(self) -> None:
        """Let `serve` return soon."""
        self._leaving.set()

    def prepare(self, folder: str) -> None:
        """Load a model before anybody asks for it; if that fails, say why in the log and leave."""

        def leave_if_failed(work: Future[CodePipeline]) -> None:
            if work.exception() is not None:
                _log(str(work.exception()))
                self.leave()

        self._submit(load, Path(folder)).add_done_callback(leave_if_failed)

    def serve(self, begun: Callable[[], object] = lambda: None) -> None:
        """Answer until it is time to leave; `begun` is called when clients can connect.

        Raises `OSError` if none ever could.
        """
        with self._place.listen(MOST_CLIENTS) as listener:
            listener.settimeout(_LOOK_SECONDS)
            ours = self._found()
            begun()
            # A socket that was removed or replaced is not found by clients any more.
            while not self._leaving.is_set() and not self._is_idle() and self._found() == ours:
                with contextlib.suppress(TimeoutError):
                    connection, _ = listener.accept()
                    self._take(connection)
            if self._found() == ours:
                self._place.address.unlink(missing_ok=True)

    def _found(self) -> tuple[int, int] | None:
        """Return what tells the socket from another in its place."""
        try:
            found = self._place.address.lstat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _is_idle(self) -> bool:
        return not self._jobs and time.monotonic() - self._last_asked > self._idle

    def _take(self, connection: socket.socket) -> None:
        """Let a thread of its own serve a client, so that none waits for another's silence."""
        if self._clients.acquire(blocking=False):
            threading.Thread(target=self._serve_client, args=[connection], daemon=True).start()
        else:
            connection.close()

    def _serve_client(self, connection: socket.socket) -> None:
        try:
            with connection:
                check_peer(connection)
                channel = Channel(connection)
                channel.send({"codefusion": __version__, "build": self._build})
                channel.send(self._reply(channel, channel.receive(_REQUEST_SECONDS)))
        except (OSError, ProtocolError) as error:
            _log(f"a client got no answer: {error}")
        finally:
            self._clients.release()

    def _reply(self, channel: Channel, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "answer":
                return self._answer(channel, Question.read(request.get("question")))
            case "status":
                return self._status()
            case "leave":
                self.leave()
                return {}
            case unknown:
                raise ProtocolError(f"asked to {str(unknown)[:40]!r}")

    def _answer(self, channel: Channel, question: Question) -> dict[str, Any]:
        work = self._submit(answer, question)
        try:
            while not wait([work], SIGN_SECONDS).done:
                channel.send_sign()
        finally:
            work.cancel()  # if it has not begun, nobody is left to draw for
        try:
            found = work.result()
        except UsageError as error:
            return {"mistake": str(error)}
        except Exception:  # whatever libraries raise: without a server the user is told what
            _log(traceback.format_exc())
            return {"failure": "see the log"}
        self._answered += 1
        return {"answers": [[one.code, one.score] for one in found]}

    def _submit(self, job: Callable[[Input], Output], given: Input) -> Future[Output]:
        self._count(1)
        work = self._worker.submit(job, given)
        work.add_done_callback(lambda _: self._count(-1))
        return work

    def _count(self, jobs: int) -> None:
        with self._counting:
            self._jobs += jobs
            self._last_asked = time.monotonic()

    def _status(self) -> dict[str, Any]:
        silent = time.monotonic() - self._last_asked
        return {
            "version": __version__,
            "ready": not self._jobs,
            "answered": self._answered,
            "leaves_in": round(self._idle - silent),
            "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTE,
        }


def _log(text: str) -> None:
    sys.stderr.write(text.rstrip() + "\n")
    sys.stderr.flush()


def main(idle: float, folder: str) -> None:
    """Be the warm server of this user, with the model in `folder`; return when it leaves."""
    place = the_place()
    try:
        place.make()
        with place.locked():
            server = Server(place, idle)
            for end in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(end, lambda *_: server.leave())
            server.serve(lambda: server.prepare(folder))
            # What is still being drawn would keep the process; the lock goes with it.
            os._exit(0)
    except BlockingIOError:
        _log("another server is running")
    except OSError as error:
        _log(str(error))
    sys.exit(1)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
