"""The model that wires E, L, N, D and H, for training and for one denoising step.

Not for the loop over steps: that is `codefusion.pipeline`. Not for losses: `objectives`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from codefusion.diffusion import add_noise, clean_from_epsilon, epsilon_from_clean, sight
from codefusion.models.configuration import CodeFusionConfig
from codefusion.models.decoder import Decoder
from codefusion.models.denoiser import Denoiser
from codefusion.models.embedding import TokenEmbedding
from codefusion.models.encoder import UtteranceEncoder
from codefusion.models.head import Head
from codefusion.models.layers import Cache
from codefusion.models.length import LengthPredictor
from codefusion.models.outputs import Estimate, Prompt, TrainingOutput
from codefusion.models.shared import encode_rows, initialise


class CodeFusionModel(PreTrainedModel):
    """E, L, N, D and H of Singh et al. 2023."""

    config_class = CodeFusionConfig
    base_model_prefix = "codefusion"
    main_input_name = "code_ids"
    supports_gradient_checkpointing = False
    _supports_sdpa = True

    def __init__(self, config: CodeFusionConfig) -> None:
        super().__init__(config)
        shared: dict[str, Any] = {
            "embedding_size": config.embedding_size,
            "hidden_size": config.hidden_size,
            "memory_size": config.encoder.d_model,
            "num_heads": config.num_heads,
            "feed_forward_size": config.feed_forward_size,
            "max_length": config.max_code_length,
            "dropout": config.dropout,
            "knows_length": config.predict_length,
        }
        self.encoder = UtteranceEncoder(
            config.encoder,
            config.embedding_size if config.share_embeddings else None,
            None if config.backbone is None else config.backbone_size,
        )
        self.embedding = TokenEmbedding(
            config.vocab_size, config.embedding_size, config.normalize_embeddings
        )
        self.denoiser = Denoiser(
            num_layers=config.denoiser_layers,
            self_conditioning=config.self_conditioning,
            lagged=config.lagged,
            **shared,
        )
        self.decoder = Decoder(num_layers=config.decoder_layers, **shared)
        self.length: LengthPredictor | None = None
        if config.predict_length:
            self.length = LengthPredictor(config.encoder.d_model, config.max_code_length)
        self.head = Head(config.embedding_size, config.vocab_size, config.tie_head)
        self._alpha_bar: Tensor | None = None
        self.post_init()
        # transformers looks for tied weights in direct children only, and the T5 of E, which keeps
        # its table under two names, is one below: its table would come back random.
        self.all_tied_weights_keys.update(self.get_expanded_tied_weights_keys(all_submodels=True))

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        initialise(module, self.config, self.embedding.table)

    def alpha_bar(self) -> Tensor:
        """Return the signal left at each level, float32 (num_train_timesteps,).

        A function of the configuration, not a buffer: there is nothing to lose when saving.
        """
        if self._alpha_bar is None or self._alpha_bar.device != self.device:
            self._alpha_bar = self.config.schedule().alpha_bar().float().to(self.device)
        return self._alpha_bar

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
        """Compute what every denoising step needs of E_s; `mask` None means no pad."""
        return Prompt(self.denoiser.memory(encoded), self.decoder.memory(encoded), mask, lengths)

    def noise_prompt(
        self, batch: int, length: int, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return Gaussian noise in the place of E_s: the paper's unconditional branch."""
        size = self.config.encoder.d_model
        shape = (batch, length, size)
        return torch.randn(shape, generator=generator, device=self.device, dtype=self.dtype)

    def predict(
        self, noisy: Tensor, level: Tensor, prompt: Prompt, previous: Tensor | None = None
    ) -> Estimate:
        """Run N once and return its estimates of (x_0, epsilon), like `noisy` in shape.

        `level` is (batch,), integers in [0, num_train_timesteps), or (batch, length) for a model
        that is lagged. Whichever of the two N predicts, the other follows by
        x_t = sqrt(a) x_0 + sqrt(1 - a) epsilon.
        """
        if self.config.lagged:
            return self._predict_lagged(noisy, level, prompt, noisy, level == 0)
        time = self._time(level)
        out, _ = self.denoiser(
            noisy, time, prompt.denoiser_memory, prompt.mask, previous, prompt.lengths
        )
        signal = self.alpha_bar()[level]
        if self.config.parameterisation == "x":
            return Estimate(out, epsilon_from_clean(noisy, out, signal))
        return Estimate(clean_from_epsilon(noisy, out, signal), out)

    def _time(self, level: Tensor) -> Tensor:
        return (level.float() + 1.0) / self.config.num_train_timesteps

    def begin(self, rows: int) -> Tensor:
        """Return what stands left of a program, (rows, 1, embedding_size)."""
        end = torch.tensor(self.config.eos_token_id, device=self.device)
        return self.embedding(end).expand(rows, 1, -1)

    def _predict_lagged(
        self, noisy: Tensor, level: Tensor, prompt: Prompt, clean: Tensor, context: Tensor
    ) -> Estimate:
        """Run a lagged model's N, told the tokens of the context whatever their own noise.

        `context` is (batch, length). What stands right of one of its tokens reads that in `clean`,
        which is like `noisy` in shape, and what stands right of another in `noisy`.
        """
        read = torch.where(context[:, :, None], clean, noisy)
        left = torch.cat((self.begin(len(noisy)).to(noisy.dtype), read[:, :-1]), dim=1)
        seen = sight(context, level == self.config.num_train_timesteps - 1)
        out, states = self.denoiser(
            noisy, self._time(level), prompt.denoiser_memory, prompt.mask, left=left, sight=seen
        )
        noise = epsilon_from_clean(noisy, out, self.alpha_bar()[level])
        return Estimate(out, noise, states, seen)

    @property
    def from_left(self) -> bool:
        """Whether it can be read as an auto-regressive model, too, see `logits`."""
        return bool(self.config.lagged)

    @property
    def end_token_id(self) -> int:
        """The token that ends a program."""
        return int(self.config.pad_token_id)

    @property
    def places(self) -> int:
        """How many tokens can be read from the left, the one that begins a program included."""
        return int(self.config.max_code_length)

    def new_cache(self) -> list[Cache]:
        """Return what the layers of N and D have read before the first token: nothing."""
        return [Cache() for _ in (*self.denoiser.layers, *self.decoder.layers)]

    def go_on(
        self, noisy: Tensor, level: Tensor, prompt: Prompt, before: Tensor, cache: Sequence[Cache]
    ) -> tuple[Tensor, Tensor]:
        """Run a lagged model's N, D and H behind the clean tokens that `cache` has read.

        Returns the clean estimate, like `noisy` in shape, and logits, as `predict` and `decode` do
        for the whole program. `before` is what stands left of the first, (batch, 1,
        embedding_size). The tokens are added to the cache, where only clean ones may stay.
        """
        left = torch.cat((before, noisy[:, :-1]), dim=1)
        return self._behind(noisy, level, prompt, left, level == 0, cache)

    def logits(self, ids: Tensor, prompt: Prompt, cache: Sequence[Cache] = ()) -> Tensor:
        """Return logits (batch, positions, vocab_size) of what follows (batch, positions) ids.

        For a lagged model, which can be read as an auto-regressive one: each token is told all
        that is left of it and shown nothing of itself, as context is in training. A program
        begins after the end token, and ends with a pad. With `cache`, the ids follow those
        that were read with them before, and are added to them.
        """
        told = self.embedding(ids)
        last = torch.full_like(ids, self.config.num_train_timesteps - 1)
        every = torch.ones_like(ids, dtype=torch.bool)
        return self._behind(torch.zeros_like(told), last, prompt, told, every, cache)[1]

    def _behind(
        self,
        noisy: Tensor,
        level: Tensor,
        prompt: Prompt,
        left: Tensor,
        context: Tensor,
        cache: Sequence[Cache],
    ) -> tuple[Tensor, Tensor]:
        """Run N, D and H on tokens that see all that `cache` has read: (clean estimate, logits)."""
        depth, start = len(self.denoiser.layers), len(cache[0]) if cache else 0
        own = sight(context, level == self.config.num_train_timesteps - 1)
        seen = torch.cat((own.new_ones(len(own), 1, own.shape[2], start), own), dim=-1)
        out, states = self.denoiser(
            noisy,
            self._time(level),
            prompt.denoiser_memory,
            prompt.mask,
            left=left,
            sight=seen,
            cache=cache[:depth],
        )
        decoded = self.decoder(
            out, prompt.decoder_memory, prompt.mask, cache=cache[depth:], states=states, sight=seen
        )
        return out, self.head(decoded, self.embedding.weight())

    def decode(
        self,
        denoised: Tensor,
        prompt: Prompt,
        states: Tensor | None = None,
        sight: Tensor | None = None,
        places: slice = slice(None),
    ) -> tuple[Tensor, Tensor]:
        """Run D and H on x̂_0: (D_s, logits). `states` and `sight` are a lagged `Estimate`'s.

        D reads all of the program; only of the tokens at `places` are its states and logits.
        """
        decoded = self.decoder(
            denoised, prompt.decoder_memory, prompt.mask, prompt.lengths, states=states, sight=sight
        )[:, places]
        return decoded, self.head(decoded, self.embedding.weight())

    def forward(
        self,
        code_ids: Tensor,  # (batch, length)
        level: Tensor,  # (batch,), or (batch, length) where the model is lagged
        noise: Tensor,  # (batch, length, embedding_size)
        prompt_ids: Tensor | None = None,  # (prompts, prompt length), batch a multiple of prompts
        prompt_mask: Tensor | None = None,
        noise_prompt: Tensor | None = None,  # (batch, prompt length, d_model)
        use_noise_prompt: Tensor | None = None,  # (batch,) bool, None: everywhere
        self_condition: Tensor | None = None,  # (batch,) bool
        features: Tensor | None = None,  # (prompts, prompt length, backbone_size)
        context: Tensor
        | None = None,  # (batch, length) bool, of a lagged model; None: what is clean
    ) -> TrainingOutput:
        """One training pass at the given noise levels.

        Where `use_noise_prompt` holds, E_s is `noise_prompt`. Where `self_condition` holds, N is
        fed its own first estimate. Several draws per utterance: give each prompt once and
        `batch` rows of code, in blocks of equal prompts. A token of the `context` is told to what
        stands right of it; at the last level, it is shown nothing of itself.
        """
        lengths = length_logits = None
        if self.config.predict_length:
            lengths = (code_ids != self.config.pad_token_id).sum(dim=-1).clamp(min=1)
        if prompt_ids is not None:
            assert prompt_mask is not None
            encoded, seen, length_logits = encode_rows(
                self, prompt_ids, prompt_mask, len(code_ids), features
            )
            if noise_prompt is not None and use_noise_prompt is not None:
                where = use_noise_prompt[:, None, None]
                encoded = torch.where(where, noise_prompt.to(encoded.dtype), encoded)
                seen = torch.where(use_noise_prompt[:, None], torch.ones_like(seen), seen)
            prompt = self.prepare_prompt(encoded, seen, lengths)
        else:
            assert noise_prompt is not None
            prompt = self.prepare_prompt(noise_prompt, None, lengths)
        clean = self.embedding(code_ids)
        noisy = add_noise(clean, noise, self.alpha_bar()[level])
        previous = None
        if self.config.self_conditioning and self_condition is not None:
            with torch.no_grad():
                first = self.predict(noisy, level, prompt).clean
            previous = torch.where(self_condition[:, None, None], first, torch.zeros_like(first))
        if self.config.lagged:
            context = level == 0 if context is None else context
            hidden = context & (level == self.config.num_train_timesteps - 1)
            noisy = noisy.masked_fill(hidden[:, :, None], 0.0)
            estimate = self._predict_lagged(noisy, level, prompt, clean, context)
        else:
            estimate = self.predict(noisy, level, prompt, previous)
        # D must learn from N's estimate: on clean embeddings its task is trivial and the loss
        # falls to nothing while samples are nonsense.
        decoded, logits = self.decode(estimate.clean, prompt, estimate.states, estimate.sight)
        return TrainingOutput(
            clean, noise, estimate.clean, estimate.noise, decoded, logits, length_logits
        )

    def count_parameters(self) -> dict[str, int]:
        """Return the number of parameters of each box of the paper's figure."""
        boxes: dict[str, nn.Module] = {
            "E (encoder)": self.encoder,
            "L (embedding)": self.embedding,
            "N (denoiser)": self.denoiser,
            "D (decoder)": self.decoder,
            "H (head)": self.head,
        }
        if self.length is not None:
            boxes["length"] = self.length
        return {name: sum(p.numel() for p in box.parameters()) for name, box in boxes.items()}
