"""The transformer layer that the denoiser and the decoder are both made of.

Pre-norm, full attention, rotary positions, normalised queries and keys, gated feed-forward.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def rotary_tables(
    length: int, head_dim: int, device: torch.device, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Return cosines and sines, each (length, head_dim / 2) (Su et al. 2021)."""
    rates = 10000.0 ** (-torch.arange(0, head_dim, 2, device=device).float() / head_dim)
    angles = torch.arange(length, device=device).float()[:, None] * rates
    return angles.cos().to(dtype), angles.sin().to(dtype)


def _rotate(x: Tensor, rotary: tuple[Tensor, Tensor]) -> Tensor:
    cos, sin = rotary
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


class Positions(nn.Module):
    """Where a token stands: learned, from the start, and from the end when the length is known."""

    def __init__(self, max_length: int, size: int, from_end: bool) -> None:
        super().__init__()
        self.start = nn.Embedding(max_length, size)
        self.end = nn.Embedding(max_length, size) if from_end else None

    def forward(self, width: int, lengths: Tensor | None) -> Tensor:
        """Return (width, size), or (batch, width, size) for programs of `lengths` (batch,)."""
        start = self.start.weight[:width]
        if self.end is None or lengths is None:
            return start
        left = lengths[:, None] - 1 - torch.arange(width, device=lengths.device)
        return start + self.end(left.clamp(min=0))


class Attention(nn.Module):
    """Multi-head attention over itself or over a memory of another width."""

    def __init__(self, size: int, num_heads: int, memory_size: int | None = None) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(size, size, bias=False)
        self.key_value = nn.Linear(memory_size or size, 2 * size, bias=False)
        self.out = nn.Linear(size, size, bias=False)
        self.query_norm = nn.RMSNorm(size // num_heads)
        self.key_norm = nn.RMSNorm(size // num_heads)

    def _heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def memory(
        self, source: Tensor, rotary: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return keys and values of `source`, each (batch, heads, source length, head dim)."""
        key, value = self.key_value(source).chunk(2, dim=-1)
        key = self.key_norm(self._heads(key))
        return key if rotary is None else _rotate(key, rotary), self._heads(value)

    def forward(
        self,
        x: Tensor,  # (batch, length, size)
        memory: tuple[Tensor, Tensor],
        mask: Tensor | None = None,  # (batch, 1, 1, source length), True where to look
        rotary: tuple[Tensor, Tensor] | None = None,
    ) -> Tensor:
        """Attend from `x` to keys and values made by `memory`; like `x` in shape."""
        query, (key, value) = self.query_norm(self._heads(self.query(x))), memory
        if rotary is not None:
            query = _rotate(query, rotary)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.out(mixed.transpose(1, 2).flatten(2))


class Cache:
    """Keys and values of the positions that one layer has read, for decoding from the left."""

    def __init__(self) -> None:
        self.pair: tuple[Tensor, Tensor] | None = None

    def __len__(self) -> int:
        return 0 if self.pair is None else self.pair[0].shape[2]

    def extend(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Add those of further positions, (batch, heads, positions, head dim); return all."""
        if self.pair is not None:
            key = torch.cat((self.pair[0], key), dim=2)
            value = torch.cat((self.pair[1], value), dim=2)
        self.pair = key, value
        return self.pair

    def copy(self) -> Cache:
        """Return one that has read the same, and may read on by itself."""
        other = Cache()
        other.pair = self.pair
        return other

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order; a row may be repeated."""
        if self.pair is not None:
            self.pair = self.pair[0][rows], self.pair[1][rows]


class FeedForward(nn.Module):
    """SwiGLU (Shazeer 2020)."""

    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.gate_up = nn.Linear(size, 2 * inner, bias=False)
        self.down = nn.Linear(inner, size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., size) to (..., size)."""
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(F.silu(gate) * up)


class TransformerLayer(nn.Module):
    """Self-attention, cross-attention to the prompt, feed-forward.

    With `modulated`, the input of each of the three is scaled and shifted, and its output gated,
    by nine values per channel that depend on the time step, of the program or of each token
    (adaptive layer norm, with one projection for all layers and a learned offset per layer, as in
    PixArt-alpha).
    """

    def __init__(
        self,
        size: int,
        num_heads: int,
        inner: int,
        memory_size: int,
        dropout: float,
        modulated: bool,
    ) -> None:
        super().__init__()
        self.self_norm = nn.RMSNorm(size)
        self.self_attention = Attention(size, num_heads)
        self.cross_norm = nn.RMSNorm(size)
        self.cross_attention = Attention(size, num_heads, memory_size)
        self.feed_norm = nn.RMSNorm(size)
        self.feed_forward = FeedForward(size, inner)
        self.dropout = nn.Dropout(dropout)
        self.modulation = nn.Parameter(torch.zeros(9, size)) if modulated else None

    def forward(
        self,
        x: Tensor,  # (batch, length, size)
        memory: tuple[Tensor, Tensor],
        memory_mask: Tensor | None,
        rotary: tuple[Tensor, Tensor],
        modulation: Tensor | None = None,  # (batch, 1 or length, 9, size)
        mask: Tensor | None = None,  # (batch, 1, 1, length), True where to look
        cache: Cache | None = None,  # what it read before `x`
    ) -> Tensor:
        """Return the residual stream after the three blocks, like `x` in shape."""
        parts: list[tuple[Tensor, Tensor, Tensor]] | None = None
        if modulation is not None and self.modulation is not None:
            nine = (modulation + self.modulation).unbind(2)  # each (batch, 1 or length, size)
            parts = [(nine[3 * i], nine[3 * i + 1], nine[3 * i + 2]) for i in range(3)]

        def before(index: int, normed: Tensor) -> Tensor:
            if parts is None:
                return normed
            scale, shift, _ = parts[index]
            return normed * (1.0 + scale) + shift

        def after(index: int, update: Tensor) -> Tensor:
            update = self.dropout(update)
            return update if parts is None else update * (1.0 + parts[index][2])

        h = before(0, self.self_norm(x))
        own = self.self_attention.memory(h, rotary)
        if cache is not None:
            own = cache.extend(*own)
        x = x + after(0, self.self_attention(h, own, mask, rotary))
        h = before(1, self.cross_norm(x))
        x = x + after(1, self.cross_attention(h, memory, mask=memory_mask))
        h = before(2, self.feed_norm(x))
        return x + after(2, self.feed_forward(h))
