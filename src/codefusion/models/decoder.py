"""D: the decoder. Full self-attention over the denoised program, cross-attention to E_s."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from codefusion.models.layers import Cache, Positions, TransformerLayer, rotary_tables
from codefusion.models.length import visible


class Decoder(nn.Module):
    """D_s = D(x̂_0, E_s): the hidden states from which the head chooses tokens.

    Without layers there is no D, and D_s is x̂_0: Diffusion-LM and GENIE round the denoiser's
    estimate itself.
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
    ) -> None:
        super().__init__()
        if num_layers == 0:
            self.layers = nn.ModuleList()
            return
        self.head_dim = hidden_size // num_heads
        self.input = nn.Linear(embedding_size, hidden_size)
        self.positions = Positions(max_length, hidden_size, from_end=knows_length)
        self.layers = nn.ModuleList(
            TransformerLayer(
                hidden_size, num_heads, feed_forward_size, memory_size, dropout, modulated=False
            )
            for _ in range(num_layers)
        )
        self.norm = nn.RMSNorm(hidden_size)
        self.output = nn.Linear(hidden_size, embedding_size)

    def memory(self, encoded: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return each layer's keys and values of E_s."""
        return [layer.cross_attention.memory(encoded) for layer in self.layers]  # type: ignore[union-attr,operator]

    def forward(
        self,
        denoised: Tensor,  # (batch, length, embedding_size)
        memory: list[tuple[Tensor, Tensor]],
        prompt_mask: Tensor | None,
        lengths: Tensor | None = None,  # (batch,), when they are known
        causal: bool = False,  # for the auto-regressive baseline
        cache: Sequence[Cache] = (),  # of each layer: what it read before `denoised`
        states: Tensor | None = None,  # (batch, length, hidden_size) of N, to go on from
        sight: Tensor | None = None,  # (batch, 1, length, length), True at what a token sees
    ) -> Tensor:
        """Return D_s, (batch, length, embedding_size)."""
        if not self.layers:
            return denoised
        start = len(cache[0]) if cache else 0
        stop = start + denoised.shape[1]
        h = self.input(denoised) + self.positions(stop, lengths)[..., start:, :]
        if states is not None:
            h = h + states
        seen = sight if lengths is None else visible(lengths, stop)[:, None, None, :]
        if causal:
            seen = torch.ones(stop, stop, dtype=torch.bool, device=h.device).tril()[start:]
        cos, sin = rotary_tables(stop, self.head_dim, h.device, h.dtype)
        rotary = cos[start:], sin[start:]
        mask = None if prompt_mask is None else prompt_mask.bool()[:, None, None, :]
        each: Sequence[Cache | None] = cache or [None] * len(self.layers)
        for layer, layer_memory, own in zip(self.layers, memory, each, strict=True):
            h = layer(h, layer_memory, mask, rotary, mask=seen, cache=own)
        return self.output(self.norm(h))
