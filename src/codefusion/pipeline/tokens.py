"""Drawing from the baselines: token by token from the left, or by filling in a masked program.

Not for retrieval, which has no model (`codefusion.evaluation.baselines`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch

from codefusion.data.codec import EncodedPrompt
from codefusion.errors import UsageError
from codefusion.models import Prompt
from codefusion.models.baselines import BASELINES, TokenModel
from codefusion.models.length import visible
from codefusion.pipeline.base import CodePipeline, Settings
from codefusion.pipeline.drawing import Draws, draw_tokens


class TokenPipeline(CodePipeline):
    """Samples from a baseline. It has no scheduler, no guidance and no trace."""

    models: ClassVar[Mapping[str, Any]] = {one.__name__: one for one in BASELINES.values()}
    model: TokenModel

    @classmethod
    def _load_scheduler(cls, folder: Path) -> None:
        return None

    def set_scheduler(self, name: str) -> None:
        """Refuse: raises `UsageError`."""
        raise UsageError(f"a baseline has no scheduler to swap for {name}")

    def _check(self, settings: Settings) -> None:
        if settings.guidance != 1.0 or settings.trace or settings.callback is not None:
            raise UsageError("a baseline has no guidance, trace or callback")

    def _draw(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        settings: Settings,
    ) -> Draws:
        if self.model.causal:
            return self._left_to_right(asked, prompt, generators)
        return self._unmask(asked, prompt, generators, settings.steps)

    def _left_to_right(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
    ) -> Draws:
        """Ancestral sampling at temperature 1, until every row has ended."""
        config, device = self.model.config, self.model.device
        end, pad = config.eos_token_id, config.pad_token_id
        forbidden = self._unwritable(asked, None, 1)[:, 0]
        forbidden[:, end], forbidden[:, pad] = False, True
        ids = torch.full((len(asked), 1), end, device=device)
        ended = torch.zeros(len(asked), dtype=torch.bool, device=device)
        total = torch.zeros(len(asked), device=device)
        count = torch.zeros(len(asked), device=device)
        for _ in range(config.max_code_length + 1):
            logits = self.model.logits(ids, prompt)[:, -1:].float()
            logits = logits.masked_fill(forbidden[:, None], -torch.inf)
            chosen, sure = (x[:, 0] for x in draw_tokens(logits, generators, 1))
            total += torch.where(ended, 0.0, sure.log())
            count += (~ended).float()
            chosen = torch.where(ended, pad, chosen)
            ended = ended | (chosen == end)
            ids = torch.cat((ids, chosen[:, None]), dim=1)
            if ended.all():
                break
        tokens = ids[:, 1:]
        # Where a program ends, everything after the end token is pad, and so is that token.
        return Draws(torch.where(tokens == end, pad, tokens), total / count)

    def _unmask(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        steps: int,
    ) -> Draws:
        """Fill in the surest tokens first, on a cosine schedule (Chang et al. 2022, MaskGIT)."""
        config, device = self.model.config, self.model.device
        width = config.max_code_length
        if prompt.lengths is not None:
            width = int(prompt.lengths.max())
        forbidden = self._unwritable(asked, prompt.lengths, width)
        ids = torch.full((len(asked), width), config.mask_token_id, device=device)
        sure = torch.zeros(len(asked), width, device=device)
        inside = torch.ones_like(ids, dtype=torch.bool)
        if prompt.lengths is not None:
            inside = visible(prompt.lengths, width)
        sizes = inside.sum(dim=1)
        for step in range(1, steps + 1):
            masked = ids == config.mask_token_id
            logits = self.model.logits(ids, prompt).float().masked_fill(forbidden, -torch.inf)
            chosen, chance = draw_tokens(logits, generators, config.max_code_length)
            left = (sizes * math.cos(math.pi / 2 * step / steps)).floor().long()
            # What was filled in before stays.
            order = chance.masked_fill(~masked | ~inside, torch.inf).argsort(dim=1)
            rank = order.argsort(dim=1)
            fill = masked & (rank >= left[:, None])
            ids = torch.where(fill, chosen, ids)
            sure = torch.where(fill, chance, sure)
        likelihood = (sure.clamp_min(1e-9).log() * inside).sum(dim=1) / sizes
        return Draws(ids, likelihood)
