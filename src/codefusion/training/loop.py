"""One phase of training as a generator: callers log, evaluate, save or stop between steps.

Not for building what is trained (see `run`), nor for what a batch holds (see `tasks`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from codefusion.errors import TrainingError
from codefusion.objectives import LossWeights, compute_losses
from codefusion.training.ema import ExponentialMovingAverage
from codefusion.training.recipe import Phase


@dataclass(frozen=True)
class StepResult:
    """What a step did. `step` counts from 1; the losses are this process's."""

    step: int
    samples: int
    loss: float
    denoising: float
    decoder: float
    cross_entropy: float
    length: float
    gradient_norm: float
    learning_rate: float


def learning_rate_at(step: int, phase: Phase) -> float:
    """Return the rate of step `step` (from 0): linear warm-up, then a cosine to the final share.

    A function of the step, so there is no scheduler whose state could be lost.
    """
    if step < phase.warmup:
        return phase.learning_rate * (step + 1) / phase.warmup
    done = (step - phase.warmup) / max(1, phase.steps - phase.warmup)
    cosine = 0.5 * (1.0 + math.cos(math.pi * min(done, 1.0)))
    return phase.learning_rate * (
        phase.final_learning_rate + (1.0 - phase.final_learning_rate) * cosine
    )


def train_phase(
    model: Any,  # as prepared by accelerate
    optimizer: Any,
    accelerator: Any,
    batches: Iterator[dict[str, Any]],
    phase: Phase,
    weights: LossWeights,
    ema: ExponentialMovingAverage,
    *,
    pad_id: int,
    clip: float,
    start: int = 0,
) -> Iterator[StepResult]:
    """Train from step `start` to `phase.steps`, yielding after every step."""
    bare = accelerator.unwrap_model(model)
    model.train()
    for step in range(start, phase.steps):
        batch = {key: value.to(accelerator.device) for key, value in next(batches).items()}
        rate = learning_rate_at(step, phase)
        for group in optimizer.param_groups:
            group["lr"] = rate
        with accelerator.autocast():
            output = model(**batch)
        losses = compute_losses(
            output, batch["code_ids"], pad_id, bare.config.parameterisation, weights
        )
        if not torch.isfinite(losses.total):
            raise TrainingError(
                f"the loss is {losses.total.item()} at step {step + 1}, at a learning rate of "
                f"{rate:.3g}; lower learning_rate or raise warmup, and go on with --resume"
            )
        accelerator.backward(losses.total)
        norm = accelerator.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ema.update(bare)
        yield StepResult(
            step=step + 1,
            samples=batch["code_ids"].shape[0] * accelerator.num_processes,
            loss=losses.total.item(),
            denoising=losses.denoising.item(),
            decoder=losses.decoder.item(),
            cross_entropy=losses.cross_entropy.item(),
            length=losses.length.item(),
            gradient_norm=float(norm),
            learning_rate=rate,
        )
