"""Load on `codefusion serve`: many clients at once, sick ones among them, beside no batching.

Run: python benchmarks/serving.py [--model cf] [--clients 64] [--seconds 60] [--samples 4]

Two servers, each a fresh process, take the same load one after the other: one that draws waiting
requests together, and one that draws each alone. Every client asks again as soon as it has its
answer, each time with a new prompt; told to come back (429), it waits a second. `--sick` more
never read the stream that they asked for, or leave in the middle of it, again and again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import psutil

PROMPT = "highlight cells greater than {}"
ALONE = ("--batch", "1")


@dataclass
class Outcome:
    """What one server did under load; times in seconds, memory in MiB."""

    title: str
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    requests_a_batch: float = 0.0
    exit_code: int | None = None
    said: str = ""

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return self.statuses["200"] / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency that this share of the answers is below."""
        ordered = sorted(self.latencies)
        return (
            ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
        )

    def rest(self) -> float:
        """Return how much memory a third of the run took at most, once a fifth has warmed it up."""
        start = len(self.memory) // 5
        return max(self.memory[start : start + len(self.memory) // 3])


class Server:
    """A server process on a free port."""

    def __init__(self, model: str, options: Sequence[str]) -> None:
        command = [sys.executable, "-m", "codefusion", "serve", model, "--port", "0", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found is None:
            sys.exit(f"the server did not start: {line}")
        self.port = int(found[1])
        self._said: list[str] = []
        # A pipe that nobody reads would stop the server once it is full.
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self._said += self.process.stderr

    def said(self) -> str:
        """Return all that it wrote on stderr, once it has ended."""
        self._reader.join(10)
        return "".join(self._said)

    def memory(self) -> float:
        """Return what it takes now, in MiB."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20

    def requests_a_batch(self) -> float:
        """Return the mean that the metrics tell."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        total, count = (
            float(re.search(rf"codefusion_batch_requests_{name}{{.*}} (\S+)", text)[1])  # type: ignore[index]
            for name in ("sum", "count")
        )
        return total / count

    def stop(self) -> int:
        """Stop it as a service manager does; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)


def body(args: argparse.Namespace, number: int, stream: bool = False) -> bytes:
    asked = {"prompt": PROMPT.format(number), "model": args.model, "samples": args.samples}
    asked |= {"n": min(args.samples, 5), "steps": args.steps, "seed": number, "stream": stream}
    return json.dumps({**asked, "trace": stream}).encode()


def healthy(port: int, args: argparse.Namespace, who: int, end: float, outcome: Outcome) -> None:
    """Ask one request after the other until the end."""
    number = who * 100_000
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    while time.monotonic() < end:
        number += 1
        start = time.monotonic()
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/generate", body(args, number), headers)
            response = connection.getresponse()
            content = response.read()
            status = str(response.status)
        except (OSError, HTTPException) as error:
            connection.close()
            status, content = type(error).__name__, b""
        if status == "200" and not json.loads(content)["candidates"]:
            status = "empty"
        if status == "200":
            outcome.latencies.append(time.monotonic() - start)
        outcome.statuses[status] += 1  # of one thread each time: the lock of the interpreter holds
        if status == "429":
            time.sleep(1.0)


def sick(port: int, args: argparse.Namespace, who: int, end: float) -> None:
    """Ask for streams and read nothing, or a little and leave."""
    number = 50_000_000 + who * 100_000
    while time.monotonic() < end:
        number += 1
        content = body(args, number, stream=True)
        head = (
            f"POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n"
        )
        # A server may well cut it off.
        with contextlib.suppress(OSError), socket.socket() as client:
            client.settimeout(60)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", port))
            client.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + content)
            if who % 2:
                client.recv(200)
            else:
                time.sleep(min(5.0, max(0.0, end - time.monotonic())))


def measure(title: str, options: Sequence[str], args: argparse.Namespace) -> Outcome:
    """Put a fresh server under load."""
    server = Server(args.model, options)
    outcome = Outcome(title)
    warm = Outcome("")
    healthy(server.port, args, 999, time.monotonic() + 1.0, warm)
    start = time.monotonic()
    end = start + args.seconds
    threads = [
        threading.Thread(target=healthy, args=(server.port, args, who, end, outcome))
        for who in range(args.clients)
    ]
    threads += [
        threading.Thread(target=sick, args=(server.port, args, who, end))
        for who in range(args.sick)
    ]
    for one in threads:
        one.start()
    while time.monotonic() < end:
        outcome.memory.append(server.memory())
        time.sleep(0.5)
    for one in threads:
        one.join()
    # Until the last answer: those that were under way at the end count, and so does their time.
    outcome.seconds = time.monotonic() - start
    outcome.requests_a_batch = server.requests_a_batch()
    outcome.exit_code = server.stop()
    outcome.said = server.said()
    return outcome


def show(outcomes: Sequence[Outcome]) -> None:
    first = outcomes[-1].throughput
    print(
        "| server | answers/s | ratio | p50 s | p99 s | requests a batch | memory MiB | statuses |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for one in outcomes:
        statuses = ", ".join(f"{count} x {name}" for name, count in sorted(one.statuses.items()))
        ratio = one.throughput / first if first else float("nan")
        print(
            f"| {one.title} | {one.throughput:.2f} | {ratio:.2f} | {one.percentile(0.5):.2f} | "
            f"{one.percentile(0.99):.2f} | {one.requests_a_batch:.1f} | "
            f"{one.rest():.0f}, then at most {max(one.memory[len(one.memory) // 2 :]):.0f} | "
            f"{statuses}; exit {one.exit_code} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="cf")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--sick", type=int, default=4)
    args = parser.parse_args()
    outcomes = [measure("batched", (), args), measure("each alone", ALONE, args)]
    show(outcomes)
    # The one without batches may be late; it is there to compare with.
    wrong = outcomes[0].statuses.keys() - {"200", "429", "503"}
    for one in outcomes:
        if one.said or one.exit_code:
            sys.exit(f"the server {one.title!r} ended with {one.exit_code}, and said:\n{one.said}")
    if wrong:
        sys.exit(f"answers that are not documented: {', '.join(sorted(wrong))}")


if __name__ == "__main__":
    main()
