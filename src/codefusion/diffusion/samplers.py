"""Schedulers of diffusers, given this project's noise levels, and one of our own.

Every scheduler made here carries the whole set of keys the others read, so that
`OtherScheduler.from_config(scheduler.config)` keeps the noise process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    SchedulerMixin,
    UniPCMultistepScheduler,
)
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from codefusion.diffusion.process import clean_from_epsilon
from codefusion.diffusion.schedules import NoiseSchedule
from codefusion.errors import UsageError, unknown_name

Generators = torch.Generator | list[torch.Generator] | None


@dataclass(frozen=True)
class RenoisingOutput:
    """What one step gives: the next noisy value and the estimate of the clean one."""

    prev_sample: Tensor
    pred_original_sample: Tensor


class RenoisingScheduler(SchedulerMixin, ConfigMixin):
    """Estimate the clean value, then draw fresh noise down to the next level.

    x_s = sqrt(alpha_bar_s) x̂_0 + sqrt(1 - alpha_bar_s) epsilon, with a new epsilon at every step:
    DDIM with the largest admissible variance. No noise is carried from one step to the next,
    so the denoiser always sees inputs distributed as in training, which matters with few steps.
    """

    order = 1

    @register_to_config
    def __init__(
        self,
        num_train_timesteps: int = 1200,
        trained_betas: Sequence[float] | None = None,
        prediction_type: str = "sample",
        timestep_spacing: str = "trailing",
        clip_sample: bool = False,
        thresholding: bool = False,
        set_alpha_to_one: bool = True,
        steps_offset: int = 0,
        variance_type: str = "fixed_small",
        algorithm_type: str = "dpmsolver++",
        solver_order: int = 2,
    ) -> None:
        if trained_betas is None:
            raise UsageError("RenoisingScheduler needs trained_betas; use make_scheduler()")
        self.alphas_cumprod = torch.cumprod(
            1.0 - torch.tensor(list(trained_betas), dtype=torch.float64), dim=0
        ).float()
        self.init_noise_sigma = 1.0
        self.num_inference_steps: int | None = None
        self.timesteps = torch.arange(num_train_timesteps - 1, -1, -1)

    def set_timesteps(
        self, num_inference_steps: int, device: str | torch.device | None = None
    ) -> None:
        """Choose `num_inference_steps` levels, evenly spaced and ending each step's interval."""
        total: int = self.config.num_train_timesteps
        if not 1 <= num_inference_steps <= total:
            raise UsageError(f"steps must be between 1 and {total}, got {num_inference_steps}")
        self.num_inference_steps = num_inference_steps
        ends = torch.arange(num_inference_steps, 0, -1, dtype=torch.float64)
        self.timesteps = (ends * total / num_inference_steps).round().long().to(device) - 1

    def scale_model_input(self, sample: Tensor, timestep: int | Tensor | None = None) -> Tensor:
        """Return `sample` as it is; other schedulers need this hook."""
        return sample

    def step(
        self,
        model_output: Tensor,
        timestep: int | Tensor,
        sample: Tensor,
        generator: Generators = None,
    ) -> RenoisingOutput:
        """Go from level `timestep` to the next chosen level; `sample` is (batch, length, dim)."""
        level = int(timestep)
        if self.config.prediction_type == "sample":
            clean = model_output
        else:
            signal = self.alphas_cumprod[level].to(sample.device).expand(sample.shape[0])
            clean = clean_from_epsilon(sample, model_output, signal)
        later = self.timesteps[self.timesteps < level]
        if not len(later):
            return RenoisingOutput(clean, clean)
        signal = self.alphas_cumprod[int(later[0])]
        noise = randn_tensor(
            clean.shape, generator=generator, device=clean.device, dtype=clean.dtype
        )
        noisy = signal.sqrt() * clean + (1.0 - signal).sqrt() * noise
        return RenoisingOutput(noisy, clean)

    def __len__(self) -> int:
        return int(self.config.num_train_timesteps)


SCHEDULERS: dict[str, type[Any]] = {
    "renoising": RenoisingScheduler,
    "ddpm": DDPMScheduler,
    "ddim": DDIMScheduler,
    "dpm++": DPMSolverMultistepScheduler,
    "unipc": UniPCMultistepScheduler,
}


def make_scheduler(name: str, schedule: NoiseSchedule, prediction_type: str) -> Any:
    """Return the named scheduler on `schedule`; `prediction_type` is "sample" or "epsilon".

    "ddpm" is the paper's ancestral sampler; "renoising" is `RenoisingScheduler`.
    """
    if name not in SCHEDULERS:
        raise unknown_name("scheduler", name, SCHEDULERS)
    # from_config drops keys that were never passed, and the defaults of the other schedulers
    # would clip the embeddings and start too clean: pass every key, default or not.
    shared = RenoisingScheduler(
        num_train_timesteps=schedule.num_steps,
        trained_betas=schedule.betas().tolist(),
        prediction_type=prediction_type,
        timestep_spacing="trailing",
        clip_sample=False,
        thresholding=False,
        set_alpha_to_one=True,
        steps_offset=0,
        variance_type="fixed_small",
        algorithm_type="dpmsolver++",
        solver_order=2,
    )
    return shared if name == "renoising" else swap_scheduler(shared, name)


def swap_scheduler(scheduler: Any, name: str) -> Any:
    """Return the named scheduler on the noise process of `scheduler`."""
    if name not in SCHEDULERS:
        raise unknown_name("scheduler", name, SCHEDULERS)
    return SCHEDULERS[name].from_config(scheduler.config)
