import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from codefusion.warm.protocol import (
    MOST_BYTES,
    Channel,
    ProtocolError,
    Question,
    read_answers,
)

QUESTION = Question("/folder", "list files", "bash", k=5, steps=8, seed=0)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Channel]]:
    """What is sent into the first is received by the second."""
    one, other = socket.socketpair()
    with one, other:
        yield one, Channel(other)


def test_objects_arrive_one_by_one_however_they_are_cut(
    ends: tuple[socket.socket, Channel],
) -> None:
    raw, channel = ends
    raw.sendall(b'{"a": 1}\n\n\n{"b"')
    assert channel.receive(1.0) == {"a": 1}
    raw.sendall(b': 2}\n{"c": 3}\n')
    assert [channel.receive(1.0), channel.receive(1.0)] == [{"b": 2}, {"c": 3}]


@pytest.mark.parametrize("utterance", ["liste tous les fichiers é 日本", "a\nb\0c", "\udcff", ""])
def test_a_question_arrives_as_it_was_asked(utterance: str) -> None:
    one, other = socket.socketpair()
    with one, other:
        asked = replace(QUESTION, utterance=utterance, draft=utterance, keep=(utterance, "x"))
        Channel(one).send({"question": asked.as_json()})
        assert Question.read(Channel(other).receive(1.0)["question"]) == asked


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\n",
        b"[1, 2]\n",
        b"null\n",
        b'{"a": 1\n',
        b"\xff\xfe\n",
        b"[" * (MOST_BYTES // 2) + b"\n",
        b'{"a": ' + b"9" * 5000 + b"}\n",
        b"x" * (2 * MOST_BYTES + 1),
    ],
)
def test_garbage_is_refused(ends: tuple[socket.socket, Channel], garbage: bytes) -> None:
    raw, channel = ends
    thread = threading.Thread(target=raw.sendall, args=[garbage])
    thread.start()
    with pytest.raises(ProtocolError):
        channel.receive(5.0)
    thread.join()


def test_a_line_that_is_cut_short_is_refused(ends: tuple[socket.socket, Channel]) -> None:
    raw, channel = ends
    raw.sendall(b'{"a": 1}')
    raw.close()
    with pytest.raises(ProtocolError, match="cut short"):
        channel.receive(5.0)


def test_nobody_is_waited_for_longer_than_said(ends: tuple[socket.socket, Channel]) -> None:
    raw, channel = ends

    def drip() -> None:
        for _ in range(10):
            raw.sendall(b"\n")
            time.sleep(0.05)

    began = time.monotonic()
    with pytest.raises(TimeoutError):  # silent
        channel.receive(60.0, silence=0.1)
    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(TimeoutError):  # gives signs of life, but no answer
        channel.receive(0.3, silence=0.2)
    assert time.monotonic() - began < 10.0
    thread.join()


def test_a_sign_of_life_makes_a_client_wait_on(ends: tuple[socket.socket, Channel]) -> None:
    raw, channel = ends

    def answer_late() -> None:
        for _ in range(6):
            time.sleep(0.05)
            Channel(raw).send_sign()
        Channel(raw).send({"late": True})

    thread = threading.Thread(target=answer_late)
    thread.start()
    assert channel.receive(10.0, silence=0.2) == {"late": True}
    thread.join()


def test_what_is_too_long_is_not_sent(ends: tuple[socket.socket, Channel]) -> None:
    raw, _ = ends
    with pytest.raises(ProtocolError, match="too many"):
        Channel(raw).send({"utterance": "x" * MOST_BYTES})


@pytest.mark.parametrize(
    "changed",
    [
        {"k": "5"},
        {"k": True},
        {"k": 0},
        {"k": 10**9},
        {"seed": 1.5},
        {"folder": None},
        {"draft": 1},
        {"keep": "ls"},
        {"keep": [1]},
        {"strength": "1"},
        {"more": 1},
    ],
)
def test_what_is_no_question_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        Question.read({**QUESTION.as_json(), **changed})
    with pytest.raises(ProtocolError):
        Question.read(list(QUESTION.as_json()))


@pytest.mark.parametrize("content", [None, 5, ["ls"], [["ls"]], [["ls", "much"]], [["ls", 1, 2]]])
def test_what_are_no_answers_is_refused(content: object) -> None:
    with pytest.raises(ProtocolError):
        read_answers(content)
