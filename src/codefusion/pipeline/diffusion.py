"""Drawing by diffusion, the paper's section 3.3: denoise with N over the steps, then D and H once.

Not for what other systems share: that is `base`. Not for one step's noise: `codefusion.diffusion`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from codefusion.data.codec import EncodedPrompt
from codefusion.diffusion import add_noise, epsilon_from_clean
from codefusion.diffusion.samplers import SCHEDULERS, RenoisingScheduler, swap_scheduler
from codefusion.errors import UsageError
from codefusion.models import CodeFusionModel, Prompt
from codefusion.pipeline.base import CodePipeline
from codefusion.pipeline.draft import Start
from codefusion.pipeline.drawing import (
    Draws,
    Frame,
    draw_tokens,
    entropy_of,
    feedback_temperatures,
    held_programs,
    mean_embedding,
    mean_log_likelihood,
)
from codefusion.pipeline.folders import named_class
from codefusion.pipeline.lagged import draw_lagged
from codefusion.pipeline.options import CLAMPING, DECODER, Options
from codefusion.pipeline.reading import unwritable

Noise = Callable[[int, int], Tensor]

# How many programs each sample votes for beside the one it ends in.
HELD_POSSIBLE = 8


class CodeFusionPipeline(CodePipeline):
    """`model`, `scheduler` and `tokenizer`, by the convention of diffusers.

    `pipe.scheduler` may be swapped for any of `SCHEDULERS`, see `set_scheduler`.
    """

    models: ClassVar[Mapping[str, Any]] = {CodeFusionModel.__name__: CodeFusionModel}
    model: CodeFusionModel

    @classmethod
    def _load_scheduler(cls, folder: Path) -> Any:
        schedulers = {one.__name__: one for one in SCHEDULERS.values()}
        kind = named_class(folder, "scheduler", schedulers)
        return kind.from_pretrained(folder / "scheduler")

    def set_scheduler(self, name: str) -> None:
        """Swap the sampler for one of `SCHEDULERS`, on the same noise process.

        Raises `UsageError` for another name, or one that a lagged model cannot have.
        """
        swapped = swap_scheduler(self.scheduler, name)
        self._check_scheduler(swapped)
        self.scheduler = swapped

    def _check_scheduler(self, scheduler: Any) -> None:
        if self.model.config.lagged and not isinstance(scheduler, RenoisingScheduler):
            raise UsageError("a lagged model gives each token a level of its own: use `renoising`")

    def _check(self, options: Options) -> None:
        if options.temperature != 1.0:
            raise UsageError("a diffusion model has no temperature")
        if options.feedback and options.rounding != DECODER:
            raise UsageError(f"{options.rounding} does without D; it has no decoder feedback")
        if not self.model.config.lagged:
            return
        if options.feedback is False or options.rounding != DECODER or options.guidance != 1.0:
            raise UsageError(
                "a lagged model always feeds back what D makes of a token; it has no guidance, and "
                "no rounding without D"
            )
        self._check_scheduler(self.scheduler)

    def draw(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        options: Options,
        start: Start | None,
    ) -> Draws:
        """Denoise from noise alone, or from a draft; see `CodePipeline.draw`."""
        model, device = self.model, self.model.device
        config, lengths = model.config, prompt.lengths
        if config.lagged:
            return self._draw_lagged(asked, prompt, generators, options, start)

        def noise(*size: int) -> Tensor:
            rows = [torch.randn(size, generator=one) for one in generators]
            return torch.stack(rows).to(device, model.dtype)

        # All positions are noised, whatever the lengths, so that a sample does not depend on the
        # others; N and D run on as many as the longest has.
        positions = config.max_code_length
        width = positions if lengths is None else int(lengths.max())
        forbidden = unwritable(model, self.codec, asked, lengths, width)
        if start is not None:
            forbidden = start.forbidding(forbidden, width, config.pad_token_id)
        feedback = config.decoder_feedback if options.feedback is None else options.feedback
        feedback = feedback and options.rounding == DECODER
        clamping = options.rounding == CLAMPING
        latents = noise(positions, config.embedding_size)
        temperature = feedback_temperatures(config, generators).to(device)
        total = options.steps
        if options.draft is not None:
            total = options.draft.steps_in_all(total, config.num_train_timesteps)
        self.scheduler.set_timesteps(total, device=device)
        timesteps = self.scheduler.timesteps[-options.steps :]
        latents = latents * self.scheduler.init_noise_sigma
        if start is not None:
            signal = model.alpha_bar()[timesteps[:1].long()].expand(len(asked))
            noisy = add_noise(start.embedded(model.embedding), latents, signal)
            latents = torch.where(start.known[:, :, None], noisy, latents)
        extra = {}
        if "generator" in inspect.signature(self.scheduler.step).parameters:
            extra = {"generator": list(generators)}
        clean: Tensor | None = None
        frames: list[Frame] = []
        # Later, what was fed back has decided almost all; earlier, D knows little.
        shares = options.shared_votes and options.rounding == DECODER
        asks = (3 * len(timesteps) - 1) // 4 if shares else None
        for index, timestep in enumerate(timesteps):
            level = timestep.long().clamp(0, config.num_train_timesteps - 1).expand(len(asked))
            signal = model.alpha_bar()[level]  # (rows,)
            noisy = latents[:, :width]
            # N's own estimate, which D reads as in training.
            clean, epsilon = self._estimate(noisy, level, prompt, clean, options.guidance, noise)
            if start is not None:
                # The schedulers lead an estimate that never changes down its own noise levels.
                stays = start.pinned[:, :width, None]
                clean = torch.where(stays, start.embedded(model.embedding)[:, :width], clean)
                epsilon = torch.where(stays, epsilon_from_clean(noisy, clean, signal), epsilon)
            if options.traced or feedback or clamping or index in (asks, len(timesteps) - 1):
                logits = self._logits(clean, prompt, options.rounding)
                logits = logits.float().masked_fill(forbidden, -torch.inf)
                confidence, tokens = logits.softmax(dim=-1).max(dim=-1)
            if index == asks:
                possible = logits
            if options.traced:
                mean = mean_embedding(clean, lengths)
                level_now = 1.0 - float(signal[0])
                frame = Frame(level_now, tokens, confidence, entropy_of(logits), mean)
                self._keep(frames, index + 1, frame, asked, options)
            if feedback or clamping:
                cooled = logits / temperature[:, None, None]
                chosen = tokens if clamping else draw_tokens(cooled, generators, positions)[0]
                clean = model.embedding(chosen)
                epsilon = epsilon_from_clean(noisy, clean, signal)
            output = self._output(clean, epsilon, latents, signal)
            latents = self.scheduler.step(output, timestep, latents, **extra).prev_sample
            if options.callback is not None:
                values = {"latents": latents}
                changed = options.callback(self, index, int(timestep), values) or {}
                latents = changed.get("latents", latents)
        pad = self.tokenizer.pad_token_id
        held = None if asks is None else held_programs(possible, tokens, HELD_POSSIBLE, asks + 1)
        likelihood = mean_log_likelihood(tokens, confidence, pad, lengths)
        return Draws(tokens, likelihood, frames, held)

    def _draw_lagged(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        options: Options,
        start: Start | None,
    ) -> Draws:
        positions, pad = self.model.config.max_code_length, self.model.config.pad_token_id
        forbidden = unwritable(self.model, self.codec, asked, None, positions)
        if start is not None:
            forbidden = start.forbidding(forbidden, positions, pad)
        frames: list[Frame] = []

        def keep(index: int, frame: Frame) -> None:
            self._keep(frames, index + 1, frame, asked, options)

        def tell(index: int, level: int, latents: Tensor) -> Tensor:
            if options.callback is None:
                return latents
            changed = options.callback(self, index, level, {"latents": latents}) or {}
            kept: Tensor = changed.get("latents", latents)
            return kept

        draws = draw_lagged(self.model, prompt, generators, options, start, forbidden, keep, tell)
        return replace(draws, frames=frames)

    def _estimate(
        self,
        noisy: Tensor,  # (rows, width, embedding_size)
        level: Tensor,  # (rows,)
        prompt: Prompt,
        previous: Tensor | None,
        guidance: float,
        noise: Noise,
    ) -> tuple[Tensor, Tensor]:
        """Return N's estimates of (x_0, epsilon), led away from what it says of no utterance."""
        model = self.model
        clean, epsilon = model.predict(noisy, level, prompt, previous)[:2]
        if guidance == 1.0:
            return clean, epsilon
        # The unconditional branch of pre-training: a fresh noise prompt at each step.
        # Its length is fixed: the padded width depends on the other utterances.
        length = max(1, model.config.max_prompt_length // 4)
        encoded = noise(length, model.config.encoder.d_model)
        free = model.prepare_prompt(encoded, None, prompt.lengths)
        free_clean, free_epsilon = model.predict(noisy, level, free, previous)[:2]
        return (
            free_clean + guidance * (clean - free_clean),
            free_epsilon + guidance * (epsilon - free_epsilon),
        )

    def _logits(self, clean: Tensor, prompt: Prompt, rounding: str) -> Tensor:
        """Return logits (rows, width, vocabulary) of the estimate's tokens."""
        if rounding == DECODER:
            return self.model.decode(clean, prompt)[1]
        return self.model.embedding.closeness(clean)

    def _output(self, clean: Tensor, epsilon: Tensor, latents: Tensor, signal: Tensor) -> Tensor:
        """Return what the scheduler reads, for all positions: those that N never saw are 0."""
        width, positions = clean.shape[1], latents.shape[1]
        if width < positions:
            clean = F.pad(clean, (0, 0, 0, positions - width))
            rest = epsilon_from_clean(latents, clean, signal)[:, width:]
            epsilon = torch.cat((epsilon, rest), dim=1)
        return clean if self.scheduler.config.prediction_type == "sample" else epsilon
