"""A server that answers as a test tells it to, and the system that asks it."""

from __future__ import annotations

import contextlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from codefusion.data.examples import Example
from codefusion.evaluation.grading import Prediction
from codefusion.systems.endpoint import EndpointSystem


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
        with contextlib.suppress(BrokenPipeError):  # whoever asked may have given up
            self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


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
