"""Commands for `codefusion ask` to offer, and `ask` without a terminal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HARMLESS, DANGEROUS, BROKEN = "touch made", "rm -f kept", "find . -name 'x"


def without_terminal(
    folder: Path, environment: Mapping[str, str], *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codefusion", "ask", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**environment, "NO_COLOR": ""},
        cwd=folder,
    )
