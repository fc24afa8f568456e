"""L: the trainable embedding of code tokens, the space in which programs are noised."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class TokenEmbedding(nn.Module):
    """x_0 = L(y). With `normalize`, each row has zero mean and unit variance."""

    def __init__(self, vocab_size: int, size: int, normalize: bool) -> None:
        super().__init__()
        self.table = nn.Embedding(vocab_size, size)
        self.normalize = normalize

    def forward(self, token_ids: Tensor) -> Tensor:
        """Embed (batch, length) ids to (batch, length, size)."""
        rows = self.table(token_ids)
        return F.layer_norm(rows, rows.shape[-1:]) if self.normalize else rows

    def weight(self) -> Tensor:
        """Return the embedding of every token, (vocab_size, size), normalised if set so."""
        rows = self.table.weight
        return F.layer_norm(rows, rows.shape[-1:]) if self.normalize else rows

    def closeness(self, embeddings: Tensor) -> Tensor:
        """Return (batch, length, vocab_size): half the negated squared distance of every token.

        It is up to a constant of the position, so that a softmax makes it the chance of the token
        under a Gaussian of unit variance around each; the nearest token has the largest.
        """
        rows = self.weight()
        return embeddings @ rows.T - 0.5 * rows.square().sum(-1)

    def nearest(self, embeddings: Tensor) -> Tensor:
        """Return the ids of the tokens nearest to (batch, length, size): the paper's grounding."""
        return self.closeness(embeddings).argmax(dim=-1)

    @torch.no_grad()
    def nearest_neighbour_distance(self, used: Tensor | None = None) -> float:
        """Return the mean distance of a token to its nearest other, per square root of size.

        About 1.4 for random normalised rows; 0 when they have collapsed. `used` restricts
        it to some token ids (rare tokens hardly move from where they were initialised).
        """
        rows = self.weight() if used is None else self.weight()[used]
        distance = torch.cdist(rows, rows)
        distance.fill_diagonal_(torch.inf)
        return float(distance.amin(dim=-1).mean()) / rows.shape[-1] ** 0.5
