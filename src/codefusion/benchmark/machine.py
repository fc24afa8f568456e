"""Where a report was made: processor, cores, accelerator, versions."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def describe_machine() -> str:
    """Return one line that a reader needs to judge times and to repeat a run."""
    import torch

    from codefusion import __version__

    parts = [f"{_processor()}, {len(os.sched_getaffinity(0))} cores"]
    if torch.cuda.is_available():
        parts.append(torch.cuda.get_device_name())
    versions = f"Python {platform.python_version()}, torch {torch.__version__}"
    return "; ".join([*parts, f"{platform.system()}, {versions}, codefusion {__version__}"])


def _processor() -> str:
    """Return the name the kernel has for the processor; its architecture where it has none."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
