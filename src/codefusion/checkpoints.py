"""What a MODEL argument may name: a shipped checkpoint, a folder, a training run, a Hub id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codefusion.errors import CheckpointError, UsageError

SHIPPED = Path(__file__).parent / "checkpoints"


def shipped_names() -> list[str]:
    """Return the names of the checkpoints that come with the package."""
    return sorted(path.parent.name for path in SHIPPED.glob("*/model_index.json"))


def resolve_folder(name: str, **options: Any) -> Path:
    """Return the pipeline folder that `name` stands for.

    A shipped name, a folder with a `model_index.json`, a training run (its newest whole
    checkpoint), or a Hub id, downloaded unless HF_HUB_OFFLINE is set. Raises `CheckpointError`.
    """
    if name in shipped_names():
        return SHIPPED / name
    folder = Path(name).expanduser()
    if (folder / "model_index.json").is_file():
        return folder
    if folder.is_dir():
        whole = sorted(folder.glob("checkpoint-*/progress.json"))
        if whole:
            return whole[-1].parent / "pipeline"
        raise CheckpointError(f"no model_index.json and no checkpoint in the folder {name!r}")
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        names = ", ".join(shipped_names()) or "none"
        raise CheckpointError(
            f"no model {name!r}: neither a folder nor a Hub id (OWNER/NAME) "
            f"nor a shipped checkpoint ({names})"
        )
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, **options))
    except Exception as error:  # the Hub client raises classes of three libraries
        reason = str(error).strip().splitlines()[0]
        raise CheckpointError(f"cannot get {name!r} from the Hub: {reason}") from error


def shipped_for(language: str, to_revise: bool = False) -> str:
    """Return the name of the best checkpoint shipped for a language.

    With `to_revise`, that of the one to revise and to watch with: `LANGUAGE-diffusion`, where
    there is one because the best writes from left to right. Raises `UsageError`.
    """
    other = f"{language}-diffusion"
    if to_revise and other in shipped_names():
        return other
    if language not in shipped_names():
        names = ", ".join(shipped_names()) or "none"
        raise UsageError(
            f"no checkpoint ships for {language!r} (shipped: {names}); name one with --model"
        )
    return language
