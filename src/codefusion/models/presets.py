"""Named sizes. `paper` is the paper's model; the small ones are for two CPU cores.

Not for what is trained how: that is a recipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huggingface_hub.errors import StrictDataclassError

from codefusion.errors import RecipeError, unknown_name
from codefusion.models.configuration import CodeFusionConfig


def _t5(d_model: int, heads: int, layers: int, feed_forward: int) -> dict[str, Any]:
    return {
        "model_type": "t5",
        "d_model": d_model,
        "d_kv": d_model // heads,
        "num_heads": heads,
        "num_layers": layers,
        "d_ff": feed_forward,
        "feed_forward_proj": "gated-silu",
        "dropout_rate": 0.1,
        "is_encoder_decoder": False,
    }


# What the small presets do beyond the paper: leads from the literature, not yet ablated here.
_BEYOND: dict[str, Any] = {
    "parameterisation": "x",
    "noise_schedule": "linear",
    "log_snr_shift": -2.7725887,  # as if the embeddings were scaled to a quarter
    "self_conditioning": True,
    "share_embeddings": True,
    "tie_head": False,
}

PRESETS: dict[str, dict[str, Any]] = {
    # The encoder of CodeT5-small: 6 layers, 512 wide, 8 heads of 64, ReLU.
    "paper": {
        "vocab_size": 32100,
        "encoder": {
            **_t5(512, 8, 6, 2048),
            "feed_forward_proj": "relu",
        },
        "embedding_size": 512,
        "hidden_size": 256,
        "num_heads": 8,
        "feed_forward_size": 896,
        "denoiser_layers": 10,
        "decoder_layers": 6,
        "max_prompt_length": 128,
        "max_code_length": 128,
        "parameterisation": "epsilon",
        "noise_schedule": "sqrt",
        "normalize_embeddings": False,
        "decoder_feedback": False,
    },
    "tiny": {
        **_BEYOND,
        "vocab_size": 512,
        "encoder": _t5(32, 2, 1, 64),
        "embedding_size": 32,
        "hidden_size": 32,
        "num_heads": 2,
        "feed_forward_size": 64,
        "denoiser_layers": 2,
        "decoder_layers": 1,
        "max_prompt_length": 64,
        "max_code_length": 32,
        "dropout": 0.0,
    },
    "small": {
        **_BEYOND,
        "vocab_size": 4096,
        "encoder": _t5(160, 5, 3, 384),
        "embedding_size": 96,
        "hidden_size": 160,
        "num_heads": 5,
        "feed_forward_size": 384,
        "denoiser_layers": 4,
        "decoder_layers": 2,
        "max_prompt_length": 96,
        "max_code_length": 48,
    },
    "medium": {
        **_BEYOND,
        "vocab_size": 8192,
        "encoder": _t5(256, 8, 4, 640),
        "embedding_size": 128,
        "hidden_size": 256,
        "num_heads": 8,
        "feed_forward_size": 640,
        "denoiser_layers": 6,
        "decoder_layers": 3,
        "max_prompt_length": 96,
        "max_code_length": 64,
    },
}

# What section 4.2 and appendix A.2 of the paper leave open, and what was chosen here.
PAPER_LEAVES_OPEN: dict[str, str] = {
    "hidden_size": "width of N and D; 256 makes the whole come to about 75M parameters",
    "feed_forward_size": "inner width of N's and D's gated feed-forward layers; 3.5 x hidden",
    "num_heads": "attention heads of N and D; 8, as E has",
    "encoder": "which CodeT5; the 512-wide one is CodeT5-small: 6 layers, 8 heads, 2048 inner",
    "tie_head": "H reads D_s, which the loss compares with L(y), so it is 512 wide and uses L's "
    "table: tables of its own for E, L and H would alone take 49M of the 75M",
}


def preset_config(name: str, overrides: Mapping[str, Any] | None = None) -> CodeFusionConfig:
    """Return the configuration of a preset with some fields changed.

    `encoder` in `overrides` changes single fields of E, the rest replace whole values. Raises
    `UsageError` for an unknown preset, `RecipeError` for an unknown field.
    """
    if name not in PRESETS:
        raise unknown_name("preset", name, PRESETS)
    fields = {**PRESETS[name], "encoder": dict(PRESETS[name]["encoder"])}
    known = set(CodeFusionConfig.__annotations__)
    for key, value in (overrides or {}).items():
        if key not in known:
            raise RecipeError(str(unknown_name("model field", key, known)))
        if key == "encoder":
            if not isinstance(value, Mapping):
                raise RecipeError(f"encoder must hold fields of E, got {value!r}")
            fields["encoder"].update(value)
        else:
            fields[key] = value
    # E reads the same tokens as the code is made of.
    fields["encoder"]["vocab_size"] = fields["vocab_size"]
    try:
        return CodeFusionConfig(**fields)
    except (StrictDataclassError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise RecipeError(f"bad model field: {reason}") from error
