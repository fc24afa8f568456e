"""Pipelines of the baselines: the interface of `CodeFusionPipeline`, other ways to draw.

Not for retrieval, which has no model (`codefusion.evaluation.baselines`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from codefusion.checkpoints import resolve_folder
from codefusion.data.codec import EncodedPrompt
from codefusion.data.tokenization import load_tokenizer
from codefusion.errors import UsageError, unknown_name
from codefusion.models.baselines import AutoregressiveModel, MaskedModel, TokenModel
from codefusion.models.length import visible
from codefusion.pipeline import (
    CodeFusionPipeline,
    Drawn,
    broken_checkpoint,
    draw_tokens,
    load_model,
)

MODELS: dict[str, type[TokenModel]] = {
    "autoregressive": AutoregressiveModel,
    "masked": MaskedModel,
}


class TokenPipeline(CodeFusionPipeline):
    """Samples from a baseline. It has no scheduler, no guidance and no trace."""

    model: Any

    def __init__(self, model: Any, scheduler: None, tokenizer: Any) -> None:
        super().__init__(model, scheduler, tokenizer)

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | Path, **options: Any
    ) -> TokenPipeline:
        """Load a baseline; raises `CheckpointError` when something is missing or corrupt."""
        folder = resolve_folder(str(pretrained_model_name_or_path), **options)
        try:
            index = json.loads((folder / "model_index.json").read_text())
            models = {one.__name__: one for one in MODELS.values()}
            name = index["model"][1]
            if name not in models:
                raise unknown_name("baseline", name, models)
            model = load_model(models[name], folder)
            tokenizer = load_tokenizer(folder / "tokenizer")
        except Exception as error:  # four libraries read these files, with classes of their own
            raise broken_checkpoint(folder, error) from error
        return cls(model, None, tokenizer)

    def set_scheduler(self, name: str) -> None:
        """Refuse: raises `UsageError`."""
        raise UsageError(f"a baseline has no scheduler to swap for {name}")

    def _draw(
        self,
        jobs: list[tuple[EncodedPrompt, int]],
        steps: int,
        guidance: float,
        trace: bool,
        feedback: bool | None,
        callback: Callable[..., Any] | None,
    ) -> list[Drawn]:
        if guidance != 1.0 or trace or callback is not None:
            raise UsageError("a baseline has no guidance, trace or callback")
        generators = [torch.Generator("cpu").manual_seed(seed) for _, seed in jobs]
        prompt = self._read(jobs, generators)
        asked = [one for one, _ in jobs]
        if self.model.causal:
            tokens, likelihood = self._left_to_right(asked, prompt, generators)
        else:
            tokens, likelihood = self._unmask(asked, prompt, generators, steps)
        return self._collected(jobs, tokens, likelihood)

    def _left_to_right(
        self, asked: list[EncodedPrompt], prompt: Any, generators: list[torch.Generator]
    ) -> tuple[Tensor, Tensor]:
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
        return torch.where(tokens == end, pad, tokens), total / count

    def _unmask(
        self,
        asked: list[EncodedPrompt],
        prompt: Any,
        generators: list[torch.Generator],
        steps: int,
    ) -> tuple[Tensor, Tensor]:
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
        return ids, likelihood


def load_pipeline(name: str | Path, **options: Any) -> CodeFusionPipeline:
    """Load what a MODEL argument names, of whatever kind it is."""
    folder = resolve_folder(str(name), **options)
    try:
        kind = json.loads((folder / "model_index.json").read_text())["model"][1]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise broken_checkpoint(folder, error) from error
    if kind in {one.__name__ for one in MODELS.values()}:
        return TokenPipeline.from_pretrained(folder)
    return CodeFusionPipeline.from_pretrained(folder)
