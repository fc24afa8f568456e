"""What the endpoint system asks of a server, and what it makes of the answers."""

import json
import threading
import time
from typing import Any

import pytest
from scripted_server import QUICK, ROW, Server, answer, chat, refusal

from codefusion.data.examples import Example
from codefusion.errors import UsageError
from codefusion.evaluation.grading import Prediction
from codefusion.systems.endpoint import EndpointSystem


def test_answers_are_deduplicated_and_the_most_frequent_come_first(server: Server) -> None:
    found = answer(server, chat("ls", "```bash\nls -a\n```", "ls  -a", "`ls`", "ls -a"), samples=5)
    assert found == Prediction(ROW, ("ls -a", "ls"))
    assert server.paths == ["/v1/chat/completions"]
    assert len(server.bodies) == 1


def test_at_most_five_programs_and_none_empty(server: Server) -> None:
    found = answer(server, chat("", None, *(f"ls {n}" for n in range(7))), samples=9)
    assert found.candidates == tuple(f"ls {n}" for n in range(5))


def test_the_request_holds_the_five_nearest_examples_nearest_last_and_never_the_gold(
    server: Server,
) -> None:
    train = [Example("list all files", "ls", "bash"), Example("who is there", "who", "bash")]
    train += [Example(f"list {n} files", f"ls | head -{n}", "bash") for n in range(6)]
    answer(server, chat("ls"), train=train, shots=5, temperature=0.5, max_tokens=7, samples=1)
    (body,) = server.bodies
    assert (body["model"], body["temperature"], body["max_tokens"], body["n"]) == (
        "tiny",
        0.5,
        7,
        1,
    )
    asked = [one["content"] for one in body["messages"] if one["role"] == "user"]
    given = [one["content"] for one in body["messages"] if one["role"] == "assistant"]
    assert len(given) == 5
    assert (asked[-1], asked[-2], given[-1]) == (
        "bash: list all files",
        "bash: list all files",
        "ls",
    )
    assert "who" not in given
    assert ROW.code not in json.dumps(body)


def test_completions_continue_a_text_and_end_at_an_empty_line(server: Server) -> None:
    train = [Example("who is there", "who", "bash")]
    texts = {"choices": [{"text": " ls -l\n\n# bash: more\n"}]}
    found = answer(
        server, (200, {}, json.dumps(texts)), api="completions", train=train, shots=1, samples=1
    )
    assert found.candidates == ("ls -l",)
    assert server.paths == ["/v1/completions"]
    assert server.bodies[0]["prompt"] == "# bash: who is there\nwho\n\n# bash: list all files\n"


def test_a_server_that_ignores_n_is_asked_again_with_other_seeds(server: Server) -> None:
    found = answer(server, chat("ls"), chat("dir"), chat("dir"), samples=3)
    assert found.candidates == ("dir", "ls")
    assert [one["n"] for one in server.bodies] == [3, 2, 1]
    assert len({one["seed"] for one in server.bodies}) == 3


def test_a_server_that_refuses_n_is_asked_one_by_one_from_then_on(server: Server) -> None:
    def one_only(body: Any) -> Any:
        return chat("ls") if body["n"] == 1 else refusal(400, "Only one choice is allowed")

    server.script = [one_only]
    found = list(EndpointSystem(server.url, "tiny", **QUICK).predict([ROW, ROW]))
    assert [one.candidates for one in found] == [("ls",), ("ls",)]
    assert [one["n"] for one in server.bodies] == [3, 1, 1, 1, 1, 1, 1]


def test_what_the_server_will_not_do_is_an_error_of_its_row_and_no_verdict_on_n(
    server: Server,
) -> None:
    def by_length(body: Any) -> Any:
        long = len(body["messages"][-1]["content"]) > 100
        return refusal(400, "too long\nby far") if long else chat(*["ls"] * body["n"])

    server.script = [by_length]
    long = Example("list " * 50, "ls", "bash")
    first, last = EndpointSystem(server.url, "tiny", **QUICK).predict([long, ROW])
    assert first.candidates == ()
    assert first.error == f"{server.url} answered 400: too long by far"
    assert last == Prediction(ROW, ("ls",))
    assert server.bodies[-1]["n"] == 3


def test_half_a_surrogate_pair_does_not_get_into_a_program(server: Server) -> None:
    found = answer(server, (200, {}, '{"choices": [{"message": {"content": "ls \\ud83d"}}]}'))
    assert found.candidates == ("ls ?",)


def test_concurrent_requests_keep_the_order_of_the_examples(server: Server) -> None:
    together = threading.Barrier(3, timeout=5.0)

    def number(body: Any) -> Any:
        utterance = body["messages"][-1]["content"]
        together.wait()
        time.sleep(0.02 * (9 - int(utterance.split()[-1])))
        return chat(f"echo {utterance.split()[-1]}")

    server.script = [number]
    rows = [Example(f"print {n}", "?", "bash") for n in range(9)]
    system = EndpointSystem(server.url, "tiny", **{**QUICK, "samples": 1, "concurrency": 3})
    found = list(system.predict(rows))
    assert [one.candidates for one in found] == [(f"echo {n}",) for n in range(9)]


def test_further_fields_replace_ours_and_null_leaves_one_out(server: Server) -> None:
    fields = {"max_tokens": None, "max_completion_tokens": 9, "seed": None, "top_p": 0.5}
    answer(server, chat("ls"), body=fields, samples=1)
    (body,) = server.bodies
    assert {"max_tokens", "seed"}.isdisjoint(body)
    assert (body["max_completion_tokens"], body["top_p"]) == (9, 0.5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "localhost:8000/v1"}, "a URL such as http://"),
        ({"url": "file:///etc/passwd"}, "a URL such as http://"),
        ({"url": "http://me:secret@h/v1"}, "no password"),
        ({"url": "http://h/v1?key=secret"}, "no password"),
        ({"api": "chats"}, "did you mean 'chat'"),
        ({"samples": 0}, "samples must be at least 1, got 0"),
        ({"concurrency": 0}, "concurrency must be at least 1"),
        ({"temperature": -1.0}, "must not be below 0"),
        ({"timeout": 0.0}, "timeout must be above 0"),
        ({"shots": 2}, "need training examples"),
    ],
)
def test_a_wrong_option_is_refused(options: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        EndpointSystem(**{"url": "http://h/v1", "model": "m", "shots": 0, **options})
    assert "secret" not in str(caught.value)


def test_it_describes_the_server_the_model_and_the_settings() -> None:
    described = EndpointSystem("http://h/v1", "m", shots=0, body={"top_p": 0.5}).describe()
    assert described["parameters"] == "unknown"
    assert (described["url"], described["model"], described["top_p"]) == ("http://h/v1", "m", "0.5")
    assert all(isinstance(value, str | int | float) for value in described.values())
