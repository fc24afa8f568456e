"""One phase of training as a generator: callers log, evaluate, save or stop between steps.

Not for building what is trained (see `run`), nor for what a batch holds (see `tasks`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from codefusion.errors import TrainingError
from codefusion.objectives import LossWeights, compute_losses
from codefusion.training.ema import ExponentialMovingAverage
from codefusion.training.flops import step_flops
from codefusion.training.recipe import Phase


@dataclass(frozen=True)
class StepResult:
    """What the steps since the last result did. `step` counts from 1.

    The losses are this process's at that step. `samples` are rows of code, of all processes, in
    `seconds` of training alone; `flops` is the arithmetic of this process, see `flops`.
    """

    step: int
    samples: int
    loss: float
    denoising: float
    decoder: float
    cross_entropy: float
    length: float
    gradient_norm: float
    learning_rate: float
    flops: int
    seconds: float = field(compare=False)


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


def every_step(step: int) -> bool:
    """Look at the values of each step."""
    return True


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
    look: Callable[[int], bool] = every_step,
) -> Iterator[StepResult]:
    """Train from step `start` to `phase.steps`, yielding after the steps that `look` names.

    Steps count from 1, and the last is always looked at. To look is to read values back, for
    which a GPU has to stand still: between looks, steps are queued without waiting for it. A loss
    that is no number raises `TrainingError` at the look after it, before anything is yielded.
    """
    bare = accelerator.unwrap_model(model)
    model.train()
    totals: list[Tensor] = []  # the losses since the last look
    samples = flops = 0
    began = time.perf_counter()
    for step in range(start + 1, phase.steps + 1):
        batch = {key: _to(value, accelerator.device) for key, value in next(batches).items()}
        rate = learning_rate_at(step - 1, phase)
        for group in optimizer.param_groups:
            group["lr"] = rate
        with accelerator.autocast():
            output = model(**batch)
        losses = compute_losses(
            output, batch["code_ids"], pad_id, bare.config.parameterisation, weights
        )
        totals.append(losses.total.detach())
        looked_at = step == phase.steps or look(step)
        if looked_at:
            _refuse_infinite(totals, step, phase)
        accelerator.backward(losses.total)
        norm = accelerator.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ema.update(bare)
        samples += batch["code_ids"].shape[0] * accelerator.num_processes
        flops += step_flops(bare, batch, phase.train_encoder)
        if looked_at:
            yield StepResult(
                step=step,
                samples=samples,
                loss=losses.total.item(),
                denoising=losses.denoising.item(),
                decoder=losses.decoder.item(),
                cross_entropy=losses.cross_entropy.item(),
                length=losses.length.item(),
                gradient_norm=float(norm),
                learning_rate=rate,
                flops=flops,
                seconds=time.perf_counter() - began,  # after the values above were waited for
            )
            totals.clear()
            samples = flops = 0
            began = time.perf_counter()


def _to(value: Tensor, device: torch.device) -> Tensor:
    """Copy without waiting for what the device still has to do, which takes pinned memory."""
    if device.type != "cuda" or value.is_cuda:
        return value.to(device)
    return value.pin_memory().to(device, non_blocking=True)


def _refuse_infinite(totals: Sequence[Tensor], step: int, phase: Phase) -> None:
    """Raise `TrainingError` when a loss up to that of `step`, the last one, is no number."""
    values = torch.stack(list(totals))
    wrong = (~torch.isfinite(values)).nonzero().flatten().tolist()
    if wrong:
        step -= len(totals) - 1 - wrong[0]
        raise TrainingError(
            f"the loss is {values[wrong[0]].item()} at step {step}, at a learning rate of "
            f"{learning_rate_at(step - 1, phase):.3g}; lower learning_rate or raise warmup, and "
            "go on with --resume"
        )
