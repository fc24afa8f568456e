"""What a warm server saves: `codefusion ask -1` cold and warm by turns, in processes of their own.

Run: python benchmarks/warm.py [--repeats 7]   (exit code 1 if an answer differs)
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

CODEFUSION = (sys.executable, "-m", "codefusion")
SENTENCE = "list all files larger than {} MB"


@dataclass(frozen=True)
class Run:
    """One command from its start to its end; `processor` is what it took of all cores."""

    seconds: float
    processor: float
    printed: str


def run(environment: dict[str, str], *arguments: str) -> Run:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        [*CODEFUSION, *arguments], check=True, capture_output=True, text=True, env=environment
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, processor, done.stdout)


def described(name: str, runs: Sequence[Run]) -> str:
    times = sorted(one.seconds for one in runs)
    processor = statistics.median(one.processor for one in runs)
    return (
        f"{name:<6} median {statistics.median(times):6.2f} s  min {times[0]:6.2f} s  "
        f"max {times[-1]:6.2f} s  processor time of the command {processor:5.2f} s"
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory(prefix="cf") as folder:
        warm = {**os.environ, "XDG_RUNTIME_DIR": folder}
        warm.pop("CODEFUSION_WARM", None)
        cold = {**warm, "CODEFUSION_WARM": "0"}
        try:
            print(f"start, until it can answer: {run(warm, 'warm', 'start').seconds:.1f} s")
            pairs = []
            for number in range(repeats + 1):
                question = ("ask", "-1", SENTENCE.format(10 + number))
                pairs.append((run(cold, *question), run(warm, *question)))
                print("{:.2f} s cold, {:.2f} s warm".format(*(one.seconds for one in pairs[-1])))
            # Fails if the server has left, as it does when a library is installed meanwhile.
            print(run(warm, "warm", "status").printed, end="")
        finally:
            subprocess.run([*CODEFUSION, "warm", "stop"], env=warm, capture_output=True)
    pairs = pairs[1:]  # the first fill the disk cache
    for name, runs in zip(("cold", "warm"), zip(*pairs, strict=True), strict=True):
        print(described(name, runs))
    ratios = sorted(one.seconds / other.seconds for one, other in pairs)
    differ = sum(one.printed != other.printed for one, other in pairs)
    print(
        f"cold / warm: median {statistics.median(ratios):.1f} (from {ratios[0]:.1f} to "
        f"{ratios[-1]:.1f}); {differ} of {repeats} answers differ; load {os.getloadavg()[0]:.1f} "
        f"on {os.cpu_count()} cores"
    )
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
