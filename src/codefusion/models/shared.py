"""What CodeFusion's model and the baselines share: first weights, and how rows are encoded.

Not for the boxes themselves, which have a file each.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from transformers import initialization as init

from codefusion.models.configuration import CodeFusionConfig
from codefusion.models.head import Head
from codefusion.models.layers import TransformerLayer


def initialise(module: nn.Module, config: CodeFusionConfig, noised: nn.Module) -> None:
    """Give a module its first weights; transformers asks about those with parameters of their own.

    `noised` is the table of L.
    """
    if isinstance(module, Head):
        init.zeros_(module.bias)
        if module.weight is not None:
            init.normal_(module.weight, mean=0.0, std=config.embedding_size**-0.5)
    elif isinstance(module, TransformerLayer):
        if module.modulation is not None:
            init.zeros_(module.modulation)
    elif isinstance(module, nn.RMSNorm):
        init.ones_(module.weight)
    elif isinstance(module, nn.Linear):
        init.normal_(module.weight, mean=0.0, std=module.in_features**-0.5)
        if module.bias is not None:
            init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding):
        # Embeddings that nothing normalises must be as large as the noise they are mixed with.
        large = module is noised and not config.normalize_embeddings
        init.normal_(module.weight, mean=0.0, std=1.0 if large else config.initializer_range)


def encode_rows(
    model: Any,
    prompt_ids: Tensor,  # (prompts, prompt length)
    prompt_mask: Tensor,
    rows: int,  # a multiple of prompts
    features: Tensor | None = None,  # (prompts, prompt length, backbone_size)
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Encode each prompt once, for `rows` programs in blocks of equal prompts.

    Returns E_s and its mask for each row, and p(length | s) for each prompt where it is predicted.
    """
    encoded = model.encode(prompt_ids, prompt_mask, features)
    length_logits = None if model.length is None else model.length(encoded, prompt_mask)
    draws = rows // len(prompt_ids)
    if draws > 1:
        encoded = encoded.repeat_interleave(draws, dim=0)
        prompt_mask = prompt_mask.repeat_interleave(draws, dim=0)
    return encoded, prompt_mask, length_logits
