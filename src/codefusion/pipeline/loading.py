"""Which pipeline a MODEL argument names, and several of them as one.

Not for finding its folder: that is `codefusion.checkpoints`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codefusion.checkpoints import resolve_folder
from codefusion.errors import UsageError
from codefusion.models.committee import Committee
from codefusion.pipeline.base import CodePipeline
from codefusion.pipeline.diffusion import CodeFusionPipeline
from codefusion.pipeline.folders import broken_checkpoint, named_class
from codefusion.pipeline.tokens import TokenPipeline

PIPELINES: dict[str, type[CodePipeline]] = {
    model: pipeline for pipeline in (CodeFusionPipeline, TokenPipeline) for model in pipeline.models
}


def load_pipeline(name: str | Path, **options: Any) -> CodePipeline:
    """Load what a MODEL argument names, of whatever kind it is; raises `CheckpointError`."""
    folder = resolve_folder(str(name), **options)
    try:
        pipeline = named_class(folder, "model", PIPELINES)
    except Exception as error:  # whatever may be wrong with a file
        raise broken_checkpoint(folder, error) from error
    return pipeline.from_pretrained(folder)


def load_committee(names: Sequence[str | Path]) -> TokenPipeline:
    """Load auto-regressive models, which ask their mean, see `codefusion.models.committee`.

    Raises `CheckpointError`, and `UsageError` for models of another kind or that do not share a
    tokenizer.
    """
    members = [load_pipeline(name) for name in names]
    for name, one in zip(names, members, strict=True):
        if one.tokenizer.get_vocab() != members[0].tokenizer.get_vocab():
            raise UsageError(f"{name} has another tokenizer than {names[0]}")
    return TokenPipeline(Committee([one.model for one in members]), None, members[0].tokenizer)
