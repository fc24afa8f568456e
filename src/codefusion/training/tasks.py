"""What one training step is shown: the two tasks of phase 1, and the pairs of phase 2.

Every batch is a pure function of (recipe, phase, step, rank): resuming needs no state from here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from codefusion.data.batching import Bucketing, Encoded, plans_from
from codefusion.diffusion import lagged_time, level_of
from codefusion.models import CodeFusionConfig
from codefusion.models.backbone import load_backbone
from codefusion.training.recipe import Phase

CPU = torch.device("cpu")
# Of a lagged model: which lags its programs are shown with, at how many different times, and how
# many of them as they are while a draft is revised.
LEAST_LAG, MOST_LAG = 0.1, 1.0
TIMES = 40
REVISED = 0.2
# How many programs show nothing of a token that is clean, so that it must be told from its left.
TOLD = 0.5
# A program cut into runs of prompt tokens, and whether each may be masked.
Pieces = tuple[tuple[tuple[int, ...], bool], ...]


@dataclass(frozen=True)
class Snippets:
    """Code for phase 1; `pieces[i]` is the program of `rows[i]`, to make a masked prompt of.

    `prefixes[i]` is what that prompt begins with: the name of its language.
    """

    rows: tuple[Encoded, ...]
    pieces: tuple[Pieces, ...]
    prefixes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Special:
    """Ids that the tasks put in."""

    pad: int
    end: int
    mask: int


class Table:
    """Rows of token ids in one array, so that a batch is a look-up and no loop over its rows."""

    def __init__(self, rows: Sequence[Sequence[int]], pad_id: int, width: int) -> None:
        self.lengths = np.array([len(row) for row in rows])
        self._ids = np.full((len(rows), width), pad_id, dtype=np.int32)
        inside = np.arange(width) < self.lengths[:, None]
        self._ids[inside] = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int32)

    def take(self, chosen: NDArray[np.int64], width: int) -> tuple[Tensor, Tensor]:
        """Return ids and a mask that is 1 on tokens, both (chosen, width)."""
        inside = np.arange(width) < self.lengths[chosen, None]
        ids = torch.from_numpy(self._ids[chosen, :width]).long()
        return ids, torch.from_numpy(inside).long()


def width_for(longest: int, widths: Sequence[int]) -> int:
    """Return the least of `widths` that holds `longest` tokens; without any, `longest` itself."""
    return next((width for width in widths if width >= longest), longest)


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
    drawn = random.random(len(maskable)) < probability
    chosen = {i for i, masked in zip(maskable, drawn.tolist(), strict=True) if masked}
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
    options: dict[str, Any] = {"generator": random, "device": random.device}
    drawn: dict[str, Tensor] = {}
    if config.lagged:
        time, told = _lagged_times(shape, options)
        level = level_of(time, config.num_train_timesteps)
        drawn["context"] = level == 0
        level[drawn["context"] & told] = config.num_train_timesteps - 1
    else:
        level = torch.randint(0, config.num_train_timesteps, (shape[0],), **options)
    noise = torch.randn((*shape, config.embedding_size), **options)
    return {**drawn, "level": level, "noise": noise}


def _lagged_times(shape: tuple[int, ...], options: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """Draw the times, (rows, width), of programs between nothing known and all known.

    In a share of `REVISED`, no token is noisier than a ceiling, and up to all are known, as of a
    draft that is revised from the ceiling on. In one of `TOLD`, (rows, 1), what is clean is to be
    told to others but not shown where it stands: there each token teaches what may follow.
    """
    rows, width = shape
    lag = LEAST_LAG + (MOST_LAG - LEAST_LAG) * torch.rand(rows, **options)
    first = 1.0 - torch.rand(rows, **options) * (1.0 + lag * (width - 1))
    time = lagged_time(first, lag, width)
    ceiling, known = torch.rand(rows, 1, **options), torch.rand(rows, 1, **options)
    revised = torch.where(torch.rand(shape, **options) < known, 0.0, torch.minimum(time, ceiling))
    # A revised program knows tokens to the right of noisy ones, which would pass on the hidden.
    kind = torch.rand(rows, 1, **options)
    time = torch.where(kind < REVISED, revised, time)
    # N computes what depends on a time once for all tokens that share it.
    return (time * TIMES).ceil() / TIMES, kind >= 1.0 - TOLD


def _generators(
    seed: int, phase: int, step: int, rank: int, device: torch.device
) -> tuple[Any, torch.Generator]:
    """What is large is drawn on the device: a CPU would take longer than a GPU for its step."""
    numpy = np.random.default_rng((seed, phase, step, rank))
    return numpy, torch.Generator(device).manual_seed(int(numpy.integers(2**62)))


def _self_condition(
    batch: int, config: CodeFusionConfig, share: float, random: torch.Generator
) -> Tensor | None:
    if not config.self_conditioning:
        return None
    return torch.rand((batch,), generator=random, device=random.device) < share


def pretraining_batches(
    data: Snippets,
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
    prompt_widths: Sequence[int] = (),
    device: torch.device = CPU,
) -> Iterator[dict[str, Any]]:
    """Yield the arguments of `CodeFusionModel.forward` for each step of phase 1.

    A whole batch does one task, drawn with probability `phase.cpd`: code-specific CPD, or
    unsupervised code generation, where E_s is Gaussian noise, fresh at every step. What is drawn
    is on `device`, token ids are not.
    """
    codes = Table([row.code for row in data.rows], special.pad, config.max_code_length)
    plans = plans_from(start, codes.lengths.tolist(), phase.batch_size, bucketing, seed)
    for step, plan in enumerate(plans, start=start):
        task = np.random.default_rng((seed, 1, step)).random()  # the same on every rank
        random, torch_random = _generators(seed, 1, step, rank + 1, device)
        chosen = np.array(plan.rows[rank::world])
        code, _ = codes.take(chosen, plan.width)
        batch: dict[str, Any] = {"code_ids": code, **_draws(code.shape, config, torch_random)}
        if task < phase.cpd:
            prompts = [
                masked_prompt(
                    data.pieces[i],
                    phase.mask_probability,
                    special,
                    data.prefixes[i],
                    random,
                    config.max_prompt_length,
                )
                for i in chosen
            ]
            width = width_for(max(map(len, prompts)), prompt_widths)
            table = Table(prompts, special.pad, width)
            batch["prompt_ids"], batch["prompt_mask"] = table.take(np.arange(len(prompts)), width)
        else:
            drawn = int(random.integers(8, config.max_prompt_length // 2 + 1))
            width = width_for(drawn, prompt_widths)
            shape = (len(chosen), width, config.encoder.d_model)
            batch["noise_prompt"] = torch.randn(shape, generator=torch_random, device=device)
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
    prompt_widths: Sequence[int] = (),
    device: torch.device = CPU,
) -> Iterator[dict[str, Any]]:
    """Yield the arguments of `CodeFusionModel.forward` for each step of phase 2.

    With `phase.draws` d, a batch holds 1/d as many utterances, each encoded once and its code
    noised d times. What is drawn is on `device`, token ids are not.
    """
    codes = Table([row.code for row in rows], special.pad, config.max_code_length)
    prompts = Table([row.prompt for row in rows], special.pad, config.max_prompt_length)
    utterances = phase.batch_size // phase.draws
    lengths = codes.lengths.tolist(), prompts.lengths.tolist()
    plans = plans_from(start, lengths[0], utterances, bucketing, seed + 1, lengths[1])
    for step, plan in enumerate(plans, start=start):
        _, torch_random = _generators(seed, 2, step, rank + 1, device)
        chosen = np.array(plan.rows[rank::world])
        code, _ = codes.take(chosen, plan.width)
        code = code.repeat_interleave(phase.draws, dim=0)
        longest = int(prompts.lengths[chosen].max())
        prompt, mask = prompts.take(chosen, width_for(longest, prompt_widths))
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
                torch.rand((code.shape[0],), generator=torch_random, device=device)
                < phase.unconditional
            )
            shape = (code.shape[0], prompt.shape[1], config.encoder.d_model)
            batch["noise_prompt"] = torch.randn(shape, generator=torch_random, device=device)
        condition = _self_condition(code.shape[0], config, self_conditioning, torch_random)
        if condition is not None:
            batch["self_condition"] = condition
        yield batch
