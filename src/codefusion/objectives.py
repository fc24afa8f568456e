"""The paper's three loss terms, side by side, and one for the length where it is predicted.

L_t = |ε̂ - ε| + |D_s - L(y)| - log p(y | D_s), section 3.2 of Singh et al. 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from codefusion.errors import UsageError
from codefusion.models.baselines import TokenOutput, token_loss
from codefusion.models.outputs import TrainingOutput


@dataclass(frozen=True)
class LossWeights:
    """Weights of the three terms, and of pad positions within each; the paper's are all 1.

    `length` weighs the cross-entropy of the predicted length, where it is predicted; pads are
    then no part of the program and weigh nothing.
    """

    denoising: float = 1.0
    decoder: float = 1.0
    cross_entropy: float = 1.0
    pad: float = 1.0
    length: float = 0.2

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 0.0:
                raise UsageError(f"loss weight {name} must not be negative, got {value}")


@dataclass(frozen=True)
class Losses:
    """The weighted sum and its terms, scalars; the terms are unweighted means.

    `length` is 0 for a model that does not predict it.
    """

    total: Tensor
    denoising: Tensor
    decoder: Tensor
    cross_entropy: Tensor
    length: Tensor


def compute_losses(
    output: TrainingOutput | TokenOutput,
    code_ids: Tensor,  # (batch, length)
    pad_id: int,
    parameterisation: str,
    weights: LossWeights,
) -> Losses:
    """Return the three terms, each a mean over positions and channels, and the length's.

    A baseline has the cross-entropy only, over the tokens that count, and the length's.

    The denoising term is measured on what N predicts: the noise ("epsilon", the paper's) or the
    clean embedding ("x"; the two differ by the factor alpha_bar / (1 - alpha_bar)).
    """
    position = (code_ids != pad_id).float()
    length = _length_term(output.length_logits, position.sum(dim=-1).long())
    if isinstance(output, TokenOutput):
        cross_entropy, none = token_loss(output), torch.zeros_like(length)
        total = weights.cross_entropy * cross_entropy + weights.length * length
        return Losses(total, none, none, cross_entropy, length)
    if output.length_logits is None:
        position = position + weights.pad * (1.0 - position)
    position = position / position.sum()

    def mean(per_position: Tensor) -> Tensor:
        return (per_position.float() * position).sum()

    if parameterisation == "x":
        # Only N learns from this term: through its target, L could make itself easy to predict.
        error = output.predicted_clean - output.clean.detach()
    else:
        error = output.predicted_noise - output.noise
    denoising = mean(error.square().mean(dim=-1))
    decoder = mean((output.decoded - output.clean).square().mean(dim=-1))
    per_token = F.cross_entropy(output.logits.float().transpose(1, 2), code_ids, reduction="none")
    cross_entropy = mean(per_token)
    total = (
        weights.denoising * denoising
        + weights.decoder * decoder
        + weights.cross_entropy * cross_entropy
        + weights.length * length
    )
    return Losses(total, denoising, decoder, cross_entropy, length)


def _length_term(logits: Tensor | None, lengths: Tensor) -> Tensor:
    """Cross-entropy of the predicted lengths; several rows in a block may share an utterance."""
    if logits is None:
        return torch.zeros((), device=lengths.device)
    draws = len(lengths) // len(logits)
    return F.cross_entropy(logits.float(), lengths[::draws] - 1)
