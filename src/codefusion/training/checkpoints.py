"""Saving and finding the state of a run so that no interruption can spoil it.

A checkpoint is written under another name and renamed when it is whole; older ones are removed
only after that. Killed at any moment, a run leaves its last whole checkpoint.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codefusion.errors import CheckpointError

PREFIX = "checkpoint-"


@dataclass(frozen=True)
class Progress:
    """Where a run stands: `step` steps of phase `phase` (1 or 2) are done."""

    phase: int
    step: int

    @property
    def folder_name(self) -> str:
        """Names sort by progress."""
        return f"{PREFIX}{self.phase}-{self.step:08d}"


def whole_checkpoints(out: Path) -> list[Path]:
    """Return the complete checkpoints of a run, oldest first."""
    return sorted(path.parent for path in out.glob(f"{PREFIX}*/progress.json"))


def read_progress(checkpoint: Path) -> Progress:
    """Return how far a checkpoint is; raises `CheckpointError`."""
    try:
        return Progress(**json.loads((checkpoint / "progress.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointError(f"the checkpoint {str(checkpoint)!r} is corrupt: {error}") from error


def save_checkpoint(
    out: Path, progress: Progress, accelerator: Any, pipeline: Any, keep: int
) -> Path:
    """Write the state of the run and the pipeline that samples from it; every process calls this.

    `pipeline` holds the averaged weights. Raises `CheckpointError` when the disk is full; the
    checkpoints before are untouched.
    """
    final = out / progress.folder_name
    partial = out / f".{progress.folder_name}.partial"
    try:
        if accelerator.is_main_process:
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
        accelerator.wait_for_everyone()
        accelerator.save_state(str(partial / "state"), safe_serialization=True)
        accelerator.wait_for_everyone()
        if accelerator.is_main_process:
            pipeline.save_pretrained(partial / "pipeline", safe_serialization=True)
            (partial / "progress.json").write_text(json.dumps(asdict(progress)))
            _flush(partial)
            shutil.rmtree(final, ignore_errors=True)
            os.replace(partial, final)
            for old in whole_checkpoints(out)[:-keep]:
                shutil.rmtree(old)
        accelerator.wait_for_everyone()
    except Exception as error:  # torch and safetensors report a full disk in classes of their own
        shutil.rmtree(partial, ignore_errors=True)
        whole = whole_checkpoints(out)
        kept = f"the last whole one is {whole[-1]}" if whole else "there is none before it"
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(
            f"could not save {final}: {reason}; {kept}; free some space and run with --resume"
        ) from error
    return final


def _flush(folder: Path) -> None:
    """Ask for the files to be on disk before the rename can be."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
