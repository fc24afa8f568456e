"""From utterances to ranked candidates: the one class most users need.

Not for training. Each way to draw programs is a file; what they share is `base`.
"""

from codefusion.pipeline.base import CodePipeline
from codefusion.pipeline.candidates import Candidate
from codefusion.pipeline.diffusion import CodeFusionPipeline
from codefusion.pipeline.jury import load_jury
from codefusion.pipeline.loading import load_pipeline
from codefusion.pipeline.options import ROUNDINGS
from codefusion.pipeline.tokens import TokenPipeline
from codefusion.traces import TraceStep

__all__ = [
    "ROUNDINGS",
    "Candidate",
    "CodeFusionPipeline",
    "CodePipeline",
    "TokenPipeline",
    "TraceStep",
    "load_jury",
    "load_pipeline",
]
