"""How long a call takes beside others, and how much memory it needs at its peak.

Not for what is measured: callers give functions, and commands for memory outside a GPU.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch

from codefusion.errors import CodeFusionError, UsageError

Call = Callable[[], object]

# A process starts with the peak of the one it was forked from (Linux counts it until exec), so the
# command is started by a small process and not by this one, which may hold a model.
_PEAK = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@dataclass(frozen=True)
class Latency:
    """Seconds that a call took: the median and the quartiles of `times`."""

    median: float
    low: float
    high: float
    times: tuple[float, ...] = field(repr=False)

    @classmethod
    def of(cls, times: Sequence[float]) -> Latency:
        """Sum up at least one time."""
        if len(times) == 1:
            return cls(times[0], times[0], times[0], tuple(times))
        low, median, high = statistics.quantiles(times, n=4, method="inclusive")
        return cls(median, low, high, tuple(times))

    def ratio_to(self, other: Latency) -> float:
        """Return the median of the ratios round by round, for calls measured side by side."""
        return statistics.median(a / b for a, b in zip(self.times, other.times, strict=True))


def measure_side_by_side(
    calls: Mapping[str, Call],
    repeats: int = 9,
    warmup: int = 1,
    device: torch.device | str = "cpu",
) -> dict[str, Latency]:
    """Time several calls by turns, A B A B, so that what else the machine does hits all alike."""
    if repeats < 1:
        raise UsageError(f"repeats must be at least 1, got {repeats}")
    on_gpu = torch.device(device).type == "cuda"

    def seconds(call: Call) -> float:
        if on_gpu:
            torch.cuda.synchronize(device)
        began = time.perf_counter()
        call()
        if on_gpu:
            torch.cuda.synchronize(device)
        return time.perf_counter() - began

    for call in calls.values():
        for _ in range(warmup):
            call()
    rounds = [{name: seconds(call) for name, call in calls.items()} for _ in range(repeats)]
    return {name: Latency.of([one[name] for one in rounds]) for name in calls}


def peak_memory(command: Sequence[str]) -> int:
    """Run a command and return the most memory it held at once, in bytes; its stdout is dropped.

    Linux only, as is this project: others count in other units. Raises `CodeFusionError` when the
    command fails.
    """
    done = subprocess.run(
        [sys.executable, "-S", "-c", _PEAK, *command], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise CodeFusionError(f"cannot measure {' '.join(command)}: {reason}")
    return int(done.stdout) * 1024


def peak_gpu_memory(call: Call, device: torch.device | str = "cuda") -> int:
    """Return the most memory that tensors took on a GPU during a call, in bytes.

    What lay there before, such as the model, counts.
    """
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    call()
    torch.cuda.synchronize(device)
    return torch.cuda.max_memory_allocated(device)
