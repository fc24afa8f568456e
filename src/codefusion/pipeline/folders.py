"""The files of a saved pipeline: which classes they name, and one line about what is wrong.

Not for finding the folder: that is `codefusion.checkpoints`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors.torch import load_file

from codefusion.errors import CheckpointError
from codefusion.models.quantised import WEIGHTS, dequantised

Class = TypeVar("Class")


class WrongClass(CheckpointError):
    """What lies in a folder is whole, as far as that was read, and of another kind."""


def named_class(folder: Path, component: str, known: Mapping[str, Class]) -> Class:
    """Return which of the `known` a pipeline's folder names; raises whatever is wrong with it.

    That is `WrongClass` where it names another.
    """
    name = str(json.loads((folder / "model_index.json").read_text())[component][1])
    if name not in known:
        raise WrongClass(f"its {component} is of class {name!r}, not {' or '.join(known)}")
    return known[name]


def broken_checkpoint(folder: Path, error: Exception) -> CheckpointError:
    """Return the one line that says why a checkpoint cannot be loaded."""
    if isinstance(error, WrongClass):
        every = "codefusion.pipeline.load_pipeline loads every kind"
        return CheckpointError(f"cannot load {str(folder)!r}: {error} ({every})")
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return CheckpointError(f"the checkpoint {str(folder)!r} is incomplete or corrupt: {reason}")


def load_model(kind: Any, folder: Path) -> Any:
    """Load a model class from a pipeline's folder; raises what its libraries raise."""
    config = kind.config_class.from_pretrained(folder / "model", local_files_only=True)
    # Shipped weights are stored in half or a quarter of the bytes.
    weights = dequantised(load_file(folder / "model" / WEIGHTS))
    model, report = kind.from_pretrained(
        None, config=config, state_dict=weights, dtype=torch.float32, output_loading_info=True
    )
    if report["missing_keys"]:
        # transformers would go on with random values.
        raise ValueError(f"it has no weights for {min(report['missing_keys'])}")
    return model
