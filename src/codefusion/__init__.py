"""CodeFusion: code generation by diffusion.

Names are imported when first used, so that `import codefusion` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codefusion.models import CodeFusionConfig, CodeFusionModel
    from codefusion.pipeline import Candidate, CodeFusionPipeline
    from codefusion.traces import TraceStep

__version__ = "0.1.0"

__all__ = [
    "Candidate",
    "CodeFusionConfig",
    "CodeFusionModel",
    "CodeFusionPipeline",
    "TraceStep",
    "__version__",
]

_HOMES = {
    "Candidate": "codefusion.pipeline",
    "CodeFusionConfig": "codefusion.models",
    "CodeFusionModel": "codefusion.models",
    "CodeFusionPipeline": "codefusion.pipeline",
    "TraceStep": "codefusion.traces",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'codefusion' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
