"""The paper's boxes, one a file, and the model that wires them."""

from codefusion.models.configuration import CodeFusionConfig
from codefusion.models.model import CodeFusionModel
from codefusion.models.outputs import Prompt, TrainingOutput

__all__ = ["CodeFusionConfig", "CodeFusionModel", "Prompt", "TrainingOutput"]
