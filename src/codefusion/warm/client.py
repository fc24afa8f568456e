"""Asking the warm server, starting it and ending it; whatever is wrong with it, nobody waits long.

Not for drawing answers: that is `answers`, which imports torch, and this does not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from codefusion.errors import UsageError
from codefusion.warm.build import build_of_this_process
from codefusion.warm.place import Place, the_place
from codefusion.warm.protocol import Answer, Channel, ProtocolError, Question, read_answers

IDLE_SECONDS = 600.0
_GREETING_SECONDS = 2.0
_ANSWER_SECONDS = 60.0
_SILENCE_SECONDS = 6.0  # a server at work gives signs of life more often
_START_SECONDS = 120.0
_LEAVE_SECONDS = 3.0


def is_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a server may be used at all: not with CODEFUSION_WARM=0."""
    return environment.get("CODEFUSION_WARM") != "0"


def ask(question: Question) -> list[Answer] | None:
    """Return the answers of the warm server, None where there is none that can give them.

    They are those of `answers.answer`. A server of another build is told to leave. Raises
    `UsageError` for a question that the model can't take.
    """
    if not is_wanted():
        return None
    try:
        with _greeted(the_place()) as (channel, greeting):
            if greeting.get("build") != build_of_this_process():
                channel.send({"do": "leave"})
                return None
            channel.send({"do": "answer", "question": question.as_json()})
            reply = channel.receive(_ANSWER_SECONDS, _SILENCE_SECONDS)
        if "mistake" not in reply:
            return read_answers(reply.get("answers"))
    except (OSError, ProtocolError):
        return None  # dead, stuck, not ours, or not understood: without it the answer is the same
    raise UsageError(str(reply["mistake"]))


def status() -> dict[str, Any] | None:
    """Return what the server says of itself, only its "pid" if it says nothing; None without one.

    Raises `OSError` where the place of the socket is not this user's.
    """
    place = the_place()
    pid = _server(place)
    if pid is None:
        return None
    try:
        with _greeted(place) as (channel, greeting):
            channel.send({"do": "status"})
            said = channel.receive(_GREETING_SECONDS)
    except (OSError, ProtocolError):
        return {"pid": pid}
    return {"pid": pid, "current": greeting.get("build") == build_of_this_process(), **said}


def start(folder: Path, idle: float = IDLE_SECONDS) -> subprocess.Popen[bytes]:
    """Start a server that loads the model in `folder`, and don't wait for it.

    It leaves at once if there is another. Raises `OSError` if it cannot be started.
    """
    place = the_place()
    place.make()
    with open(place.log, "ab") as log:
        log.truncate(0)
        return subprocess.Popen(
            # -P: no module is taken from the folder that a user happens to be in.
            [sys.executable, "-P", "-m", "codefusion.warm.server", str(idle), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )


def start_for_next_time(folder: Path) -> None:
    """Start a server unless it is not wanted or one runs; without it asking only takes longer."""
    if is_wanted():
        with suppress(OSError):
            if _server(the_place()) is None:
                start(folder)


def wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started can answer at once; raises `UsageError` if it can't."""

    def ended_or_ready() -> bool:
        return process.poll() is not None or bool((status() or {}).get("ready"))

    ready = _wait(ended_or_ready, _START_SECONDS)
    if not ready or not (status() or {}).get("ready"):
        lines = the_place().log.read_text(errors="replace").split("\n")
        said = [line for line in lines if line.strip()][-1:] or ["it says nothing"]
        raise UsageError(f"the warm server did not start: {said[0]}")


def stop() -> bool:
    """End the server, also one that is stuck; False if there is none. Raises as `status`."""
    place = the_place()
    pid = _server(place)
    if pid is None:
        return False
    try:
        with _greeted(place) as (channel, _):
            channel.send({"do": "leave"})
    except (OSError, ProtocolError):
        _kill(pid, signal.SIGTERM)
    if not _wait(lambda: place.server() != pid, _LEAVE_SECONDS):
        _kill(pid, signal.SIGKILL)
        _wait(lambda: place.server() != pid, _LEAVE_SECONDS)
    return True


def _kill(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


@contextmanager
def _greeted(place: Place) -> Iterator[tuple[Channel, dict[str, Any]]]:
    """Connect to the server; it greets at once, whatever else it is doing, or it is stuck."""
    with place.connect(_GREETING_SECONDS) as connection:
        channel = Channel(connection)
        yield channel, channel.receive(_GREETING_SECONDS)


def _server(place: Place) -> int | None:
    return place.server() if place.folder.exists() else None


def _wait(happened: Callable[[], bool], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < ends:
        time.sleep(0.05)
    return done
