"""Synthetic Bash pairs, so that a model learns which words ask for what and which name goes where.

Training data only: validation and test come from the published benchmark."""

from codefusion.data.bash_generator.generate import generate_pair, generate_pairs

__all__ = ["generate_pair", "generate_pairs"]
