"""Beam search for the likeliest programs that hold given runs of tokens, in their order.

Not for programs without any: that is `beam`, whose conventions hold here. Knows no text.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from codefusion.pipeline.beam import Hypothesis
from codefusion.pipeline.draft import Tokens


@dataclass(frozen=True)
class PinnedHypothesis(Hypothesis):
    """`pinned` says of each token whether it is of a run that had to be there."""

    pinned: tuple[bool, ...]


def pinned_search(
    read: Callable[[Tensor, Tensor], Tensor],
    pins: Sequence[Tokens],
    width: int,
    end: int,
    max_length: int,
    device: torch.device | str = "cpu",
    begin: int | None = None,
) -> list[PinnedHypothesis]:
    """Return what one search finds, the most probable first: at most `width` programs.

    Anything may stand before, between and after the `pins`. `read` is as in `beam_search`, of
    `width` rows for each token of the pins and `width` more: a program competes only with those
    that hold as many of these tokens, since what must come is seldom what is likeliest (grid beam
    search, Hokamp & Liu 2017). It is over when no program that goes on is as probable as the last
    of those found.
    """
    script = torch.tensor([token for pin in pins for token in pin], device=device)
    groups, last = len(script) + 1, len(script)
    # At the borders of the pins, and nowhere else, other tokens may follow.
    free = torch.zeros(groups, 1, 1, dtype=torch.bool, device=device)
    free[list(itertools.accumulate(map(len, pins), initial=0))] = True
    # The token of the pins by which a program comes into a group; nothing comes into the first.
    due = torch.cat((script.new_full((1,), end), script))[:, None]
    rows = torch.arange(groups * width, device=device)
    group = torch.arange(groups, device=device)[:, None]
    tokens = torch.full((len(rows), 1), end if begin is None else begin, device=device)
    pinned = torch.zeros(len(rows), 1, dtype=torch.bool, device=device)
    parents, totals = rows, torch.full((groups, width), -torch.inf, device=device)
    totals[0, 0] = 0.0
    found: list[PinnedHypothesis] = []
    for length in range(1, max_length + 2):
        logs = read(tokens[:, -1], parents).view(groups, width, -1)
        size = logs.shape[-1]
        is_end = torch.arange(size, device=device) == end
        may = free & ~is_end if length <= max_length else torch.zeros_like(free & ~is_end)
        may[last, :, end] = True
        staying = totals[:, :, None] + logs.masked_fill(~may, -torch.inf)
        # The next token of the pins leads into the next group.
        coming = logs[:-1].gather(2, script[:, None, None].expand(-1, width, 1))[..., 0]
        coming = torch.cat((torch.full_like(totals[:1], -torch.inf), totals[:-1] + coming))
        best, places = torch.cat((staying.flatten(1), coming), dim=1).topk(2 * width, dim=1)
        held = places >= width * size
        beam = torch.where(held, places - width * size, places // size)
        chosen = torch.where(held, due, places % size)
        source = (group - held.long()) * width + beam
        # The pins may stand in a program in several ways: one is enough, all go on alike.
        written = torch.cat((tokens[source.clamp(min=0)], chosen[..., None]), dim=-1)
        same = (written[:, :, None] == written[:, None]).all(dim=-1)
        best = best.masked_fill(same.tril(-1).any(dim=-1), -torch.inf)
        possible = best.isfinite()
        ends = (chosen == end) & ~held & possible
        for place in ends[last, :width].nonzero()[:, 0].tolist():
            row = int(source[last, place])
            program, flags = tokens[row, 1:].tolist(), pinned[row, 1:].tolist()
            found.append(PinnedHypothesis(tuple(program), float(best[last, place]), tuple(flags)))
        found = sorted(found, key=lambda program: -program.log_probability)[:width]
        order = (2 * ends.long() + (~possible).long()).argsort(dim=1, stable=True)[:, :width]
        # Below 0 are the sources of what cannot come into the first group, and is impossible.
        totals, parents = best.gather(1, order), source.gather(1, order).flatten().clamp(min=0)
        added, kept = (one.gather(1, order).flatten() for one in (chosen, held))
        tokens = torch.cat((tokens[parents], added[:, None]), dim=1)
        pinned = torch.cat((pinned[parents], kept[:, None]), dim=1)
        # Programs become less probable as they go on. The first to end are those that have begun
        # their pins before it was likely, so that their number says nothing.
        if len(found) == width and float(totals.max()) <= found[-1].log_probability:
            break
    return found
