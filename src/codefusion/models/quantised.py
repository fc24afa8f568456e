"""Weights on disk in a quarter of the bytes: each matrix as int8, with a scale for each row.

Not for arithmetic in int8: what is read back is float32, and off by half a step at most.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

WEIGHTS = "model.safetensors"
SCALE = ".scale"  # what the name of a quantised weight's scales ends with


def quantised(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the matrices as int8 and scales beside them; all other floats become float16."""
    tensors: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if weight.dim() < 2 or not weight.is_floating_point():
            tensors[name] = weight.half() if weight.is_floating_point() else weight
            continue
        scale = weight.float().abs().amax(dim=-1, keepdim=True).clamp_min(1e-12) / 127.0
        tensors[name] = (weight / scale).round().to(torch.int8)
        tensors[name + SCALE] = scale
    return {name: one.contiguous() for name, one in tensors.items()}


def dequantised(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return float32 weights of what `quantised` made; of others, the same in float32."""
    plain = {}
    for name, one in tensors.items():
        if name.endswith(SCALE):
            continue
        scale = tensors.get(name + SCALE)
        if scale is not None:
            plain[name] = one.float() * scale.float()
        else:
            plain[name] = one.float() if one.is_floating_point() else one
    return plain
