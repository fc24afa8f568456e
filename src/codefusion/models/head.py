"""H: one fully connected layer from the decoder's states to tokens; no search."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Head(nn.Module):
    """p(y_i | d_i). When `tied`, its matrix is L's table, as in Diffusion-LM."""

    def __init__(self, size: int, vocab_size: int, tied: bool) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.weight = None if tied else nn.Parameter(torch.zeros(vocab_size, size))

    def forward(self, states: Tensor, table: Tensor) -> Tensor:
        """Return logits (batch, length, vocab_size) of states (batch, length, size).

        `table` is L's, (vocab_size, size).
        """
        return F.linear(states, table if self.weight is None else self.weight, self.bias)
