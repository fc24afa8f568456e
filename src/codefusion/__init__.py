"""CodeFusion: code generation by diffusion."""

__version__ = "0.1.0"
