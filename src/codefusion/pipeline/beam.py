"""Beam search: the likeliest programs of a model that writes from the left.

Not for what may stand where: what cannot has a log probability of -inf. Knows no text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Hypothesis:
    """A program that has ended: its tokens, without the end token.

    `log_probability` is the sum over its tokens and its end.
    """

    tokens: tuple[int, ...]
    log_probability: float

    @property
    def log_likelihood(self) -> float:
        """The mean log probability of its tokens and of its end."""
        return self.log_probability / (len(self.tokens) + 1)


def beam_search(
    read: Callable[[Tensor, Tensor], Tensor],
    searches: int,
    width: int,
    end: int,
    max_length: int,
    device: torch.device | str = "cpu",
    begin: int | None = None,
) -> list[list[Hypothesis]]:
    """Search `searches` times side by side; return what each found, the most probable first.

    `read(tokens, parents)` is given, for each of `searches` * `width` rows, the row of the last
    call that it continues and the token it adds (`begin`, or else the end token, to begin with),
    and returns the log probabilities of what may follow, (rows, vocabulary).

    Of the continuations of all beams, those in the first `width` places that end have ended, and
    the likeliest `width` others go on. A search is over when it has found `width` programs and
    none that goes on is likelier than the last of these, or at `max_length` tokens, where all must
    end. There is no length penalty: the most probable program is wanted, and commands are short.
    With a width of 1 it is greedy decoding.
    """
    tokens = torch.full((searches * width, 1), end if begin is None else begin, device=device)
    parents = torch.arange(searches * width, device=device)
    first_row = parents.view(searches, width)[:, :1]
    # The beams of a search begin alike: all but one count as impossible, or they would stay so.
    totals = torch.full((searches, width), -torch.inf, device=device)
    totals[:, 0] = 0.0
    found: list[list[Hypothesis]] = [[] for _ in range(searches)]
    for length in range(1, max_length + 2):
        logs = read(tokens[:, -1], parents)
        if length > max_length:
            must = torch.full_like(logs, -torch.inf)
            must[:, end] = logs[:, end]
            logs = must
        size = logs.shape[-1]
        sums = (totals[:, :, None] + logs.view(searches, width, size)).flatten(1)
        best, places = sums.topk(2 * width, dim=1)
        chosen, rows = places % size, first_row + places // size
        ends = (chosen == end) & best.isfinite()
        for search, place in ends[:, :width].nonzero().tolist():
            program = tuple(tokens[rows[search, place], 1:].tolist())
            found[search].append(Hypothesis(program, float(best[search, place])))
        found = [sorted(one, key=lambda each: -each.log_probability)[:width] for one in found]
        # At most one continuation of each beam ends, so that `width` others are left.
        order = ends.long().argsort(dim=1, stable=True)[:, :width]
        totals, parents = best.gather(1, order), rows.gather(1, order).flatten()
        added = chosen.gather(1, order).flatten()
        tokens = torch.cat((tokens[parents], added[:, None]), dim=1)
        going = totals.max(dim=1).values.tolist()
        if all(
            len(one) == width and most <= one[-1].log_probability
            for one, most in zip(found, going, strict=True)
        ):
            break
    return found
