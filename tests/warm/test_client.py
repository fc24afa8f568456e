import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from codefusion.errors import UsageError
from codefusion.warm import client
from codefusion.warm.build import build_of_this_process
from codefusion.warm.place import Place
from codefusion.warm.protocol import Channel, Question

Talk = Callable[[socket.socket], None]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_GREETING_SECONDS", "_SILENCE_SECONDS", "_LEAVE_SECONDS"):
        monkeypatch.setattr(client, name, 0.5)


def greet(connection: socket.socket, build: str | None = None) -> Channel:
    channel = Channel(connection)
    channel.send({"build": build or build_of_this_process()})
    return channel


def replies(raw: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        greet(connection).receive(5.0)
        connection.sendall(raw)
        connection.close()

    return talk


def test_without_a_server_there_is_no_answer_and_nothing_is_made(
    place: Place, question: Question
) -> None:
    assert client.ask(question) is None
    assert client.status() is None
    assert client.stop() is False
    assert not place.folder.exists()


@pytest.mark.parametrize(
    "talk",
    [
        lambda connection: None,
        lambda connection: connection.close(),
        lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
        greet,
        replies(b""),
        replies(b'{"failure": "out of memory"}\n'),
        replies(b'{"answers": [["ls"]]}\n'),
        replies(b'{"answers": '),
        replies(b"\n" * 100),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_stuck_or_talks_nonsense_is_done_without(
    pretend: Callable[[Talk], None], question: Question, talk: Talk
) -> None:
    pretend(talk)
    began = time.monotonic()
    assert client.ask(question) is None
    assert time.monotonic() - began < 10.0


def test_a_server_of_another_build_is_told_to_leave_and_not_asked(
    pretend: Callable[[Talk], None], question: Question
) -> None:
    requests = []

    def talk(connection: socket.socket) -> None:
        requests.append(greet(connection, "another").receive(5.0))

    pretend(talk)
    assert client.ask(question) is None
    ends = time.monotonic() + 5.0
    while not requests:
        assert time.monotonic() < ends
        time.sleep(0.01)
    assert requests == [{"do": "leave"}]


def test_a_server_is_not_asked_where_it_is_not_wanted(
    pretend: Callable[[Talk], None], question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[socket.socket] = []
    pretend(asked.append)
    monkeypatch.setenv("CODEFUSION_WARM", "0")
    assert client.ask(question) is None
    assert not asked


def test_the_build_tells_other_arithmetic_and_other_libraries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    builds = {build_of_this_process()}
    assert builds == {build_of_this_process()}
    monkeypatch.setenv("OMP_NUM_THREADS", "37")
    builds.add(build_of_this_process())
    libraries = tmp_path / "site-packages"
    libraries.mkdir()
    monkeypatch.syspath_prepend(str(libraries))
    builds.add(build_of_this_process())
    (libraries / "new.py").write_text("")
    os.utime(libraries, (1, 1))
    builds.add(build_of_this_process())
    assert len(builds) == 4


def wait_for_greeting(place: Place) -> None:
    ends = time.monotonic() + 30.0
    while "version" not in (client.status() or {}):
        assert time.monotonic() < ends, place.log.read_text()
        time.sleep(0.05)


def test_of_two_servers_started_at_once_one_stays_and_can_be_stopped(
    place: Place, checkpoint: Path
) -> None:
    started = [client.start(checkpoint) for _ in range(2)]
    wait_for_greeting(place)
    ends = time.monotonic() + 30.0
    while all(one.poll() is None for one in started):
        assert time.monotonic() < ends
        time.sleep(0.05)
    (loser,) = [one for one in started if one.poll() is not None]
    (winner,) = [one for one in started if one is not loser]
    assert loser.returncode == 1
    assert "another server is running\n" in place.log.read_text()
    assert place.server() == winner.pid
    assert client.stop() is True
    assert winner.wait(10.0) == 0
    assert not place.address.exists()


def test_a_stuck_server_is_done_without_and_can_be_ended(
    place: Place, checkpoint: Path, question: Question, impatient: None
) -> None:
    process = client.start(checkpoint)
    wait_for_greeting(place)
    process.send_signal(signal.SIGSTOP)
    assert client.ask(question) is None
    assert client.status() == {"pid": process.pid}
    assert client.stop() is True
    assert process.wait(10.0) == -signal.SIGKILL
    # The socket of a killed server is left over, and in nobody's way.
    assert place.address.exists()
    assert client.ask(question) is None
    again = client.start(checkpoint)
    wait_for_greeting(place)
    assert client.stop() is True
    again.wait(10.0)


def test_why_a_server_did_not_start_is_told(place: Place, checkpoint: Path) -> None:
    place.make()
    place.address.mkdir()
    with pytest.raises(UsageError, match=r"did not start: .*warm\.sock"):
        client.wait_until_ready(client.start(checkpoint))


@pytest.mark.slow
def test_a_server_that_cannot_load_its_first_model_leaves_and_says_why(
    place: Place, tmp_path: Path
) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    process = client.start(tmp_path)
    with pytest.raises(UsageError, match=r"did not start: the checkpoint .* is incomplete"):
        client.wait_until_ready(process)
    assert process.wait(10.0) == 0
    assert client.status() is None


def test_asking_imports_nothing_heavy() -> None:
    code = (
        "import sys, codefusion.warm.client; print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
