"""The process: its port, its start line, and an end that loses no request."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection, HTTPException

import pytest
from servers import together, wait_until

from codefusion.cli.main import main
from codefusion.web.server import is_loopback


@pytest.fixture
def refused(monkeypatch, capsys):
    """Return a function that runs `codefusion serve` and gives its exit code and only line."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["codefusion", "serve", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1, told.err
        return left.value.code, told.err

    return run


def test_a_port_in_use_is_told_in_one_line(refused):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, line = refused("--port", port)
    assert code == 1
    assert line == (
        f"codefusion: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "choose another --port\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--host", "0.0.0.0"], "anybody could use 0.0.0.0"),
        (["--host", "0.0.0.0", "--api-key", " "], "the API key is empty"),
        (["--host", "no.such.host.invalid", "--api-key", "x"], "cannot listen on"),
        (["nonsense"], "no model 'nonsense'"),
        (["a=bash", "a=cf"], "two models would be called 'a'"),
        (["=bash"], "is no model"),
    ],
)
def test_a_mistake_is_told_in_one_line_before_anything_is_loaded(refused, arguments, says):
    code, line = refused(*arguments)
    assert code in (1, 2)
    assert says in line


def test_only_this_machine_reaches_loopback():
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "127.1.2.3")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.2", "localhost.example")))


class Load:
    """Clients that ask again and again until the server is gone."""

    def __init__(self, port):
        self.port = port
        self.statuses = []
        self.lost = []

    def ask(self, number):
        """Whoever was let in must be answered whole."""
        body = json.dumps(
            {"prompt": "who", "seed": number, "stream": number % 2 == 0, "steps": 8, "samples": 4}
        )
        while True:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                connection.connect()
                kind = {"Content-Type": "application/json"}
                connection.request("POST", "/api/generate", body, kind)
                response = connection.getresponse()
            except (OSError, HTTPException):
                # Refused, or connected in the instant in which the socket closed: not taken.
                return
            try:
                content = response.read()
            except (OSError, HTTPException) as error:
                self.lost.append(error)
                return
            finally:
                connection.close()
            if response.status == 503:
                self.statuses.append(503)
                return
            if number % 2 == 0 and b"event: result" not in content:
                self.lost.append(content)
            self.statuses.append(response.status)

    def until(self, stop):
        """Ask from all sides; once they are at it, stop the server."""

        def stop_soon():
            wait_until(lambda: self.statuses.count(200) >= 8, 60)
            stop()

        together([*(lambda n=n: self.ask(n) for n in range(8)), stop_soon])
        assert self.lost == []
        assert set(self.statuses) == {200, 503}


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_stopping_under_load_loses_no_request_that_was_taken(start):
    server = start()
    Load(server.port).until(lambda: server.server.handle_exit(signal.SIGTERM, None))
    wait_until(lambda: not listens(server.port))


@pytest.mark.slow
def test_sigterm_under_load_loses_nothing_and_exits_with_zero(pipelines, tmp_path):
    pipelines["bash"].save_pretrained(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "codefusion", "serve", f"tiny={tmp_path}", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    with process:
        line = process.stderr.readline()
        port = int(re.search(r"serving tiny on http://127.0.0.1:(\d+) ", line)[1])
        Load(port).until(lambda: process.send_signal(signal.SIGTERM))
        assert process.wait(60) == 0
        assert process.stderr.read() == ""


def test_ready_is_told_until_it_stops(start):
    server = start()
    assert server.ask("GET", "/health/ready").status == 200
    server.server.handle_exit(signal.SIGTERM, None)
    answer = server.ask("GET", "/health/ready")
    assert (answer.status, answer.json) == (503, {"status": "stopping"})
    assert server.ask("GET", "/health/live").status == 200
    late = server.generate()
    assert (late.status, late.error["code"]) == (503, "stopping")
