"""What the tests of the sandbox share: limits that give time to start, and what a stop looks like.

The fork bomb and its like are bounded by what they ask for, so that a broken sandbox fails a test
and not the machine.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from codefusion.graders import sandbox
from codefusion.graders.sandbox import Limits, Outcome

MIB = 1 << 20
# Time for the interpreter to start on a busy machine; what is tested ends at once.
CALM = Limits(seconds=60, cpu_seconds=10, memory=300 * MIB, threads=16, file_bytes=MIB)
# For what goes on for ever, by the clock and by the CPU, of which a busy machine gives little.
SHORT = Limits(seconds=0.7)
ONE_CPU_SECOND = Limits(seconds=300, cpu_seconds=1)

# For `pytestmark`.
ON_LINUX = [
    pytest.mark.skipif(sys.platform != "linux", reason="other systems have fewer layers"),
    pytest.mark.usefixtures("_nothing_is_left", "_a_good_program_still_passes"),
]


def left_over() -> list[str]:
    """Processes of our sandboxes that are still there: ours, or orphans, which the first adopts."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if b"<sandbox>" in command and parent in (str(os.getpid()), "1"):
                found.append(entry.name)
    return found


def needs(layer: str) -> None:
    if layer not in sandbox.layers():
        pytest.skip(f"this machine offers no {layer}")


def stopped(outcome: Outcome, *statuses: str) -> None:
    assert outcome.status in statuses, outcome
