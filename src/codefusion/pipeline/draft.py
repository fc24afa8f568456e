"""A draft as tokens, and where it stands in each sample: pinned, noised, or made room in.

Not for text (`revision`), nor for the steps that denoise it (`diffusion` and `tokens`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

UNKNOWN = -1
# How many tokens fewer or more than the draft a sample may have below full strength.
FEWER, MORE = 2, 4

Tokens = tuple[int, ...]


@dataclass(frozen=True)
class Draft:
    """The pinned tokens of a draft, and the gaps before, between and after them.

    `gaps` has one entry more than `pins`; those that are `elastic` may become longer or shorter.
    """

    gaps: tuple[Tokens, ...]
    pins: tuple[Tokens, ...]
    elastic: tuple[bool, ...]
    strength: float  # in (0, 1]

    @property
    def pinned(self) -> int:
        """How many tokens are pinned."""
        return sum(map(len, self.pins))

    @property
    def length(self) -> int:
        """How many tokens there are."""
        return self.pinned + sum(map(len, self.gaps))

    def steps(self, wanted: int, levels: int) -> int:
        """Return how many steps to run: `wanted`, unless so small a part of `levels` has fewer."""
        return max(1, min(wanted, round(self.strength * levels)))

    def steps_in_all(self, steps: int, levels: int) -> int:
        """Return of how many steps, from pure noise on, those to run are the last."""
        return min(levels, round(steps / self.strength))

    def fits(self, longest: int) -> Tensor:
        """Return (longest,), True where a sample may have that many tokens; entry i is i + 1.

        At full strength nothing of the gaps is left, and neither is their length.
        """
        sizes = torch.arange(1, longest + 1)
        if self.strength == 1.0:
            return sizes >= self.pinned
        least = max(self.pinned, self.length - FEWER)
        return (sizes >= least) & (sizes <= self.length + MORE)

    def start(
        self,
        lengths: Tensor | None,
        generators: Sequence[torch.Generator],
        positions: int,
        pad_id: int,
    ) -> Start:
        """Place the draft in each sample; `lengths` (rows,) are how many tokens it has.

        Where they are not known, the pads belong to the draft, and a gap may change its length
        only before a pin.
        """
        tokens = torch.full((len(generators), positions), UNKNOWN)
        pinned = torch.zeros_like(tokens, dtype=torch.bool)
        for row, generator in enumerate(generators):
            length = self.length
            if lengths is not None:
                length = int(lengths[row])
            elif self.pins:
                length += _below(FEWER + MORE + 1, generator) - FEWER
                length = min(max(length, self.pinned), positions)
            placed, held = self._placed(length, generator)
            tokens[row, :length] = torch.tensor(placed)
            pinned[row, :length] = torch.tensor(held)
            if lengths is None:
                tokens[row, length:] = pad_id
                pinned[row, length:] = not self.elastic[-1]
        if self.strength == 1.0:
            tokens[~pinned] = UNKNOWN
        return Start(tokens, pinned)

    def _placed(self, length: int, generator: torch.Generator) -> tuple[list[int], list[bool]]:
        """Return `length` tokens, and which of them are pinned."""
        tokens: list[int] = []
        pinned: list[bool] = []
        sizes = self._sizes(length - self.length, generator)
        for gap, size, pin in zip(self.gaps, sizes, (*self.pins, ()), strict=True):
            tokens += [*self._resized(gap, size, generator), *pin]
            pinned += [False] * size + [True] * len(pin)
        return tokens, pinned

    def _sizes(self, more: int, generator: torch.Generator) -> list[int]:
        """Return the gaps' lengths, with so many tokens `more` than in the draft, or fewer."""
        sizes = [len(gap) for gap in self.gaps]
        elastic = [index for index, may in enumerate(self.elastic) if may]
        if more > 0:
            cuts = sorted(_below(more + 1, generator) for _ in elastic[1:])
            for index, low, high in zip(elastic, [0, *cuts], [*cuts, more], strict=True):
                sizes[index] += high - low
        for _ in range(-more):
            left = [index for index in elastic if sizes[index]]
            sizes[left[_below(len(left), generator)]] -= 1
        return sizes

    def _resized(self, gap: Tokens, size: int, generator: torch.Generator) -> Sequence[int]:
        """Put what is missing, or leave out what is too much, at one place of the gap."""
        if len(gap) == size or self.strength == 1.0:
            return gap if len(gap) == size else [UNKNOWN] * size
        kept = min(len(gap), size)
        cut = _below(kept + 1, generator)
        return [*gap[:cut], *[UNKNOWN] * (size - kept), *gap[len(gap) - (kept - cut) :]]


def _below(limit: int, generator: torch.Generator) -> int:
    """Draw from 0 to `limit` - 1; where there is no choice, nothing is drawn."""
    return 0 if limit == 1 else int(torch.randint(limit, (), generator=generator))


@dataclass(frozen=True)
class Start:
    """What is known of each sample before its first step."""

    tokens: Tensor  # (rows, positions), UNKNOWN where a sample starts from noise alone
    pinned: Tensor  # (rows, positions), True where the token stays

    def to(self, device: torch.device) -> Start:
        """Return the same on a device."""
        return Start(self.tokens.to(device), self.pinned.to(device))

    @property
    def known(self) -> Tensor:
        """(rows, positions), True where there is a token to start from."""
        return self.tokens != UNKNOWN

    def forbidding(self, unwritable: Tensor, width: int, pad_id: int) -> Tensor:
        """Return `unwritable`, (rows, 1 or width, vocabulary), with all that pins rule out.

        That is every other token at their places, and a pad before the last of them, where it
        would end the program. The result is (rows, width, vocabulary).
        """
        tokens, pinned = self.tokens[:, :width, None], self.pinned[:, :width, None]
        vocabulary = torch.arange(unwritable.shape[-1], device=tokens.device)
        before = pinned.flip(1).cumsum(dim=1).flip(1) > 0
        free = unwritable | (before & (vocabulary == pad_id))
        return torch.where(pinned, vocabulary != tokens, free)

    def embedded(self, embedding: Callable[[Tensor], Tensor]) -> Tensor:
        """Return (rows, positions, size), of any value where no token is known."""
        return embedding(self.tokens.clamp(min=0))

    def left_at(self, strength: float, generators: Sequence[torch.Generator]) -> Tensor:
        """Draw which tokens masking at `strength` leaves; (rows, positions), True at all pins."""
        if strength == 1.0:
            return self.pinned
        drawn = [torch.rand(self.tokens.shape[1], generator=one) for one in generators]
        spared = torch.stack(drawn).to(self.tokens.device) >= strength
        return self.pinned | (self.known & spared)
