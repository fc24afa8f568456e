import email.utils
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from codefusion.data.examples import Example
from codefusion.errors import CodeFusionError, UsageError
from codefusion.evaluation.grading import Prediction
from codefusion.systems.endpoint import EndpointSystem
from codefusion.systems.http_json import EndpointError

KEY = "sk-very-secret"


class Server(ThreadingHTTPServer):
    """Gives its scripted answers one after the other, the last one for ever, and keeps what it
    was asked. An answer is (status, headers, body); a number is a pause in seconds before `[]`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Any] = []
        self.bodies: list[Any] = []
        self.paths: list[str] = []
        self.keys: list[str | None] = []
        self.times: list[float] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.times.append(time.monotonic())
        self.server.paths.append(self.path)
        self.server.keys.append(self.headers["Authorization"])
        self.server.bodies.append(json.loads(body))
        script = self.server.script
        answer = script.pop(0) if len(script) > 1 else script[0]
        if callable(answer):
            answer = answer(self.server.bodies[-1])
        if isinstance(answer, float):
            time.sleep(answer)
            answer = (200, {}, "[]")
        status, headers, content = answer
        if isinstance(content, str):
            content = content.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(headers.get("Promised", len(content))))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def chat(*answers: str | None) -> tuple[int, dict[str, str], str]:
    choices = [{"index": i, "message": {"content": one}} for i, one in enumerate(answers)]
    return 200, {}, json.dumps({"choices": choices})


def refusal(status: int, message: str = "no", **headers: str) -> tuple[int, dict[str, str], str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps({"error": {"message": message}})


QUICK: dict[str, Any] = {"shots": 0, "samples": 3, "backoff": 0.0, "timeout": 5.0, "retries": 2}
ROW = Example("list all files", "ls -A", "bash")


def answer(server: Server, *script: Any, **options: Any) -> Prediction:
    server.script = list(script)
    (found,) = EndpointSystem(server.url, "tiny", **{**QUICK, **options}).predict([ROW])
    assert found.example == ROW
    return found


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


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(server: Server, status: int) -> None:
    found = answer(server, refusal(status), refusal(status), chat("ls", "ls", "ls"))
    assert found.candidates == ("ls",)
    assert server.bodies[0] == server.bodies[1] == server.bodies[2]


def test_pauses_double(server: Server) -> None:
    answer(server, refusal(429), refusal(429), chat("ls", "ls", "ls"), backoff=0.1)
    first, second, third = server.times
    assert second - first >= 0.1
    assert third - second >= 0.2


def test_the_pause_that_the_server_asks_for_is_kept(server: Server) -> None:
    asked = refusal(429, Retry_After="0.3")
    answer(server, asked, chat("ls", "ls", "ls"), backoff=60.0)
    assert 0.3 <= server.times[1] - server.times[0] < 5.0


@pytest.mark.parametrize("seconds", [-5, 1])
def test_the_pause_may_be_a_date(server: Server, seconds: int) -> None:
    date = email.utils.formatdate(time.time() + seconds, usegmt=True)
    answer(server, refusal(503, Retry_After=date), chat("ls", "ls", "ls"), backoff=60.0)
    assert server.times[1] - server.times[0] < 5.0


def test_an_hour_is_not_waited_for(server: Server) -> None:
    found = answer(server, refusal(429, "quota", Retry_After="3600"), chat("ls"))
    assert found.error == f"{server.url} answered 429: quota at the first try"


def test_a_server_that_always_fails_is_an_error_of_the_row_after_all_tries(server: Server) -> None:
    found = answer(server, (500, {}, "<h1>Oops</h1>"), retries=3)
    assert found.candidates == ()
    assert found.error == f"{server.url} answered 500: <h1>Oops</h1> after 4 tries"
    assert len(server.bodies) == 4


def test_a_slow_server_is_an_error_of_the_row_and_the_next_row_goes_on(server: Server) -> None:
    server.script = [3.0, chat("ls", "ls", "ls")]
    options = {**QUICK, "timeout": 0.7, "retries": 0}
    slow, quick = EndpointSystem(server.url, "tiny", **options).predict([ROW, ROW])
    assert slow.error == f"{server.url} did not answer within 0.7 s at the first try"
    assert quick.candidates == ("ls",)


def test_an_answer_that_breaks_off_is_tried_again(server: Server) -> None:
    found = answer(server, (200, {"Promised": "99"}, "{"), chat("ls", "ls", "ls"))
    assert found.candidates == ("ls",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{not json", "no JSON: {not json"),
        (b"\xff", "no JSON"),
        ("[]", "without choices"),
        ('{"choices": []}', "without choices"),
        ('{"choices": [{}]}', "a choice without text"),
        ('{"choices": [{"message": {"content": 3}}]}', "a choice without text"),
        ('{"choices": [null]}', "a choice without text"),
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error_of_the_row(
    server: Server, content: str, reason: str
) -> None:
    found = answer(server, (200, {}, content))
    assert found.candidates == ()
    assert reason in str(found.error)
    assert "\n" not in str(found.error)


def test_half_a_surrogate_pair_does_not_get_into_a_program(server: Server) -> None:
    found = answer(server, (200, {}, '{"choices": [{"message": {"content": "ls \\ud83d"}}]}'))
    assert found.candidates == ("ls ?",)


def test_a_refused_key_stops_the_system_and_is_not_repeated(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_KEY", f" {KEY}\n")
    with pytest.raises(EndpointError, match="key was refused") as caught:
        answer(server, refusal(401, f"Incorrect key: {KEY}"), api_key_env="TINY_KEY")
    assert server.keys == [f"Bearer {KEY}"]
    assert KEY not in str(caught.value)
    system = EndpointSystem(server.url, "tiny", shots=0, api_key_env="TINY_KEY")
    assert KEY not in str(system.describe())
    assert KEY not in repr(system._connection)


def test_without_a_key_none_is_sent_and_a_server_that_wants_one_says_so(server: Server) -> None:
    with pytest.raises(EndpointError, match="set api_key_env"):
        answer(server, refusal(401, "no key"))
    assert server.keys == [None]


def test_a_key_that_no_header_can_hold_is_refused_without_being_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TINY_KEY", "sk\nvery\nsecret")
    with pytest.raises(UsageError, match="API key") as caught:
        EndpointSystem("http://h/v1", "m", shots=0, api_key_env="TINY_KEY")
    assert "secret" not in str(caught.value)
    monkeypatch.delenv("TINY_KEY")
    with pytest.raises(UsageError, match="TINY_KEY holds no API key"):
        EndpointSystem("http://h/v1", "m", shots=0, api_key_env="TINY_KEY")


def test_a_wrong_address_or_model_stops_the_system(server: Server) -> None:
    with pytest.raises(EndpointError, match=r"answered 404: no such model.*end in /v1"):
        answer(server, refusal(404, "no such model"))


def test_a_redirect_is_not_followed_with_the_key(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_KEY", KEY)
    elsewhere = refusal(302, "moved", Location=f"{server.url}/other")
    with pytest.raises(EndpointError, match="name the final URL"):
        answer(server, elsewhere, api_key_env="TINY_KEY")
    assert len(server.paths) == 1


def test_nobody_listening_stops_the_system() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    system = EndpointSystem(f"http://127.0.0.1:{port}/v1", "tiny", **QUICK)
    with pytest.raises(CodeFusionError, match=r"cannot reach .*is the server running") as caught:
        list(system.predict([ROW]))
    assert "\n" not in str(caught.value)


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
