"""Drawing from the baselines: token by token from the left, or by filling in a masked program.

Not for retrieval, which has no model (`codefusion.systems.retrieval`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from codefusion.data.codec import EncodedPrompt
from codefusion.errors import UsageError
from codefusion.models import Prompt
from codefusion.models.baselines import BASELINES, TokenModel
from codefusion.models.length import visible
from codefusion.pipeline.base import CodePipeline
from codefusion.pipeline.draft import Start
from codefusion.pipeline.drawing import Draws, Frame, draw_tokens, entropy_of, mean_embedding
from codefusion.pipeline.options import DECODER, Options
from codefusion.pipeline.reading import unwritable
from codefusion.pipeline.search import left_reader


class TokenPipeline(CodePipeline):
    """Samples from a baseline, or searches for its likeliest programs.

    It has no scheduler and no guidance.
    """

    models: ClassVar[Mapping[str, Any]] = {one.__name__: one for one in BASELINES.values()}
    model: TokenModel

    @classmethod
    def _load_scheduler(cls, folder: Path) -> None:
        return None

    def set_scheduler(self, name: str) -> None:
        """Refuse: raises `UsageError`."""
        raise UsageError(f"a baseline has no scheduler to swap for {name}")

    def _check(self, options: Options) -> None:
        if options.guidance != 1.0 or options.callback is not None:
            raise UsageError("a baseline has no guidance or callback")
        if options.feedback or options.rounding != DECODER:
            raise UsageError("a baseline has no decoder feedback, grounding or clamping")
        if options.revision is not None and self.model.causal:
            raise UsageError(
                "this model writes from left to right and cannot revise a draft; "
                "take a diffusion model, such as `cf`, `bash-diffusion` or a run of your own"
            )

    def draw(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        options: Options,
        start: Start | None,
    ) -> Draws:
        """Write from the left, or unmask; see `CodePipeline.draw`."""
        if self.model.causal:
            return self._left_to_right(asked, prompt, generators, options)
        return self._unmask(asked, prompt, generators, options, start)

    def _left_to_right(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        options: Options,
    ) -> Draws:
        """Ancestral sampling, until every row has ended."""
        config, device = self.model.config, self.model.device
        end, pad = config.eos_token_id, config.pad_token_id
        read = left_reader(self.model, self.codec, asked, prompt)
        chosen = torch.full((len(asked),), end, device=device)
        ended = torch.zeros(len(asked), dtype=torch.bool, device=device)
        total = torch.zeros(len(asked), device=device)
        count = torch.zeros(len(asked), device=device)
        tokens: list[Tensor] = []
        chances: list[Tensor] = []
        entropies: list[Tensor] = []
        frames: list[Frame] = []
        for length in range(1, config.max_code_length + 2):
            logits = read(chosen, None)
            chosen, sure = (
                x[:, 0] for x in draw_tokens(logits[:, None], generators, 1, options.temperature)
            )
            if length > config.max_code_length:
                chosen, sure = torch.full_like(chosen, end), logits.softmax(dim=-1)[:, end]
            total += torch.where(ended, 0.0, sure.log())
            count += (~ended).float()
            chosen = torch.where(ended, pad, chosen)
            before, ended = ended, ended | (chosen == end)
            tokens.append(chosen)
            if options.traced:
                chances.append(sure)
                entropies.append(entropy_of(logits))
                written = torch.stack(tokens, dim=1)
                written = torch.where(written == end, pad, written)
                frame = Frame(
                    1.0 - (length - 1) / (config.max_code_length + 1),
                    written,
                    torch.stack(chances, dim=1),
                    torch.stack(entropies, dim=1),
                    mean_embedding(self.model.embedding(written), (written != pad).sum(dim=1)),
                    before,
                )
                self._keep(frames, length, frame, asked, options)
            if ended.all():
                break
        ids = torch.stack(tokens, dim=1)
        # Where a program ends, everything after the end token is pad, and so is that token.
        return Draws(torch.where(ids == end, pad, ids), total / count, frames)

    def _unmask(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        options: Options,
        start: Start | None,
    ) -> Draws:
        """Fill in the surest tokens first, on a cosine schedule (Chang et al. 2022, MaskGIT)."""
        config, device, steps = self.model.config, self.model.device, options.steps
        width = config.max_code_length
        if prompt.lengths is not None:
            width = int(prompt.lengths.max())
        forbidden = unwritable(self.model, self.codec, asked, prompt.lengths, width)
        ids = torch.full((len(asked), width), config.mask_token_id, device=device)
        sure = torch.zeros(len(asked), width, device=device)
        if start is not None and options.draft is not None:
            forbidden = start.forbidding(forbidden, width, config.pad_token_id)
            stays = start.left_at(options.draft.strength, generators)[:, :width]
            ids = torch.where(stays, start.tokens[:, :width], ids)
            sure = stays.float()
        entropy = torch.zeros_like(sure)
        frames: list[Frame] = []
        inside = torch.ones_like(ids, dtype=torch.bool)
        if prompt.lengths is not None:
            inside = visible(prompt.lengths, width)
        sizes = (inside & (ids == config.mask_token_id)).sum(dim=1)
        for step in range(1, steps + 1):
            masked = ids == config.mask_token_id
            logits = self.model.logits(ids, prompt).float().masked_fill(forbidden, -torch.inf)
            chosen, chance = draw_tokens(
                logits, generators, config.max_code_length, options.temperature
            )
            if options.traced:
                # A token that stands keeps what was thought when it was chosen.
                entropy = torch.where(masked, entropy_of(logits), entropy)
                guess = torch.where(masked, chosen, ids)
                frame = Frame(
                    math.cos(math.pi / 2 * (step - 1) / steps),
                    guess,
                    torch.where(masked, chance, sure),
                    entropy,
                    mean_embedding(self.model.embedding(guess), prompt.lengths),
                )
                self._keep(frames, step, frame, asked, options)
            left = (sizes * math.cos(math.pi / 2 * step / steps)).floor().long()
            # What was filled in before stays.
            order = chance.masked_fill(~masked | ~inside, torch.inf).argsort(dim=1)
            rank = order.argsort(dim=1)
            fill = masked & (rank >= left[:, None])
            ids = torch.where(fill, chosen, ids)
            sure = torch.where(fill, chance, sure)
        likelihood = (sure.clamp_min(1e-9).log() * inside).sum(dim=1) / inside.sum(dim=1)
        return Draws(ids, likelihood, frames)
