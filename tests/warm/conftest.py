"""A place for sockets, servers at it, and an untrained model for them to load."""

import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch

from codefusion.warm.place import Place, the_place
from codefusion.warm.protocol import Question
from codefusion.warm.server import Server


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    # The path of a socket may not be longer than some hundred bytes.
    folder = tempfile.mkdtemp(prefix="cf")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    monkeypatch.delenv("CODEFUSION_WARM", raising=False)
    yield the_place()
    shutil.rmtree(folder)


@pytest.fixture
def serve(place: Place) -> Iterator[Callable[..., Server]]:
    """Return a function that runs a server in a thread until the test ends."""
    torch.set_num_threads(1)
    running: list[tuple[Server, threading.Thread]] = []

    def start(idle: float = 60.0) -> Server:
        listening = threading.Event()

        def work() -> None:
            place.make()
            with place.locked():
                server = Server(place, idle)
                running.append((server, threading.current_thread()))
                server.serve(listening.set)

        threading.Thread(target=work, daemon=True).start()
        assert listening.wait(10.0)
        return running[-1][0]

    yield start
    for server, thread in running:
        server.leave()
        thread.join(10.0)
        assert not thread.is_alive()


@pytest.fixture
def pretend(place: Place) -> Iterator[Callable[[Callable[[socket.socket], None]], None]]:
    """Return a function that lets a test itself be the server, of one client after another."""
    opened: list[socket.socket] = []

    def listen(talk: Callable[[socket.socket], None]) -> None:
        place.make()
        listener = place.listen(4)
        opened.append(listener)

        def work() -> None:
            with suppress(OSError):  # closed: the test has ended
                while True:
                    connection, _ = listener.accept()
                    opened.append(connection)
                    talk(connection)

        threading.Thread(target=work, daemon=True).start()

    yield listen
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def checkpoint(make_pipeline: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint") / "bash"
    make_pipeline().save_pretrained(folder)
    return folder


@pytest.fixture
def question(checkpoint: Path) -> Question:
    return Question(str(checkpoint), "list all files", "bash", k=5, steps=2, seed=0)
