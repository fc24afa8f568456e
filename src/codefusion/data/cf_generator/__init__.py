"""Synthetic conditional-formatting pairs, so that a model learns to copy literals and columns.

Training data only: validation and test come from the published benchmark."""

from codefusion.data.cf_generator.generate import GeneratedPair, generate_pair, generate_pairs

__all__ = ["GeneratedPair", "generate_pair", "generate_pairs"]
