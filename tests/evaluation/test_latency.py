"""Measuring time and memory: properties of the method, never a time."""

import sys
import time

import pytest

from codefusion.errors import CodeFusionError, UsageError
from codefusion.evaluation.latency import (
    Latency,
    measure_side_by_side,
    peak_memory,
)

MEGABYTE = 1 << 20


def test_calls_take_turns_after_each_was_warmed_up():
    order = []
    calls = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    times = measure_side_by_side(calls, repeats=3, warmup=2)
    assert "".join(order) == "aabb" + "ababab"
    assert [len(one.times) for one in times.values()] == [3, 3]


def test_the_median_lies_between_the_quartiles_and_a_slow_first_call_does_not_count():
    waits = iter([0.3, *[0.0] * 5])
    calls = {"a": lambda: time.sleep(next(waits))}
    one = measure_side_by_side(calls, repeats=5, warmup=1)["a"]
    assert min(one.times) <= one.low <= one.median <= one.high <= max(one.times) < 0.3


def test_the_sum_of_times_is_what_statistics_say():
    one = Latency.of([5.0, 1.0, 2.0, 4.0, 3.0])
    assert (one.low, one.median, one.high) == (2.0, 3.0, 4.0)
    alone = Latency.of([7.0])
    assert (alone.low, alone.median, alone.high) == (7.0, 7.0, 7.0)


def test_ratios_are_taken_round_by_round_so_that_a_busy_hour_hits_both():
    quick, slow = Latency.of([1.0, 100.0, 1.0]), Latency.of([2.0, 200.0, 2.0])
    assert slow.ratio_to(quick) == 2.0
    drift = Latency.of([1.0, 2.0, 4.0])
    assert Latency.of([3.0, 6.0, 12.0]).ratio_to(drift) == 3.0


def test_what_is_repeated_never_is_refused():
    with pytest.raises(UsageError, match="repeats must be at least 1, got 0"):
        measure_side_by_side({"a": lambda: None}, repeats=0)


def python(code):
    return [sys.executable, "-S", "-c", code]


def test_peak_memory_grows_by_what_the_command_takes():
    small = peak_memory(python("pass"))
    large = peak_memory(python(f"x = bytearray({100 * MEGABYTE}); print(len(x))"))
    assert 90 * MEGABYTE < large - small < 110 * MEGABYTE


def test_what_this_process_holds_does_not_count():
    held = bytearray(b"1") * (300 * MEGABYTE)
    assert peak_memory(python("pass")) < 100 * MEGABYTE
    assert len(held) == 300 * MEGABYTE


def test_a_command_that_fails_is_told_in_one_line():
    with pytest.raises(CodeFusionError, match="SystemError: oh no") as caught:
        peak_memory(python("raise SystemError('oh no')"))
    assert "\n" not in str(caught.value)
