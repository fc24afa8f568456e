"""Which rows make which batch, and how wide it is padded. A pure function of seed and epoch.

Nothing here has state, so a resumed run reads the same batches without saving anything.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from codefusion.errors import UsageError


@dataclass(frozen=True)
class Encoded:
    """One training row as token ids; `prompt` is empty for a snippet."""

    prompt: tuple[int, ...]
    code: tuple[int, ...]


@dataclass(frozen=True)
class BatchPlan:
    """Rows of one batch and the width its code is padded to."""

    rows: tuple[int, ...]
    width: int


@dataclass(frozen=True)
class Bucketing:
    """Widths that batches of code are padded to; a row goes where it and one pad just fit.

    With probability `promotion` a batch is padded to a random larger width instead, because at
    inference the width is not known and the model must have seen short programs in wide windows.
    """

    widths: tuple[int, ...]
    promotion: float = 0.25

    def __post_init__(self) -> None:
        if not self.widths or list(self.widths) != sorted(set(self.widths)):
            raise UsageError(f"bucket widths must rise, got {list(self.widths)}")
        if not 0.0 <= self.promotion <= 1.0:
            raise UsageError(f"promotion must be in [0, 1], got {self.promotion}")


def plan_epoch(
    lengths: Sequence[int], batch_size: int, bucketing: Bucketing, seed: int, epoch: int
) -> list[BatchPlan]:
    """Return the batches of one epoch in order; each row occurs once, up to the last few.

    `lengths` are code lengths in tokens. Batches are full: what is left of a bucket is filled
    up with rows of the next wider one. Fewer rows than `batch_size` are repeated to fill one.
    """
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    bucket_of = np.array([_bucket(length, bucketing.widths) for length in lengths])[order]
    plans: list[BatchPlan] = []
    carried = np.empty(0, dtype=np.int64)
    for bucket, width in enumerate(bucketing.widths):
        rows = np.concatenate((carried, order[bucket_of == bucket]))
        full = len(rows) // batch_size * batch_size
        for start in range(0, full, batch_size):
            choice = width
            if random.random() < bucketing.promotion:
                choice = int(random.choice(bucketing.widths[bucket:]))
            plans.append(BatchPlan(tuple(rows[start : start + batch_size].tolist()), choice))
        carried = rows[full:]
    if not plans:
        filled = np.resize(order, batch_size)
        plans.append(BatchPlan(tuple(filled.tolist()), bucketing.widths[-1]))
    shuffled = random.permutation(len(plans))
    return [plans[i] for i in shuffled]


def _bucket(length: int, widths: Sequence[int]) -> int:
    """Return the narrowest bucket for `length` tokens and one pad (the widest may go without)."""
    return min(bisect.bisect_left(widths, length + 1), len(widths) - 1)


def plans_from(
    step: int, lengths: Sequence[int], batch_size: int, bucketing: Bucketing, seed: int
) -> Iterator[BatchPlan]:
    """Yield the plans of step `step`, `step + 1`, ... without end."""
    epoch = 0
    while True:
        plans = plan_epoch(lengths, batch_size, bucketing, seed, epoch)
        if step < len(plans):
            yield from plans[step:]
            step = 0
        else:
            step -= len(plans)
        epoch += 1


def pad_rows(
    rows: Sequence[Sequence[int]], pad_id: int, width: int | None = None
) -> tuple[Tensor, Tensor]:
    """Return ids and a mask that is 1 on tokens, both (rows, width); the default is the longest."""
    width = width or max(len(row) for row in rows)
    ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row, dtype=torch.long)
        mask[index, : len(row)] = 1
    return ids, mask
