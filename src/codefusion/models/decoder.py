"""D: the decoder. Full self-attention over the denoised program, cross-attention to E_s."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from codefusion.models.layers import Positions, TransformerLayer, rotary_tables
from codefusion.models.length import visible


class Decoder(nn.Module):
    """D_s = D(x̂_0, E_s): the hidden states from which the head chooses tokens."""

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
    ) -> Tensor:
        """Return D_s, (batch, length, embedding_size)."""
        length = denoised.shape[1]
        h = self.input(denoised) + self.positions(length, lengths)
        seen = None if lengths is None else visible(lengths, length)[:, None, None, :]
        if causal:
            seen = torch.ones(length, length, dtype=torch.bool, device=h.device).tril()
        rotary = rotary_tables(length, self.head_dim, h.device, h.dtype)
        mask = None if prompt_mask is None else prompt_mask.bool()[:, None, None, :]
        for layer, layer_memory in zip(self.layers, memory, strict=True):
            h = layer(h, layer_memory, mask, rotary, mask=seen)
        return self.output(self.norm(h))
