"""A lagged diffusion model's first weights, from an auto-regressive model of its sizes.

Weights of a left-to-right model are a good start for diffusion where a prediction keeps its place
(DiffuLLaMA, Gong et al. 2025): here the token that an auto-regressive model would read last
stands in N's input beside the noisy one. Not for training it further.
"""

from __future__ import annotations

import torch
from torch import Tensor

from codefusion.models.baselines import AutoregressiveModel
from codefusion.models.model import CodeFusionModel


def from_autoregressive(model: CodeFusionModel, begun: AutoregressiveModel) -> dict[str, Tensor]:
    """Return weights that make the lagged `model` begin a program as `begun` does.

    `begun` has as many layers as N and D together. Its layers come as they are, though they read
    both sides from now on; nothing depends on the time at first. Pad, which ends a program here,
    takes over what the end token was. What `begun` has nothing for, N's output, is not among
    them. Sizes are not checked: of other sizes, the weights do not fit `model`.
    """
    weights = dict(begun.state_dict())
    pad, end = begun.config.pad_token_id, begun.config.eos_token_id
    depth = model.config.denoiser_layers
    taken: dict[str, Tensor] = {}
    for name, value in weights.items():
        if not name.startswith("decoder.") or name.startswith(("decoder.norm.", "decoder.output.")):
            taken[name] = value
        elif name.startswith("decoder.layers."):
            number, rest = name.removeprefix("decoder.layers.").split(".", 1)
            part, index = (
                ("denoiser", int(number))
                if int(number) < depth
                else ("decoder", int(number) - depth)
            )
            taken[f"{part}.layers.{index}.{rest}"] = value
    for name in ("embedding.table.weight", "head.weight", "head.bias"):
        if name in taken:
            taken[name] = taken[name].clone()
            taken[name][pad] = taken[name][end]
    taken["denoiser.left.weight"] = weights["decoder.input.weight"]
    taken["denoiser.input.bias"] = weights["decoder.input.bias"]
    starts = weights["decoder.positions.start.weight"]
    taken["denoiser.positions.start.weight"] = starts[: model.config.max_code_length]
    for name in (
        "denoiser.input.weight",
        "denoiser.time.2.weight",
        "denoiser.time.2.bias",
        "decoder.input.weight",
        "decoder.input.bias",
        "decoder.positions.start.weight",
    ):
        taken[name] = torch.zeros_like(model.state_dict()[name])
    return taken
