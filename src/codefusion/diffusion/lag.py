"""Noise that leaves a program from the left: every token has a time of its own.

A token is denoised later than its left neighbour, by the *lag*, in units of the whole noise time
(AR-Diffusion, Wu et al. 2023). With a lag of 0 all have one time, as in the paper; with 1 a token
is clean before the next one begins. Not for which lags a model is trained with.
"""

from __future__ import annotations

import torch
from torch import Tensor


def lagged_time(first: Tensor, lag: Tensor, width: int) -> Tensor:
    """Return the times (rows, width) in [0, 1] of tokens, 0 clean and 1 noise alone.

    `first` (rows,) is the time of the first token; below 0, it has been clean for so long. `lag`
    is (rows,), at least 0.
    """
    places = torch.arange(width, device=first.device)
    return (first[:, None] + lag[:, None] * places).clamp(0.0, 1.0)


def sight(context: Tensor, noise_alone: Tensor) -> Tensor:
    """Return what each token sees, (rows, 1, width, width), True at the seen; it sees itself.

    `context` and `noise_alone` are (rows, width). A token of the context sees what stands left of
    it, as in an auto-regressive model, and so is the same whatever comes next. Others see all but
    the places to their right that are noise alone and tell nothing.
    """
    width = context.shape[1]
    left = torch.ones(width, width, dtype=torch.bool, device=context.device).tril()
    tells = context | ~noise_alone
    return (left | (~context[:, :, None] & tells[:, None, :]))[:, None]


def level_of(time: Tensor, num_steps: int) -> Tensor:
    """Return the noise level of each time in [0, 1], whole numbers in [0, `num_steps`)."""
    return (time * num_steps).round().long().clamp(1, num_steps) - 1
