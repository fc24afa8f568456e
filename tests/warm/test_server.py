import shutil
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codefusion.errors import UsageError
from codefusion.warm import client
from codefusion.warm.answers import answer
from codefusion.warm.place import Place
from codefusion.warm.protocol import Channel, Question
from codefusion.warm.server import MOST_CLIENTS, Server

Serve = Callable[..., Server]


def test_a_server_answers_as_a_cold_run_does_whatever_was_asked_before(
    serve: Serve, question: Question
) -> None:
    cold = answer(question)
    serve()
    assert client.ask(question) == cold
    other = client.ask(replace(question, utterance="count lines", seed=7, k=3))
    assert other != cold
    assert client.ask(question) == cold
    said = client.status()
    assert said is not None
    assert (said["answered"], said["ready"], said["current"]) == (3, True, True)


def test_clients_at_the_same_time_get_each_their_own_answers(
    serve: Serve, question: Question
) -> None:
    asked = [replace(question, seed=100 * number) for number in range(4)]
    cold = [answer(one) for one in asked]
    serve()
    found: dict[int, Any] = {}

    def ask(number: int) -> None:
        found[number] = client.ask(asked[number])

    threads = [threading.Thread(target=ask, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(4)] == cold


def test_a_question_the_model_cannot_take_is_refused_in_the_same_words(
    serve: Serve, question: Question
) -> None:
    wrong = replace(question, utterance="files " * 500)
    with pytest.raises(UsageError) as cold:
        answer(wrong)
    serve()
    with pytest.raises(UsageError) as warm:
        client.ask(wrong)
    assert str(warm.value) == str(cold.value)


def test_a_changed_checkpoint_is_loaded_anew(
    serve: Serve, question: Question, make_pipeline: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(question.folder, folder)
    asked = replace(question, folder=str(folder))
    serve()
    first = client.ask(asked)
    shutil.rmtree(folder)
    make_pipeline(hidden_size=16).save_pretrained(folder)
    second = client.ask(asked)
    assert second is not None
    assert second == answer(asked) != first


def test_a_broken_checkpoint_is_left_to_a_cold_run(
    serve: Serve, question: Question, tmp_path: Path
) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    serve()
    assert client.ask(replace(question, folder=str(tmp_path))) is None
    assert client.ask(question) is not None


def send(raw: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(raw)


@pytest.mark.parametrize(
    "talk",
    [
        lambda connection: connection.close(),
        send(b"GET / HTTP/1.1\r\n\r\n"),
        send(b'{"do": "answer", "question": {"k": 1}}\n'),
        send(b'{"do": "sing"}\n'),
        send(b'{"do": ' + b"[" * 20_000 + b"\n"),
        send(b"never a newline"),
        send(b"x" * 100_000),
    ],
)
def test_a_client_that_talks_nonsense_or_not_at_all_keeps_nobody_waiting(
    serve: Serve, place: Place, question: Question, talk: Callable[[socket.socket], None]
) -> None:
    serve()
    with place.connect(1.0) as connection:
        talk(connection)
        assert client.ask(question) is not None


def test_a_client_that_asks_and_never_reads_keeps_nobody_waiting(
    serve: Serve, place: Place, question: Question
) -> None:
    serve()
    with place.connect(1.0) as connection:
        Channel(connection).send({"do": "answer", "question": question.as_json()})
        assert client.ask(question) is not None
    # And so for one that asks and goes.
    with place.connect(1.0) as connection:
        Channel(connection).send({"do": "answer", "question": question.as_json()})
    assert client.ask(question) is not None


def test_too_many_clients_are_sent_away_at_once(
    serve: Serve, place: Place, question: Question
) -> None:
    serve()
    silent = [place.connect(1.0) for _ in range(MOST_CLIENTS)]
    for connection in silent:
        assert Channel(connection).receive(5.0)["build"]
    began = time.monotonic()
    assert client.ask(question) is None
    assert time.monotonic() - began < 5.0
    for connection in silent:
        connection.close()
    ends = time.monotonic() + 10.0
    while client.ask(question) is None:
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_server_leaves_when_nobody_asks_and_takes_its_socket_along(
    serve: Serve, place: Place, question: Question
) -> None:
    serve(idle=1.0)
    assert client.ask(question) is not None
    ends = time.monotonic() + 10.0
    while place.server() is not None:
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert not place.address.exists()
    assert client.ask(question) is None


def test_a_server_whose_socket_is_gone_leaves_and_touches_no_other(
    serve: Serve, place: Place
) -> None:
    serve()
    place.address.unlink()
    place.address.write_text("somebody else's")
    ends = time.monotonic() + 10.0
    while place.server() is not None:
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert place.address.read_text() == "somebody else's"
