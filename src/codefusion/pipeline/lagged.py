"""Drawing by a lagged model: noise leaves the program from the left, and the end is found there.

Not for models all of whose tokens share a noise level: that is `diffusion`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from codefusion.diffusion import add_noise, lagged_time, level_of
from codefusion.models import CodeFusionConfig, CodeFusionModel, Prompt
from codefusion.models.layers import Cache
from codefusion.pipeline.draft import MORE, Start
from codefusion.pipeline.drawing import (
    Draws,
    Frame,
    draw_tokens,
    entropy_of,
    feedback_temperatures,
    mean_embedding,
)
from codefusion.pipeline.options import Options

# How many tokens a trace shows behind those that are being denoised.
SHOWN_AHEAD = 8
# How many tokens longer than the longest place it is given a draft may become.
MORE_THAN_DRAFT = 8

Keep = Callable[[int, Frame], None]
Tell = Callable[[int, int, Tensor], Tensor]


def draw_lagged(
    model: CodeFusionModel,
    prompt: Prompt,
    generators: Sequence[torch.Generator],
    options: Options,
    start: Start | None,
    forbidden: Tensor,  # (rows, 1 or positions, vocabulary)
    keep: Keep,
    tell: Tell,
) -> Draws:
    """Denoise each token in `options.steps` passes, beginning one pass after its left neighbour.

    Until a token is clean, it is drawn anew at each pass, from what D and H make of N's estimate,
    and noised to its next level; the pass after its last is its neighbour's last, and so on until
    every program has ended. Then the model reads each once from the left, which tells how probable
    it is.
    """
    config, device, rows = model.config, model.device, len(generators)
    positions, steps = config.max_code_length, options.steps
    pad, alpha_bar = config.pad_token_id, model.alpha_bar()
    ceiling = 1.0 if options.draft is None else options.draft.strength

    def noise() -> Tensor:
        size = (positions, config.embedding_size)
        drawn = torch.stack([torch.randn(size, generator=one) for one in generators])
        return drawn.to(device, model.dtype)

    def noised(tokens: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """Return the embeddings at their levels; at level 0 there is no noise to draw anew."""
        clean = model.embedding(tokens)
        return torch.where(level[..., None] > 0, add_noise(clean, noise, alpha_bar[level]), clean)

    tokens = torch.full((rows, positions), pad, device=device)
    pinned = torch.zeros_like(tokens, dtype=torch.bool) if start is None else start.pinned
    later = _levels(0, steps, ceiling, pinned, config)
    latents, most = noise(), positions
    if start is not None:
        tokens = torch.where(start.known, start.tokens, tokens)
        noisy = noised(tokens, latents, later)
        latents = torch.where(start.known[:, :, None], noisy, latents)
    if options.draft is not None and ceiling < 1.0:
        # The same for all samples, since each sees so far to its right.
        most = min(positions, options.draft.length + MORE + MORE_THAN_DRAFT)
    # A draft has pins, which clean tokens must not be read without; else they are read once.
    cache = model.new_cache() if start is None else None
    temperature = feedback_temperatures(config, generators).to(device)
    estimated = torch.zeros_like(latents)
    sure = torch.ones(rows, positions, device=device)
    entropy = torch.zeros(rows, positions, device=device)
    ended = torch.zeros(rows, dtype=torch.bool, device=device)
    for number in itertools.count():
        level = later
        later = _levels(number + 1, steps, ceiling, pinned, config)
        # What is clean stays. What is noise alone tells nothing, and is read only to be shown.
        begin = max(0, number - math.ceil(steps * ceiling) + 1)
        ahead = SHOWN_AHEAD if options.traced else 0
        end = most if start is not None else min(most, number + 1 + ahead)
        places = slice(min(begin, end - 1), end)
        clean, logits = _read(model, prompt, latents[:, :end], level[:, :end], places, cache)
        logits = logits.masked_fill(
            forbidden if forbidden.shape[1] == 1 else forbidden[:, places], -torch.inf
        )
        chosen, _ = draw_tokens(logits / temperature[:, None, None], generators, positions)
        chance = logits.softmax(dim=-1).gather(-1, chosen[..., None])[..., 0]
        moving = level[:, places] > 0
        guess, now_sure = tokens.clone(), sure.clone()
        guess[:, places] = torch.where(moving, chosen, tokens[:, places])
        now_sure[:, places] = torch.where(moving, chance, sure[:, places])
        stays = later < config.num_train_timesteps - 1
        tokens, sure = torch.where(stays, guess, tokens), torch.where(stays, now_sure, sure)
        latents = noise()
        seen = slice(0, min(most, end + 1))
        latents[:, seen] = noised(tokens[:, seen], latents[:, seen], later[:, seen])
        if options.traced:
            now = entropy.clone()
            now[:, places] = torch.where(moving, entropy_of(logits), entropy[:, places])
            entropy = torch.where(stays, now, entropy)
            shown = torch.where(torch.arange(positions, device=device) < end, guess, pad)
            estimated[:, places] = clean
            mean = mean_embedding(estimated[:, :end], None)
            level_now = float((1.0 - alpha_bar[level[:, :end]]).mean())
            keep(number, Frame(level_now, shown, now_sure, now, mean, ended))
        latents = tell(number, int(level[:, :end].max()), latents)
        settled = later[:, :most] == 0
        # A pad ends a program once all left of it is clean.
        ended = (settled.cumprod(dim=1).bool() & (tokens[:, :most] == pad)).any(dim=1)
        ended = ended | settled.all(dim=1)
        if bool(ended.all()):
            break
    pads = (tokens == pad).long()
    counted = (pads.cumsum(dim=-1) - pads) == 0  # its tokens and the pad that ends it
    width = int(counted.sum(dim=-1).max())
    total = (_log_probabilities(model, prompt, tokens[:, :width]) * counted[:, :width]).sum(dim=-1)
    return Draws(tokens, total / counted.sum(dim=-1), log_probability=total)


def _read(
    model: CodeFusionModel,
    prompt: Prompt,
    latents: Tensor,  # (rows, width, embedding_size)
    level: Tensor,  # (rows, width)
    places: slice,
    cache: Sequence[Cache] | None,
) -> tuple[Tensor, Tensor]:
    """Return what N estimates, and the logits of D and H, of the tokens at `places`.

    With a cache, all before them are clean, and are read where it has not read them before.
    """
    if cache is None:
        estimate = model.predict(latents, level, prompt)
        logits = model.decode(estimate.clean, prompt, estimate.states, estimate.sight, places)[1]
        return estimate.clean[:, places], logits.float()
    lefts = torch.cat((model.begin(len(latents)), latents[:, :-1]), dim=1)
    for at in range(len(cache[0]), places.start):
        now = slice(at, at + 1)
        model.go_on(latents[:, now], level[:, now], prompt, lefts[:, now], cache)
    first = lefts[:, places.start : places.start + 1]
    clean, logits = model.go_on(
        latents[:, places], level[:, places], prompt, first, [one.copy() for one in cache]
    )
    return clean, logits.float()


def _log_probabilities(model: CodeFusionModel, prompt: Prompt, tokens: Tensor) -> Tensor:
    """Return log p of each of (rows, positions) tokens, given the utterance and all left of it."""
    begin = torch.full_like(tokens[:, :1], model.config.eos_token_id)
    logits = model.logits(torch.cat((begin, tokens[:, :-1]), dim=1), prompt).float()
    return logits.log_softmax(dim=-1).gather(-1, tokens[:, :, None])[:, :, 0]


def _levels(
    number: int, steps: int, ceiling: float, pinned: Tensor, config: CodeFusionConfig
) -> Tensor:
    """Return the levels (rows, positions) before pass `number`; what is pinned is clean."""
    first = torch.full((1,), ceiling - number / steps, device=pinned.device)
    time = lagged_time(first, torch.full_like(first, 1.0 / steps), pinned.shape[1])
    time = torch.where(pinned, 0.0, time.clamp(max=ceiling).expand(len(pinned), -1))
    return level_of(time, config.num_train_timesteps)
