"""How many tokens the program will have, guessed from E_s. Beyond the paper, which learns pads."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LengthPredictor(nn.Module):
    """p(length | s): one hidden layer on the mean of E_s."""

    def __init__(self, memory_size: int, max_length: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(memory_size, memory_size)
        self.output = nn.Linear(memory_size, max_length)

    def forward(self, encoded: Tensor, mask: Tensor) -> Tensor:
        """Return logits (prompts, max_length) of E_s; entry i stands for i + 1 tokens.

        `encoded` is (prompts, prompt length, d_model), `mask` is 1 on its tokens and 0 on pad.
        """
        weight = mask.to(encoded.dtype).unsqueeze(-1)
        mean = (encoded * weight).sum(dim=1) / weight.sum(dim=1)
        return self.output(F.silu(self.hidden(mean)))


def draw_length(logits: Tensor, quantile: Tensor) -> Tensor:
    """Return the lengths, (rows,), at the `quantile` (rows,) in [0, 1) of p(length | s)."""
    below = logits.float().softmax(dim=-1).cumsum(dim=-1) <= quantile[:, None]
    return (below.sum(dim=-1) + 1).clamp(max=logits.shape[-1])


def visible(lengths: Tensor, width: int) -> Tensor:
    """Return (rows, width), True at the positions of programs of these lengths."""
    return torch.arange(width, device=lengths.device) < lengths[:, None]
