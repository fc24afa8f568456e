"""How much arithmetic a training step is, and what share of a device's peak a speed makes.

One place for the formula (docs/training.md). Not for timing: that is the loop.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from codefusion.models import CodeFusionConfig

# Dense bf16 FLOP/s by the vendor's data sheets; the first name that the device's holds counts.
PEAKS = {"H200": 989e12, "H100 80GB HBM3": 989e12, "H100 SXM": 989e12, "A100": 312e12}


def peak_flops(device: torch.device, precision: str, tflops: float | None = None) -> float | None:
    """Return the peak of a device in FLOP/s, None where it is not known.

    `tflops`, in 10^12 FLOP/s, takes the place of the table, which knows bf16 on a few GPUs.
    """
    if tflops is not None:
        return tflops * 1e12
    if device.type != "cuda" or precision != "bf16":
        return None
    name = torch.cuda.get_device_name(device)
    return next((peak for part, peak in PEAKS.items() if part in name), None)


def step_flops(model: Any, batch: dict[str, Tensor], train_encoder: bool) -> int:
    """Return the floating-point operations of one step, forward and backward, on this batch.

    Matrix products only, two operations for each multiply-add, at the widths the batch is padded
    to. The backward pass is twice the forward one, once for the weights and once for the inputs,
    but for what neither needs: the weights of an E that does not learn, and inputs that nothing
    behind them learns from. Nothing is recomputed. (Chowdhery et al. 2022, appendix B.)
    """
    config: CodeFusionConfig = model.config
    rows, width = batch["code_ids"].shape
    prompt = batch.get("prompt_ids")
    encoded = 0
    if prompt is not None:
        seen = prompt.shape[1]
        # Through an E that reads L's embeddings, L learns also where E does not.
        passes = 3 if train_encoder else 2 if config.share_embeddings else 1
        encoded = passes * _encoder(config, *prompt.shape)
        if model.length is not None:
            size = config.encoder.d_model
            encoded += 3 * 2 * prompt.shape[0] * size * (size + config.max_code_length)
    else:
        seen = batch["noise_prompt"].shape[1]
    memory_learns = prompt is not None and (train_encoder or config.share_embeddings)
    memory = (3 if memory_learns else 2) * _memory(config, rows, seen)
    depth = config.denoiser_layers + config.decoder_layers
    if not hasattr(model, "denoiser"):  # a baseline: all the layers in one stack
        wide = width + 1 if model.causal else width
        stack = depth * _layer(config, rows, wide, seen) + _ends(config, rows, wide)
        return encoded + depth * memory + 3 * (stack + _head(config, rows, wide))
    noise = config.denoiser_layers * _layer(config, rows, width, seen) + _ends(config, rows, width)
    times = batch["level"].unique().numel() if config.lagged else rows
    noise += 2 * times * 10 * config.hidden_size**2  # the time step, to nine values a channel
    if config.lagged:
        noise += 2 * rows * width * config.embedding_size * config.hidden_size  # left neighbours
    decoder = config.decoder_layers * _layer(config, rows, width, seen)
    decoder += _ends(config, rows, width) if config.decoder_layers else 0
    first = 0
    if config.self_conditioning:
        noise += 2 * rows * width * config.embedding_size * config.hidden_size
        first = noise if "self_condition" in batch else 0  # a forward pass without gradient
    return encoded + depth * memory + first + 3 * (noise + decoder + _head(config, rows, width))


def _encoder(config: CodeFusionConfig, prompts: int, width: int) -> int:
    """Forward pass of E, T5's layers and what projects its inputs."""
    t5, tokens = config.encoder, prompts * width
    inner = t5.num_heads * t5.d_kv
    matrices = 3 if t5.is_gated_act else 2
    layer = 2 * tokens * t5.d_model * (4 * inner + matrices * t5.d_ff) + 4 * tokens * width * inner
    inputs = config.embedding_size if config.share_embeddings else 0
    inputs += config.backbone_size if config.backbone is not None else 0
    return t5.num_layers * layer + 2 * tokens * inputs * t5.d_model


def _memory(config: CodeFusionConfig, rows: int, seen: int) -> int:
    """Forward pass of a layer's keys and values of E_s, which each row has of its own."""
    return 2 * rows * seen * config.encoder.d_model * 2 * config.hidden_size


def _layer(config: CodeFusionConfig, rows: int, width: int, seen: int) -> int:
    """Forward pass of a layer of N or D: its products with weights, and both attentions."""
    size, tokens = config.hidden_size, rows * width
    weights = 6 * size * size + 3 * size * config.feed_forward_size
    return 2 * tokens * weights + 4 * tokens * (width + seen) * size


def _ends(config: CodeFusionConfig, rows: int, width: int) -> int:
    """Forward pass of what a stack of layers begins and ends with."""
    return 2 * rows * width * 2 * config.embedding_size * config.hidden_size


def _head(config: CodeFusionConfig, rows: int, width: int) -> int:
    return 2 * rows * width * config.embedding_size * config.vocab_size
