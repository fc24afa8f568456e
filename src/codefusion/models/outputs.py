"""What passes between the parts of a model, and what one training pass leaves.

Not for how any of it is computed: that is `model` and `baselines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor


@dataclass(frozen=True)
class Prompt:
    """What stays the same over the denoising steps: E_s, as keys and values for N and D.

    `lengths` are the programs', (batch,), for a model that predicts them.
    """

    denoiser_memory: list[tuple[Tensor, Tensor]]
    decoder_memory: list[tuple[Tensor, Tensor]]
    mask: Tensor | None
    lengths: Tensor | None = None


class Estimate(NamedTuple):
    """What N makes of a noisy program: of (x_0, epsilon), both (batch, length, embedding_size).

    Of a lagged model also for D, which goes on from there: N's `states`, (batch, length,
    hidden_size), and the `sight` that it had, as `codefusion.diffusion.sight` tells it.
    """

    clean: Tensor
    noise: Tensor
    states: Tensor | None = None
    sight: Tensor | None = None


@dataclass(frozen=True)
class TrainingOutput:
    """What the objectives need of one pass; shapes (batch, length, embedding_size) but `logits`."""

    clean: Tensor
    noise: Tensor
    predicted_clean: Tensor
    predicted_noise: Tensor
    decoded: Tensor
    logits: Tensor  # (batch, length, vocab_size)
    length_logits: Tensor | None = None  # (prompts, max_code_length)
