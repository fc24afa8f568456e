"""When a server fails: what is tried again, what is an error of its row, what stops the system."""

import email.utils
import socket
import time

import pytest
from scripted_server import QUICK, ROW, Server, answer, chat, refusal

from codefusion.errors import CodeFusionError, UsageError
from codefusion.systems.endpoint import EndpointSystem
from codefusion.systems.http_json import EndpointError

KEY = "sk-very-secret"


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
