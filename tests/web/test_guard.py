"""Who may ask, and how much."""

import socket
import time

import pytest

ASKING = ("/api/models", "/v1/models", "/metrics", "/openapi.json")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80", "LOCALHOST:8707"])
def test_names_of_this_machine_are_answered(server, host):
    assert server.ask("GET", "/api/models", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "a@b"])
def test_a_host_that_is_not_this_machine_is_refused(server, host):
    answer = server.ask("GET", "/api/models", Host=host)
    assert answer.status == 403
    assert answer.error["code"] == "forbidden_host"


def test_an_allowed_name_is_answered(start):
    named = start(hosts=["coder.example"])
    assert named.ask("GET", "/api/models", Host="coder.example:8707").status == 200
    assert named.ask("GET", "/api/models", Host="other.example").status == 403


def test_pages_of_other_sites_may_not_ask(server):
    own = server.url
    assert server.ask("GET", "/api/models", Origin=own).status == 200
    for other in ("http://evil.example", "null", "http://localhost:1"):
        answer = server.ask("GET", "/api/models", Origin=other)
        assert (answer.status, answer.error["code"]) == (403, "forbidden_origin")


def test_no_answer_lets_other_sites_read_it(server):
    asked = {"Origin": server.url, "Access-Control-Request-Method": "POST"}
    for answer in (
        server.ask("GET", "/api/models", **asked),
        server.ask("OPTIONS", "/api/generate", **asked),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_without_the_key_nothing_is_answered_but_health_and_the_page(start):
    locked = start(key="sëcret")
    for given in ("", "Bearer", "Bearer guess", "Basic sëcret", "Bearer sëcrets", "sëcret"):
        for path in ASKING:
            sent = given.encode()
            answer = locked.ask("GET", path, Authorization=sent)
            assert (answer.status, answer.error["code"]) == (401, "invalid_api_key")
            assert answer.headers["www-authenticate"] == "Bearer"
    for path in ASKING:
        assert locked.ask("GET", path, Authorization="Bearer sëcret".encode()).status == 200
    assert locked.ask("GET", "/health/ready", Authorization="").status == 200
    assert locked.ask("GET", "/", Authorization="").status in (200, 404)


def test_a_body_over_the_limit_is_refused_before_it_is_read(server):
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(
            b"POST /api/generate HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 9999999\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_say_how_long_it_is_is_counted(server):
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(
            b"POST /api/generate HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(6):
            client.sendall(chunk)
        with client.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_come_is_not_waited_for(start):
    hasty = start(body=0.3)
    with socket.create_connection(("127.0.0.1", hasty.port)) as client:
        client.sendall(
            b"POST /api/generate HTTP/1.1\r\nHost: localhost\r\n"
            b'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"prompt": '
        )
        client.settimeout(10)
        assert client.recv(100).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET /health/live HTTP/1.1\r\nHost: a\r\n"])
def test_who_does_not_finish_what_it_began_to_ask_is_cut_off(start, sent):
    hasty = start(idle=0.5)
    with socket.create_connection(("127.0.0.1", hasty.port)) as client:
        client.sendall(sent)
        client.settimeout(10)
        begin = time.monotonic()
        assert client.recv(100) == b""
        assert time.monotonic() - begin < 5


def test_what_is_not_there_and_what_is_asked_wrongly_is_told_in_the_same_form(server):
    gone = server.ask("GET", "/api/nothing")
    assert (gone.status, gone.error["code"]) == (404, "not_found")
    wrong = server.ask("GET", "/api/generate")
    assert (wrong.status, wrong.error["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"
    assert server.ask("GET", "/../../etc/passwd").status == 404
