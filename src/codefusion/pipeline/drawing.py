"""Chance: the seeds of samples, tokens drawn from logits, how likely what was drawn is.

Every row has a generator of its own, so that a sample depends on its seed and on nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from codefusion.errors import UsageError
from codefusion.models.length import visible


@dataclass(frozen=True)
class Frame:
    """What one denoising step makes of all rows."""

    noise_level: float  # share of the variance that is noise, in (0, 1]
    tokens: Tensor  # (rows, positions)
    confidence: Tensor  # (rows, positions), their probabilities
    entropy: Tensor  # (rows, positions), in bits, of what could stand there
    embedding: Tensor  # (rows, embedding_size), mean of the program's estimate
    ended: Tensor | None = None  # (rows,), programs that were complete before this step


@dataclass(frozen=True)
class Held:
    """What D held possible at one step: each row's likeliest programs, and the one it drew."""

    step: int  # from 1
    tokens: Tensor  # (rows, programs, positions)
    logs: Tensor  # (rows, programs, positions), of the tokens' probabilities

    @property
    def log_probability(self) -> Tensor:
        """(rows, programs), -inf where there are not so many."""
        return self.logs.sum(dim=-1)


@dataclass(frozen=True)
class Draws:
    """Programs as they were drawn, a row for each."""

    tokens: Tensor  # (rows, positions); a program ends before the first pad
    log_likelihood: Tensor  # (rows,), mean log probability per token
    frames: Sequence[Frame] = ()
    held: Held | None = None
    log_probability: Tensor | None = None  # (rows,), of whole programs, where they are ranked by it


def sample_seeds(
    draws: int, seed: int, generator: torch.Generator | list[torch.Generator] | None
) -> list[int]:
    """Return a seed for each draw; the generators, when given, take the place of `seed`."""
    if isinstance(generator, list):
        return [one.initial_seed() for one in generator]
    if generator is not None:
        return torch.randint(0, 2**31, (draws,), generator=generator).tolist()
    if seed < 0:
        raise UsageError(f"a seed must not be negative, got {seed}")
    return [seed + i for i in range(draws)]


def mean_embedding(estimate: Tensor, lengths: Tensor | None) -> Tensor:
    """Return (rows, size), the mean of (rows, positions, size) over each program's positions."""
    if lengths is None:
        return estimate.mean(dim=1)
    inside = visible(lengths, estimate.shape[1])[:, :, None]
    return (estimate * inside).sum(dim=1) / lengths.clamp(min=1)[:, None]


def entropy_of(logits: Tensor) -> Tensor:
    """Return the entropy, in bits, of the tokens that (..., vocabulary) logits let choose from."""
    return torch.special.entr(logits.float().softmax(dim=-1)).sum(dim=-1) / math.log(2.0)


def feedback_temperatures(config: Any, generators: Sequence[torch.Generator]) -> Tensor:
    """Return (rows,): the temperature at which each sample's D chooses what N is fed.

    Only where there is a range is a number taken from each generator.
    """
    coolest, hottest = config.feedback_temperature, config.hottest_feedback
    if hottest is None:
        return torch.full((len(generators),), coolest)
    share = torch.cat([torch.rand(1, generator=one) for one in generators])
    return coolest * (share * math.log(hottest / coolest)).exp()


def draw_tokens(
    logits: Tensor,
    generators: Sequence[torch.Generator],
    positions: int,
    temperature: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """Draw a token at each of (rows, width) with the row's generator.

    Returns it and the chance that the logits give it at temperature 1. At temperature 0 it is
    the likeliest. Each generator is asked for `positions` numbers, at least `width`, so that a
    row's next draw does not depend on how wide the others are.
    """
    logits = logits.float()
    model = logits.softmax(dim=-1)
    if temperature == 0.0:
        sure, chosen = model.max(dim=-1)
        return chosen, sure
    probability = model if temperature == 1.0 else (logits / temperature).softmax(dim=-1)
    uniform = torch.stack([torch.rand(positions, generator=one) for one in generators])
    uniform = uniform[:, : logits.shape[1], None].to(logits.device)
    chosen = (probability.cumsum(dim=-1) <= uniform).sum(dim=-1)
    # Rounding may leave the last sum just below 1, and the draw above it.
    beyond = chosen >= probability.shape[-1]
    chosen = torch.where(beyond, probability.argmax(dim=-1), chosen)
    return chosen, model.gather(-1, chosen[..., None])[..., 0]


def likeliest_programs(log_probabilities: Tensor, count: int) -> Tensor:
    """Return each row's `count` likeliest programs of (rows, width, vocabulary), or all of fewer.

    D's positions are independent, given N's estimate: a program's probability is the product of
    its tokens'. The result is (rows, programs, width), the likeliest first.
    """
    rows, width, vocabulary = log_probabilities.shape
    # No program among the best has a token that `count` others at its place are likelier than.
    likeliest, ids = log_probabilities.topk(min(count, vocabulary), dim=-1)
    programs = ids.new_empty(rows, 1, 0)
    total = likeliest.new_zeros(rows, 1)
    for place in range(width):
        sums = (total[:, :, None] + likeliest[:, None, place]).flatten(1)
        total, chosen = sums.topk(min(count, sums.shape[1]), dim=-1)
        before = (chosen // ids.shape[-1])[:, :, None].expand(-1, -1, place)
        token = ids[:, place].gather(1, chosen % ids.shape[-1])
        programs = torch.cat((programs.gather(1, before), token[:, :, None]), dim=-1)
    return programs


def held_programs(logits: Tensor, drawn: Tensor, count: int, step: int) -> Held:
    """Return what (rows, width, vocabulary) logits hold possible, and how likely the `drawn` are.

    Those are (rows, width) and come last, whether or not they are among the `count` likeliest.
    """
    logs = logits.float().log_softmax(dim=-1)
    tokens = torch.cat((likeliest_programs(logs, count), drawn[:, None]), dim=1)
    return Held(step, tokens, logs.gather(-1, tokens.mT).mT)


def mean_log_likelihood(
    tokens: Tensor, confidence: Tensor, pad_id: int, lengths: Tensor | None
) -> Tensor:
    """Return the mean log probability of each program's tokens, and of a pad that ends it."""
    if lengths is None:
        pads = (tokens == pad_id).long()
        counted = (pads.cumsum(dim=-1) - pads) == 0
    else:
        counted = visible(lengths, tokens.shape[1])
    logs = confidence.clamp_min(1e-9).log() * counted
    return logs.sum(dim=-1) / counted.sum(dim=-1)
