"""The forward process q(x_t | x_0) and the linear map between its two parameterisations.

Not for choosing the noise levels (see `schedules`) or for running backwards (see `samplers`).
"""

from __future__ import annotations

from torch import Tensor


def _as_wide(alpha_bar: Tensor, like: Tensor) -> Tensor:
    """Give a (batch,) or (batch, length) tensor as many trailing axes as `like` has."""
    trailing = [1] * (like.dim() - alpha_bar.dim())
    return alpha_bar.to(like.dtype).view(*alpha_bar.shape, *trailing)


def add_noise(clean: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """Return x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) epsilon (Ho et al. 2020, eq. 4).

    `clean` and `noise` are (batch, ...), `alpha_bar` is (batch,) in (0, 1), or (batch, length)
    where each token has a level of its own.
    """
    signal = _as_wide(alpha_bar, clean)
    return signal.sqrt() * clean + (1.0 - signal).sqrt() * noise


def epsilon_from_clean(noisy: Tensor, clean: Tensor, alpha_bar: Tensor) -> Tensor:
    """Return the noise that leads from `clean` to `noisy`."""
    signal = _as_wide(alpha_bar, noisy)
    return (noisy - signal.sqrt() * clean) / (1.0 - signal).sqrt()


def clean_from_epsilon(noisy: Tensor, epsilon: Tensor, alpha_bar: Tensor) -> Tensor:
    """Return the clean value that `noisy` came from, had its noise been `epsilon`."""
    signal = _as_wide(alpha_bar, noisy)
    return (noisy - (1.0 - signal).sqrt() * epsilon) / signal.sqrt()
