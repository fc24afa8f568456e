"""What stays the same over the steps: E_s, how long each program is, which tokens it may have.

Not for how tokens are chosen among those: that is `diffusion` and `tokens`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from codefusion.data.batching import pad_rows
from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.models import Prompt
from codefusion.models.backbone import load_backbone
from codefusion.models.length import draw_length, visible
from codefusion.pipeline.draft import Draft


def read_prompts(
    model: Any,
    asked: Sequence[EncodedPrompt],
    generators: Sequence[torch.Generator],
    draft: Draft | None = None,
) -> Prompt:
    """Encode the prompts, equal ones once, and draw a length for each where it is predicted.

    With a draft it is one that the draft's pins leave room for.
    """
    device = model.device
    # The same tokens may come of sentences that a backbone tells apart.
    unique = list(dict.fromkeys((prompt.ids, prompt.aligned) for prompt in asked))
    place = {one: index for index, one in enumerate(unique)}
    row_of = torch.tensor([place[prompt.ids, prompt.aligned] for prompt in asked], device=device)
    ids, mask = pad_rows([one for one, _ in unique], model.config.pad_token_id)
    features = None
    if model.config.backbone is not None:
        backbone = load_backbone(model.config.backbone)
        features = backbone([aligned for _, aligned in unique], ids.shape[1]).to(device)
    mask = mask.to(device)
    encoded = model.encode(ids.to(device), mask, features)
    lengths = None
    if model.length is not None:
        quantiles = torch.cat([torch.rand(1, generator=one) for one in generators])
        logits = model.length(encoded, mask)[row_of]
        if draft is not None:
            logits = logits.masked_fill(~draft.fits(logits.shape[-1]).to(device), -torch.inf)
        lengths = draw_length(logits, quantiles.to(device))
    return _select(model.prepare_prompt(encoded, mask), row_of, lengths)


def _select(prompt: Prompt, rows: Tensor, lengths: Tensor | None) -> Prompt:
    """Repeat the prompt's keys and values, one for each sample, and set the samples' lengths."""
    return Prompt(
        [(key[rows], value[rows]) for key, value in prompt.denoiser_memory],
        [(key[rows], value[rows]) for key, value in prompt.decoder_memory],
        None if prompt.mask is None else prompt.mask[rows],
        lengths,
    )


def unwritable(
    model: Any,
    codec: Codec,
    asked: Sequence[EncodedPrompt],
    lengths: Tensor | None,
    width: int,
) -> Tensor:
    """Return (prompts, 1 or width, vocabulary), True at tokens that cannot stand there.

    Those are the special tokens but pad, and slots that stand for nothing in the prompt. When the
    lengths are known, pad stands after them and nowhere else.
    """
    pad_id = codec.tokenizer.pad_token_id
    special = {*codec.tokenizer.all_special_ids, *codec.slot_ids} - {pad_id}
    absent = torch.zeros(len(asked), model.config.vocab_size, dtype=torch.bool)
    absent[:, list(special)] = True
    for row, prompt in enumerate(asked):
        absent[row, list(prompt.slots)] = False
    absent = absent.to(model.device)[:, None, :]
    if lengths is None:
        return absent
    inside = visible(lengths, width)[:, :, None]
    pad = torch.arange(absent.shape[-1], device=absent.device) == pad_id
    return torch.where(inside, absent | pad, ~pad)
