"""Which pipeline a MODEL argument names.

Not for finding its folder: that is `codefusion.checkpoints`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codefusion.checkpoints import resolve_folder
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
