"""Which rows make which batch, and how wide it is padded. A pure function of seed and epoch.

Nothing here has state, so a resumed run reads the same batches without saving anything.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from codefusion.data.codec import NOTHING, Aligned
from codefusion.errors import UsageError


@dataclass(frozen=True)
class Encoded:
    """One training row as token ids; `prompt` is empty for a snippet.

    `aligned` says what of the sentence each token of the prompt covers.
    """

    prompt: tuple[int, ...]
    code: tuple[int, ...]
    aligned: Aligned = NOTHING


@dataclass(frozen=True)
class BatchPlan:
    """Rows of one batch and the width its code is padded to."""

    rows: tuple[int, ...]
    width: int


@dataclass(frozen=True)
class Bucketing:
    """Widths that batches of code are padded to; a row goes where it and `spare` pads just fit.

    With probability `promotion` a batch is padded to a random larger width instead, because at
    inference the width is not known and the model must have seen short programs in wide windows.
    """

    widths: tuple[int, ...]
    promotion: float = 0.25
    spare: int = 1

    def __post_init__(self) -> None:
        if not self.widths or list(self.widths) != sorted(set(self.widths)):
            raise UsageError(f"bucket widths must rise, got {list(self.widths)}")
        if not 0.0 <= self.promotion <= 1.0:
            raise UsageError(f"promotion must be in [0, 1], got {self.promotion}")


# Batches are cut from runs of this many batches' rows, sorted by the length of their prompts.
SORTED_TOGETHER = 16


def plan_epoch(
    lengths: Sequence[int],
    batch_size: int,
    bucketing: Bucketing,
    seed: int,
    epoch: int,
    prompt_lengths: Sequence[int] | None = None,
) -> list[BatchPlan]:
    """Return the batches of one epoch in order; each row occurs once, up to the last few.

    `lengths` are code lengths in tokens. Batches are full: what is left of a bucket is filled
    up with rows of the next wider one. Fewer rows than `batch_size` are repeated to fill one.
    With `prompt_lengths`, the prompts of a batch are of like length too, which saves most of
    what E would spend on pad.
    """
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    bucket_of = np.array([_bucket(length, bucketing) for length in lengths])[order]
    plans: list[BatchPlan] = []
    carried = np.empty(0, dtype=np.int64)
    for bucket, width in enumerate(bucketing.widths):
        # Own rows first: what is dropped at the end is then not always of the widest bucket.
        rows = np.concatenate((order[bucket_of == bucket], carried))
        full = len(rows) // batch_size * batch_size
        if prompt_lengths is not None:
            rows = _sorted_in_runs(rows, np.asarray(prompt_lengths), full, batch_size)
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


def _sorted_in_runs(
    rows: NDArray[np.int64], keys: NDArray[np.int64], full: int, batch_size: int
) -> NDArray[np.int64]:
    """Sort the rows that make full batches, a run at a time; the rest stays as it is."""
    run = SORTED_TOGETHER * batch_size
    pieces = [rows[start : min(start + run, full)] for start in range(0, full, run)]
    pieces = [piece[np.argsort(keys[piece], kind="stable")] for piece in pieces]
    return np.concatenate((*pieces, rows[full:]))


def _bucket(length: int, bucketing: Bucketing) -> int:
    """Return the narrowest bucket for `length` tokens and the pads (the widest may go without)."""
    wanted = bisect.bisect_left(bucketing.widths, length + bucketing.spare)
    return min(wanted, len(bucketing.widths) - 1)


def plans_from(
    step: int,
    lengths: Sequence[int],
    batch_size: int,
    bucketing: Bucketing,
    seed: int,
    prompt_lengths: Sequence[int] | None = None,
) -> Iterator[BatchPlan]:
    """Yield the plans of step `step`, `step + 1`, ... without end."""
    epoch = 0
    while True:
        plans = plan_epoch(lengths, batch_size, bucketing, seed, epoch, prompt_lengths)
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
