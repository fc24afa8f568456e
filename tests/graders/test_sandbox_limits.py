"""Programs that use things up: time, memory, output, files, threads."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from sandboxes import CALM, MIB, ON_LINUX, ONE_CPU_SECOND, SHORT, needs, stopped

from codefusion.graders.sandbox import Limits, run

pytestmark = ON_LINUX


def test_an_endless_loop_ends_in_a_timeout() -> None:
    stopped(run("while True: pass", SHORT), "timeout")
    stopped(run("import time\ntime.sleep(60)", SHORT), "timeout")


def test_cpu_time_is_limited_apart_from_the_clock() -> None:
    outcome = run("while True: pass", ONE_CPU_SECOND)
    assert outcome.status == "timeout"
    assert "CPU" in outcome.detail


def test_ignored_signals_do_not_save_a_program() -> None:
    source = (
        "import signal\n"
        "for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n"
    )
    stopped(run(source, SHORT), "timeout")
    outcome = run(source, ONE_CPU_SECOND)
    stopped(outcome, "timeout")
    assert "CPU" in outcome.detail


@pytest.mark.parametrize("source", ["bytearray(10**10)", "x = [0]\nwhile True: x += x"])
def test_memory_is_limited(source: str) -> None:
    stopped(run(source, replace(CALM, memory=150 * MIB)), "memory")


def test_endless_output_is_cut() -> None:
    outcome = run("while True: print('x' * 1000)", Limits(seconds=2, output_bytes=10_000))
    stopped(outcome, "timeout")
    assert len(outcome.output) < 10_100
    assert outcome.output.endswith("[output cut]\n")


def test_long_output_does_not_block_a_good_program() -> None:
    outcome = run("print('x' * 1_000_000)", CALM)
    assert outcome.passed
    assert len(outcome.output) < 70_000


def test_a_huge_file_is_refused() -> None:
    source = "with open('big', 'wb') as file:\n    for _ in range(50): file.write(bytes(1 << 20))"
    stopped(run(source, CALM), "refused")


def test_threads_are_limited() -> None:
    needs("seccomp")
    source = (
        "import threading, time\nthreading.stack_size(1 << 16)\n"
        "for _ in range(400): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    limits = Limits(threads=8, seconds=CALM.seconds)
    if os.geteuid() == 0:  # Others share the count with their own tasks, see docs/sandbox.md.
        stopped(run(source, limits), "failed")
    stopped(run(source.replace("400", "5"), limits), "passed")


def test_open_files_are_limited() -> None:
    stopped(run("kept = [open('/dev/null') for _ in range(500)]", CALM), "failed")
