"""What a diffusion model is measured beside: an auto-regressive and a masked model of its size.

Both have E, L, H and the layers of N and D as one stack, without time steps; they read the same
token ids and are trained by the same loop on the same batches. Not for how they are sampled
(`codefusion.pipeline.tokens`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import PreTrainedModel

from codefusion.models.configuration import CodeFusionConfig
from codefusion.models.decoder import Decoder
from codefusion.models.embedding import TokenEmbedding
from codefusion.models.encoder import UtteranceEncoder
from codefusion.models.head import Head
from codefusion.models.layers import Cache
from codefusion.models.length import LengthPredictor, visible
from codefusion.models.outputs import Prompt
from codefusion.models.shared import encode_rows, initialise


@dataclass(frozen=True)
class TokenOutput:
    """Logits (batch, positions, vocab_size), their targets and which of them count."""

    logits: Tensor
    targets: Tensor  # (batch, positions)
    counted: Tensor  # (batch, positions), bool
    length_logits: Tensor | None = None  # (prompts, max_code_length)


class TokenModel(PreTrainedModel):
    """E, L, a stack of layers over token embeddings, and H."""

    config_class = CodeFusionConfig
    base_model_prefix = "codefusion"
    supports_gradient_checkpointing = False
    _supports_sdpa = True
    causal = False

    def __init__(self, config: CodeFusionConfig) -> None:
        super().__init__(config)
        self.encoder = UtteranceEncoder(
            config.encoder,
            config.embedding_size if config.share_embeddings else None,
            None if config.backbone is None else config.backbone_size,
        )
        self.embedding = TokenEmbedding(
            config.vocab_size, config.embedding_size, config.normalize_embeddings
        )
        self.decoder = Decoder(
            num_layers=config.denoiser_layers + config.decoder_layers,
            embedding_size=config.embedding_size,
            hidden_size=config.hidden_size,
            memory_size=config.encoder.d_model,
            num_heads=config.num_heads,
            feed_forward_size=config.feed_forward_size,
            max_length=config.max_code_length + 1,
            dropout=config.dropout,
            knows_length=config.predict_length and not self.causal,
        )
        self.length: LengthPredictor | None = None
        if config.predict_length and not self.causal:
            self.length = LengthPredictor(config.encoder.d_model, config.max_code_length)
        self.head = Head(config.embedding_size, config.vocab_size, config.tie_head)
        self.post_init()
        self.all_tied_weights_keys.update(self.get_expanded_tied_weights_keys(all_submodels=True))

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        initialise(module, self.config, self.embedding.table)

    def encode(
        self, prompt_ids: Tensor, prompt_mask: Tensor, features: Tensor | None = None
    ) -> Tensor:
        """Return E_s, (batch, prompt length, d_model of E), of (batch, prompt length) ids.

        `features` are a `Backbone`'s, (batch, prompt length, backbone_size), where there is one.
        """
        embedded = self.embedding(prompt_ids) if self.config.share_embeddings else None
        return self.encoder(prompt_ids, prompt_mask, embedded, features)

    def prepare_prompt(
        self, encoded: Tensor, mask: Tensor | None, lengths: Tensor | None = None
    ) -> Prompt:
        """Compute what every step needs of E_s."""
        return Prompt([], self.decoder.memory(encoded), mask, lengths)

    @property
    def from_left(self) -> bool:
        """Whether `logits` are of what follows each token, given all left of it."""
        return self.causal

    @property
    def end_token_id(self) -> int:
        """The token that ends a program."""
        return int(self.config.eos_token_id)

    @property
    def places(self) -> int:
        """How many tokens can be read from the left, the one that begins a program included."""
        return int(self.config.max_code_length) + 1

    def new_cache(self) -> list[Cache]:
        """Return what the layers have read before the first token: nothing."""
        return [Cache() for _ in self.decoder.layers]

    def logits(self, ids: Tensor, prompt: Prompt, cache: Sequence[Cache] = ()) -> Tensor:
        """Return logits (batch, positions, vocab_size) of the tokens at (batch, positions) ids.

        With `cache`, the ids follow those that were read with them before, and are added to them.
        """
        states = self.decoder(
            self.embedding(ids),
            prompt.decoder_memory,
            prompt.mask,
            prompt.lengths,
            self.causal,
            cache,
        )
        return self.head(states, self.embedding.weight())

    def count_parameters(self) -> dict[str, int]:
        """Return the number of parameters of each part."""
        boxes: dict[str, nn.Module] = {
            "E (encoder)": self.encoder,
            "L (embedding)": self.embedding,
            "layers": self.decoder,
            "H (head)": self.head,
        }
        if self.length is not None:
            boxes["length"] = self.length
        return {name: sum(p.numel() for p in box.parameters()) for name, box in boxes.items()}


class AutoregressiveModel(TokenModel):
    """p(y_i | y_<i, s), from left to right; the program ends with an end token."""

    causal = True

    def forward(
        self,
        code_ids: Tensor,  # (batch, length)
        prompt_ids: Tensor,  # (prompts, prompt length), batch a multiple of prompts
        prompt_mask: Tensor,
        features: Tensor | None = None,  # (prompts, prompt length, backbone_size)
        **unused: Tensor,  # what batches hold for diffusion
    ) -> TokenOutput:
        """Predict every token from those before it; pads after the end do not count."""
        pad, end = self.config.pad_token_id, self.config.eos_token_id
        column = torch.full_like(code_ids[:, :1], end)
        inside = code_ids != pad
        inputs = torch.cat((column, code_ids), dim=1)  # the end token also begins
        targets = torch.cat((code_ids, torch.full_like(column, pad)), dim=1)
        lengths = inside.sum(dim=1, keepdim=True)
        targets = targets.scatter(1, lengths, end)
        encoded, mask, _ = encode_rows(self, prompt_ids, prompt_mask, len(code_ids), features)
        logits = self.logits(inputs, self.prepare_prompt(encoded, mask))
        return TokenOutput(logits, targets, visible(lengths[:, 0] + 1, targets.shape[1]))


class MaskedModel(TokenModel):
    """p(y | s, what is not masked): masked, or absorbing-state, diffusion over tokens.

    The share of masked tokens is uniform (Sahoo et al. 2024), and the loss a plain mean over
    masked tokens (Chang et al. 2022).
    """

    def forward(
        self,
        code_ids: Tensor,  # (batch, length)
        prompt_ids: Tensor,  # (prompts, prompt length), batch a multiple of prompts
        prompt_mask: Tensor,
        level: Tensor,  # (batch,), which share is masked
        noise: Tensor,  # (batch, length, any), which tokens are
        features: Tensor | None = None,  # (prompts, prompt length, backbone_size)
        **unused: Tensor,
    ) -> TokenOutput:
        """Predict the masked tokens; the batch's Gaussian noise says which they are."""
        share = (level.float() + 1.0) / self.config.num_train_timesteps
        uniform = torch.special.ndtr(noise[..., 0])
        masked = uniform < share[:, None]
        lengths = None
        if self.length is not None:
            lengths = (code_ids != self.config.pad_token_id).sum(dim=1)
            masked = masked & visible(lengths, code_ids.shape[1])
        inputs = torch.where(masked, self.config.mask_token_id, code_ids)
        encoded, mask, length_logits = encode_rows(
            self, prompt_ids, prompt_mask, len(code_ids), features
        )
        logits = self.logits(inputs, self.prepare_prompt(encoded, mask, lengths))
        return TokenOutput(logits, code_ids, masked, length_logits)


BASELINES: dict[str, type[TokenModel]] = {
    "autoregressive": AutoregressiveModel,
    "masked": MaskedModel,
}


def token_loss(output: TokenOutput) -> Tensor:
    """Return the mean cross-entropy over the positions that count."""
    per_token = F.cross_entropy(
        output.logits.float().transpose(1, 2), output.targets, reduction="none"
    )
    counted = output.counted.float()
    return (per_token * counted).sum() / counted.sum().clamp(min=1.0)
