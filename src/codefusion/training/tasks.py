"""What one training step is shown: the two tasks of phase 1, and the pairs of phase 2.

Every batch is a pure function of (recipe, phase, step, rank): resuming needs no state from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from codefusion.data.batching import Bucketing, Encoded, pad_rows, plans_from
from codefusion.models import CodeFusionConfig
from codefusion.models.backbone import load_backbone
from codefusion.training.recipe import Phase

# A program cut into runs of prompt tokens, and whether each may be masked.
Pieces = tuple[tuple[tuple[int, ...], bool], ...]


@dataclass(frozen=True)
class Snippets:
    """Code for phase 1; `pieces[i]` is the program of `rows[i]`, to make a masked prompt of."""

    rows: tuple[Encoded, ...]
    pieces: tuple[Pieces, ...]


@dataclass(frozen=True)
class Special:
    """Ids that the tasks put in."""

    pad: int
    end: int
    mask: int


def masked_prompt(
    pieces: Sequence[tuple[Sequence[int], bool]],
    probability: float,
    special: Special,
    prefix: Sequence[int],
    random: np.random.Generator,
    max_length: int | None = None,
) -> list[int]:
    """Return the prompt of CPD: the code with identifiers and keywords masked at random.

    At least one is masked when there is one. Each becomes a single mask token, as in span
    denoising, so the mask does not tell how long the name was.
    """
    maskable = [i for i, (_, may) in enumerate(pieces) if may]
    chosen = {i for i in maskable if random.random() < probability}
    if maskable and not chosen:
        chosen = {maskable[int(random.integers(len(maskable)))]}
    ids = list(prefix)
    for index, (tokens, _) in enumerate(pieces):
        ids.extend([special.mask] if index in chosen else tokens)
    # Cut before the end token is put: no prompt at inference is without one.
    return [*ids[: None if max_length is None else max_length - 1], special.end]


def _draws(
    shape: tuple[int, ...], config: CodeFusionConfig, random: torch.Generator
) -> dict[str, Tensor]:
    batch = shape[0]
    return {
        "level": torch.randint(0, config.num_train_timesteps, (batch,), generator=random),
        "noise": torch.randn((*shape, config.embedding_size), generator=random),
    }


def _generators(seed: int, phase: int, step: int, rank: int) -> tuple[Any, torch.Generator]:
    numpy = np.random.default_rng((seed, phase, step, rank))
    return numpy, torch.Generator().manual_seed(int(numpy.integers(2**62)))


def _self_condition(
    batch: int, config: CodeFusionConfig, share: float, random: torch.Generator
) -> Tensor | None:
    if not config.self_conditioning:
        return None
    return torch.rand((batch,), generator=random) < share


def pretraining_batches(
    data: Snippets,
    phase: Phase,
    config: CodeFusionConfig,
    bucketing: Bucketing,
    special: Special,
    prefix: Sequence[int],
    *,
    self_conditioning: float,
    seed: int,
    start: int = 0,
    rank: int = 0,
    world: int = 1,
) -> Iterator[dict[str, Any]]:
    """Yield the arguments of `CodeFusionModel.forward` for each step of phase 1.

    A whole batch does one task, drawn with probability `phase.cpd`: code-specific CPD, or
    unsupervised code generation, where E_s is Gaussian noise, fresh at every step.
    """
    lengths = [len(row.code) for row in data.rows]
    plans = plans_from(start, lengths, phase.batch_size, bucketing, seed)
    for step, plan in enumerate(plans, start=start):
        task = np.random.default_rng((seed, 1, step)).random()  # the same on every rank
        random, torch_random = _generators(seed, 1, step, rank + 1)
        chosen = plan.rows[rank::world]
        code, _ = pad_rows([data.rows[i].code for i in chosen], special.pad, plan.width)
        batch: dict[str, Any] = {"code_ids": code, **_draws(code.shape, config, torch_random)}
        if task < phase.cpd:
            prompts = [
                masked_prompt(
                    data.pieces[i],
                    phase.mask_probability,
                    special,
                    prefix,
                    random,
                    config.max_prompt_length,
                )
                for i in chosen
            ]
            batch["prompt_ids"], batch["prompt_mask"] = pad_rows(prompts, special.pad)
        else:
            length = int(random.integers(8, config.max_prompt_length // 2 + 1))
            shape = (len(chosen), length, config.encoder.d_model)
            batch["noise_prompt"] = torch.randn(shape, generator=torch_random)
        condition = _self_condition(len(chosen), config, self_conditioning, torch_random)
        if condition is not None:
            batch["self_condition"] = condition
        yield batch


def finetuning_batches(
    rows: Sequence[Encoded],
    phase: Phase,
    config: CodeFusionConfig,
    bucketing: Bucketing,
    special: Special,
    *,
    self_conditioning: float,
    seed: int,
    start: int = 0,
    rank: int = 0,
    world: int = 1,
) -> Iterator[dict[str, Any]]:
    """Yield the arguments of `CodeFusionModel.forward` for each step of phase 2.

    With `phase.draws` d, a batch holds 1/d as many utterances, each encoded once and its code
    noised d times.
    """
    lengths = [len(row.code) for row in rows]
    utterances = phase.batch_size // phase.draws
    prompts = [len(row.prompt) for row in rows]
    plans = plans_from(start, lengths, utterances, bucketing, seed + 1, prompts)
    for step, plan in enumerate(plans, start=start):
        _, torch_random = _generators(seed, 2, step, rank + 1)
        chosen = plan.rows[rank::world]
        code, _ = pad_rows([rows[i].code for i in chosen], special.pad, plan.width)
        code = code.repeat_interleave(phase.draws, dim=0)
        prompt, mask = pad_rows([rows[i].prompt for i in chosen], special.pad)
        batch: dict[str, Any] = {
            "code_ids": code,
            "prompt_ids": prompt,
            "prompt_mask": mask,
            **_draws(code.shape, config, torch_random),
        }
        if config.backbone is not None:
            backbone = load_backbone(config.backbone)
            batch["features"] = backbone([rows[i].aligned for i in chosen], prompt.shape[1])
        if phase.unconditional > 0.0:
            batch["use_noise_prompt"] = (
                torch.rand((code.shape[0],), generator=torch_random) < phase.unconditional
            )
            shape = (code.shape[0], prompt.shape[1], config.encoder.d_model)
            batch["noise_prompt"] = torch.randn(shape, generator=torch_random)
        condition = _self_condition(code.shape[0], config, self_conditioning, torch_random)
        if condition is not None:
            batch["self_condition"] = condition
        yield batch
