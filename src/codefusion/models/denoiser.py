"""N: the denoiser. Transformer layers over the noisy program, with cross-attention to E_s."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from codefusion.models.layers import Cache, Positions, TransformerLayer, rotary_tables
from codefusion.models.length import visible


def time_features(time: Tensor, size: int) -> Tensor:
    """Return sinusoidal features (batch, size) of `time` in [0, 1] (Ho et al. 2020)."""
    rates = torch.exp(torch.linspace(0.0, 1.0, size // 2, device=time.device) * -9.2103)  # to 1e-4
    angles = 1000.0 * time.float()[:, None] * rates
    return torch.cat((angles.sin(), angles.cos()), dim=-1)


class Denoiser(nn.Module):
    """Predict the clean embedding, or the noise, from x_t, t and E_s.

    Pad positions of the *program* take part like any other, since where they begin is what N
    has to find out; where its length is known, they are hidden. Pad positions of the *prompt*
    are hidden from the cross-attention, so the width a batch happens to be padded to changes
    nothing; the noise prompt of pre-training has no pad and is seen whole.
    """

    def __init__(
        self,
        *,
        embedding_size: int,
        hidden_size: int,
        memory_size: int,
        num_layers: int,
        num_heads: int,
        feed_forward_size: int,
        max_length: int,
        dropout: float,
        knows_length: bool,
        self_conditioning: bool,
        lagged: bool,
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.head_dim = hidden_size // num_heads
        self.input = nn.Linear(embedding_size * (2 if self_conditioning else 1), hidden_size)
        self.self_conditioning = self_conditioning
        # What stands left of a token says most of what it can be.
        self.left = nn.Linear(embedding_size, hidden_size, bias=False) if lagged else None
        self.positions = Positions(max_length, hidden_size, from_end=knows_length)
        self.time = nn.Sequential(
            nn.Linear(hidden_size, hidden_size), nn.SiLU(), nn.Linear(hidden_size, 9 * hidden_size)
        )
        self.layers = nn.ModuleList(
            TransformerLayer(
                hidden_size, num_heads, feed_forward_size, memory_size, dropout, modulated=True
            )
            for _ in range(num_layers)
        )
        self.norm = nn.RMSNorm(hidden_size)
        self.output = nn.Linear(hidden_size, embedding_size)

    def memory(self, encoded: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return each layer's keys and values of E_s, which no denoising step changes."""
        return [layer.cross_attention.memory(encoded) for layer in self.layers]  # type: ignore[union-attr,operator]

    def forward(
        self,
        noisy: Tensor,  # (batch, length, embedding_size)
        time: Tensor,  # (batch,) in [0, 1], or (batch, length): of each token
        memory: list[tuple[Tensor, Tensor]],
        prompt_mask: Tensor | None,  # (batch, prompt length), None: all of it is seen
        previous: Tensor | None = None,  # the last estimate of the clean embedding
        lengths: Tensor | None = None,  # (batch,), when they are known
        left: Tensor | None = None,  # (batch, length, embedding_size), where it reads neighbours
        sight: Tensor | None = None,  # (batch, 1, length, length), True at what a token sees
        cache: Sequence[Cache] = (),  # of each layer: what it read before `noisy`
    ) -> tuple[Tensor, Tensor]:
        """Return the prediction, (batch, length, embedding_size), and the states it is made of.

        Those are the residual stream after the last layer, (batch, length, hidden_size).
        """
        if self.self_conditioning:
            previous = torch.zeros_like(noisy) if previous is None else previous
            noisy = torch.cat((noisy, previous), dim=-1)
        start = len(cache[0]) if cache else 0
        length = start + noisy.shape[1]
        h = self.input(noisy) + self.positions(length, lengths)[..., start:, :]
        if self.left is not None:
            assert left is not None
            h = h + self.left(left)
        seen = sight if lengths is None else visible(lengths, length)[:, None, None, :]
        cos, sin = rotary_tables(length, self.head_dim, h.device, h.dtype)
        rotary = cos[start:], sin[start:]
        mask = None if prompt_mask is None else prompt_mask.bool()[:, None, None, :]
        modulation = self._modulation(time, h.dtype)
        each: Sequence[Cache | None] = cache or [None] * len(self.layers)
        for layer, layer_memory, own in zip(self.layers, memory, each, strict=True):
            h = layer(h, layer_memory, mask, rotary, modulation, seen, own)
        return self.output(self.norm(h)), h

    def _modulation(self, time: Tensor, dtype: torch.dtype) -> Tensor:
        """Return (batch, 1 or length, 9, hidden_size) of times (batch,) or (batch, length)."""
        each, place = time, None
        if time.dim() == 2:
            # Tokens share few levels, and the projection is as large as most of a layer.
            each, place = time.unique(return_inverse=True)
        nine = self.time(time_features(each, self.hidden_size).to(dtype))
        nine = nine.unflatten(-1, (9, self.hidden_size))
        return nine[:, None] if place is None else nine[place]
