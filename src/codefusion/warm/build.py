"""What answers depend on beside the question: a server of another build is not asked.

Not for the checkpoint, whose files a server looks at with every question (`answers`).
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# They set the number of threads and the kernels, hence the order of sums.
_ARITHMETIC = ("OMP_", "MKL_", "KMP_", "GOMP_", "ATEN_", "TORCH", "ONEDNN_", "DNNL_")


def build_of_this_process() -> str:
    """Return a digest of the program, the libraries installed and the arithmetic of this process.

    Files are told apart by size and date, so that it takes milliseconds.
    """
    parts: list[object] = [sys.version, sys.prefix, PACKAGE]
    for file in sorted(PACKAGE.rglob("*.py")):
        found = file.stat()
        parts += [file, found.st_size, found.st_mtime_ns]
    # Installing a library changes the date of the folder that it is in.
    libraries = [Path(one) for one in sys.path if one.endswith("-packages")]
    parts += [(one, one.stat().st_mtime_ns) for one in libraries if one.is_dir()]
    parts += [one for one in sorted(os.environ.items()) if one[0].startswith(_ARITHMETIC)]
    parts.append(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
