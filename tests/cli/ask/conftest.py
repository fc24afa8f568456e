"""Where `codefusion ask` runs, and what it finds in its environment."""

import os
from pathlib import Path

import pytest
from asking import BROKEN, DANGEROUS, HARMLESS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where commands run: with a file to lose, a list of commands, and no manual pages."""
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "commands").write_text(f"{HARMLESS}\n{DANGEROUS}\n{BROKEN}\n")
    (tmp_path / "man").mkdir()
    return tmp_path


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "MANPATH": str(folder / "man"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "TERM": "xterm",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "CODEFUSION_WARM": "0",
    }
