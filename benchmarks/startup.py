"""How fast the commands answer: `codefusion --help` must take less than 0.3 s.

Run: python benchmarks/startup.py   (exit code 1 when the median is over the limit)
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

LIMIT = 0.3
RUNS = 9


def seconds(command: list[str]) -> list[float]:
    """Return the wall time of each run, after one to warm the disk cache."""
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return sorted(times[1:])


def main() -> int:
    bare = statistics.median(seconds([sys.executable, "-c", "pass"]))
    for arguments in (["--help"], ["generate", "--help"], ["--version"]):
        times = seconds([sys.executable, "-m", "codefusion", *arguments])
        median = statistics.median(times)
        print(
            f"codefusion {' '.join(arguments):<16} min {times[0]:.3f} s  median {median:.3f} s  "
            f"max {times[-1]:.3f} s  ({median / bare:.1f} x an empty python)"
        )
        if arguments == ["--help"] and median > LIMIT:
            print(f"over the limit of {LIMIT} s")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
