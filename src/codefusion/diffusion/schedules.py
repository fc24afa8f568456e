"""How much of the signal is left at each step of the forward process.

Not for sampling: `samplers` hands these numbers to a scheduler of diffusers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from codefusion.errors import UsageError, unknown_name


def _sqrt(u: float) -> float:
    """Li et al. 2022 (Diffusion-LM), appendix A, with their offset s = 1e-4."""
    return 1.0 - math.sqrt(u + 1e-4)


def _cosine(u: float) -> float:
    """Nichol & Dhariwal 2021, equation 17, with their offset s = 0.008."""

    def f(u: float) -> float:
        return math.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2

    return f(u) / f(0.0)


def _linear(u: float) -> float:
    """Signal and noise linear in time (the flow-matching path), scaled to unit variance."""
    return (1.0 - u) ** 2 / ((1.0 - u) ** 2 + u**2)


SCHEDULES: dict[str, Callable[[float], float]] = {
    "sqrt": _sqrt,
    "cosine": _cosine,
    "linear": _linear,
}

# diffusers divides by alpha_bar: the last step may not remove the signal altogether.
MAX_BETA = 0.999
# Beyond it most levels are all signal or all noise, to the precision of a float.
MAX_SHIFT = 15.0


@dataclass(frozen=True)
class NoiseSchedule:
    """A discrete schedule of `num_steps` noise levels; level 0 is the cleanest.

    `log_snr_shift` is added to the log of the signal-to-noise ratio of every level. A shift of
    2 ln c has the effect of scaling the embeddings by c: negative values make more noise.
    """

    name: str = "sqrt"
    num_steps: int = 1200
    log_snr_shift: float = 0.0

    def __post_init__(self) -> None:
        if self.name not in SCHEDULES:
            raise unknown_name("noise schedule", self.name, SCHEDULES)
        if self.num_steps < 2:
            raise UsageError(f"a noise schedule needs at least 2 steps, got {self.num_steps}")
        if not abs(self.log_snr_shift) <= MAX_SHIFT:
            raise UsageError(
                f"log_snr_shift must be within {MAX_SHIFT:g} of 0, got {self.log_snr_shift}"
            )

    def alpha_bar(self) -> Tensor:
        """Return the share of the signal's variance left at each level, float64 (num_steps,).

        Strictly falling, in (0, 1). x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) epsilon.
        """
        return torch.cumprod(1.0 - self.betas(), dim=0)

    def betas(self) -> Tensor:
        """Return the variance added from each level to the next, float64 (num_steps,)."""
        curve = SCHEDULES[self.name]
        shift = math.exp(self.log_snr_shift)
        levels = [1.0]
        for step in range(1, self.num_steps + 1):
            signal = min(max(curve(step / self.num_steps), 0.0), 1.0)
            levels.append(shift * signal / (shift * signal + 1.0 - signal))
        betas = [
            min(1.0 - after / before, MAX_BETA) if before > 0 else MAX_BETA
            for before, after in itertools.pairwise(levels)
        ]
        return torch.tensor(betas, dtype=torch.float64)
