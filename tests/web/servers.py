"""A real server on a free port of this machine, and a client that hides nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from signal import SIGTERM
from typing import Any

from codefusion.pipeline import CodePipeline
from codefusion.web.limits import Limits
from codefusion.web.metrics import Metrics
from codefusion.web.served import ServedModel
from codefusion.web.server import Server, bind, make_server
from codefusion.web.service import Service


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def error(self) -> dict[str, Any]:
        """Check that it is an error in OpenAI's form, told in one line, and return it."""
        assert self.status >= 400, self
        (detail,) = self.json.values()
        assert set(detail) == {"message", "type", "param", "code"}
        assert detail["message"]
        assert "\n" not in detail["message"]
        return detail

    @property
    def events(self) -> list[tuple[str, Any]]:
        """The server-sent events: (name, content)."""
        assert self.headers["content-type"].startswith("text/event-stream"), self
        found = []
        for block in self.content.decode().removesuffix("\n\n").split("\n\n"):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        return found


@dataclass
class Running:
    """A server at work."""

    port: int
    server: Server
    service: Service
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask on a connection of its own; what is not bytes goes as JSON."""
        sent = {**self.headers, **{name.replace("_", "-"): one for name, one in headers.items()}}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        found = {name.lower(): one for name, one in response.getheaders()}
        answer = Answer(response.status, found, response.read())
        connection.close()
        return answer

    def generate(self, **fields: Any) -> Answer:
        """Ask for programs, few and fast unless the fields say otherwise."""
        asked = {"prompt": "list all files", "model": "bash", "n": 2, "samples": 2, "steps": 2}
        return self.ask("POST", "/api/generate", {**asked, **fields})

    def counted(self, name: str, **labels: str) -> float:
        """Return what the metrics say of a name, all series with those labels added up."""
        total = 0.0
        for line in self.ask("GET", "/metrics").content.decode().splitlines():
            series, _, value = line.rpartition(" ")
            if series.split("{")[0] == name and all(
                f'{label}="{one}"' in series for label, one in labels.items()
            ):
                total += float(value)
        return total


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call all at once and return what each returned."""
    results: list[Any] = [None] * len(calls)

    def keep(place: int) -> None:
        results[place] = calls[place]()

    threads = [threading.Thread(target=keep, args=(place,)) for place in range(len(calls))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return results


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds; fail when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def running(
    pipelines: Mapping[str, CodePipeline],
    limits: Limits,
    key: str | None = None,
    hosts: Sequence[str] = (),
) -> Iterator[Running]:
    """Run a server on a thread, and stop it as SIGTERM does."""
    models = {name: ServedModel(name, pipeline) for name, pipeline in pipelines.items()}
    service = Service(models, limits, Metrics())
    listens = threading.Event()
    taken = bind("127.0.0.1", 0)
    server = make_server(service, key, hosts, on_start=listens.set)
    thread = threading.Thread(target=server.run, args=([taken],))
    port = taken.getsockname()[1]
    thread.start()
    try:
        assert listens.wait(20)
        yield Running(port, server, service, {"Authorization": f"Bearer {key}"} if key else {})
    finally:
        server.handle_exit(SIGTERM, None)
        thread.join(30)
        service.close()
        assert not thread.is_alive()
