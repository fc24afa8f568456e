"""What a run starts from: its folder, its tokenizer and its model.

Not for the course of a run: that is `run`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from accelerate import Accelerator
from transformers.modeling_layers import GradientCheckpointingLayer

from codefusion.checkpoints import resolve_folder
from codefusion.data.tokenization import load_tokenizer
from codefusion.diffusion.samplers import make_scheduler
from codefusion.errors import CheckpointError, RecipeError
from codefusion.models import CodeFusionModel
from codefusion.models.backbone import load_backbone
from codefusion.models.baselines import BASELINES, AutoregressiveModel
from codefusion.models.conversion import from_autoregressive
from codefusion.models.encoder import load_pretrained_encoder
from codefusion.models.layers import TransformerLayer
from codefusion.models.presets import preset_config
from codefusion.pipeline import CodeFusionPipeline, CodePipeline, TokenPipeline, load_pipeline
from codefusion.training.checkpoints import whole_checkpoints
from codefusion.training.corpus import Corpus, make_tokenizer
from codefusion.training.recipe import Recipe, load_recipe, recipe_to_dict

RECIPE_FILE = "recipe.yaml"
TOKENIZER_FOLDER = "tokenizer"
MOST_SHAPES = 64  # that one kind of layer is compiled for; any further ones run uncompiled


def prepare_folder(recipe: Recipe, out: Path, resume: bool) -> Path | None:
    """Return the checkpoint to go on from, None for a new run."""
    whole = whole_checkpoints(out) if out.is_dir() else []
    if whole and not resume:
        raise CheckpointError(
            f"{out} holds a run already; use --resume to continue it, or another --out"
        )
    written = out / RECIPE_FILE
    if whole and written.is_file():
        before = recipe_to_dict(load_recipe(written))
        now = recipe_to_dict(recipe)
        # The monitoring and the machine may change between sessions; what is learned may not.
        free = {"monitoring", "threads"}
        different = [key for key in now if key not in free and before[key] != now[key]]
        if different:
            raise CheckpointError(
                f"{out} was trained by another recipe: {', '.join(different)} differ; "
                "resume with the same one, or use another --out"
            )
    try:
        out.mkdir(parents=True, exist_ok=True)
        for partial in out.glob(".checkpoint-*.partial"):
            shutil.rmtree(partial, ignore_errors=True)
        if not whole:
            # A run killed before its first checkpoint may leave half a tokenizer, or another one.
            shutil.rmtree(out / TOKENIZER_FOLDER, ignore_errors=True)
            written.write_text(yaml.safe_dump(recipe_to_dict(recipe), sort_keys=False))
    except OSError as error:
        raise CheckpointError(f"cannot write to {out}: {error.strerror or error}") from error
    return whole[-1] if whole else None


def prepare_tokenizer(recipe: Recipe, corpus: Corpus, out: Path, accelerator: Accelerator) -> Any:
    """Make the tokenizer once, in the main process, and keep it: a resumed run reads it back."""
    folder = out / TOKENIZER_FOLDER
    if accelerator.is_main_process and not (folder / "tokenizer_config.json").is_file():
        if recipe.model.start_from is not None:
            tokenizer = load_tokenizer(resolve_folder(recipe.model.start_from) / TOKENIZER_FOLDER)
        else:
            tokenizer = make_tokenizer(recipe.tokenizer, corpus)
        try:
            tokenizer.save_pretrained(folder)
        except Exception as error:  # tokenizers reports a full disk by a plain Exception
            raise CheckpointError(f"cannot write to {folder}: {error}") from error
    accelerator.wait_for_everyone()
    return load_tokenizer(folder)


def build_model(recipe: Recipe, tokenizer: Any, languages: Sequence[str]) -> Any:
    """Return the model of the recipe with fresh weights, or with those that it starts from.

    `languages` are those that it will write.

    Raises `RecipeError` where the sizes or the kind of those are not the recipe's.
    """
    kind: Any = BASELINES.get(recipe.model.system, CodeFusionModel)
    overrides = {
        **recipe.model.overrides,
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "mask_token_id": tokenizer.mask_token_id,
        "languages": list(languages),
    }
    if recipe.model.backbone is not None:
        overrides["backbone"] = recipe.model.backbone
        overrides["backbone_size"] = load_backbone(recipe.model.backbone).size
    if recipe.model.encoder is None or recipe.model.start_from is not None:
        model = kind(preset_config(recipe.model.preset, overrides))
        if recipe.model.start_from is not None:
            _take_weights(model, recipe.model.start_from)
        return model
    encoder = load_pretrained_encoder(recipe.model.encoder)
    fields = encoder.config.to_dict()
    config = preset_config(recipe.model.preset, overrides)
    config.encoder = type(encoder.config)(**fields)
    model = kind(config)
    model.encoder.t5.load_state_dict(encoder.state_dict())
    return model


def _take_weights(model: Any, name: str) -> None:
    begun = load_pipeline(name).model
    if isinstance(begun, AutoregressiveModel) and isinstance(model, CodeFusionModel):
        if not model.config.lagged:
            raise RecipeError(
                f"start_from {name!r} is auto-regressive; only a lagged diffusion model can take "
                "its weights: set lagged in model.overrides"
            )
        depths = [one.denoiser_layers + one.decoder_layers for one in (begun.config, model.config)]
        if depths[0] != depths[1]:
            raise RecipeError(
                f"start_from {name!r} has {depths[0]} layers, N and D together {depths[1]}; "
                "change denoiser_layers or decoder_layers"
            )
        _load(model, {**model.state_dict(), **from_autoregressive(model, begun)}, name)
        return
    if type(begun) is not type(model):
        raise RecipeError(
            f"start_from {name!r} is a {type(begun).__name__}, the recipe makes a "
            f"{type(model).__name__}; set model.system"
        )
    _load(model, begun.state_dict(), name)


def _load(model: Any, weights: dict[str, torch.Tensor], name: str) -> None:
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        line = str(error).strip().splitlines()[-1].strip()
        raise RecipeError(f"start_from {name!r} has other sizes than the recipe: {line}") from error


def build_pipeline(recipe: Recipe, model: Any, tokenizer: Any) -> CodePipeline:
    """Return the pipeline that samples from the model while it is trained."""
    if isinstance(model, CodeFusionModel):
        config = model.config
        name = recipe.sampling.scheduler
        scheduler = make_scheduler(name, config.schedule(), config.prediction_type)
        pipeline: CodePipeline = CodeFusionPipeline(model, scheduler, tokenizer)
    else:
        pipeline = TokenPipeline(model, None, tokenizer)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def compile_layers(model: torch.nn.Module, backend: str = "inductor") -> None:
    """Have torch compile each layer of E, N and D, in place, at its first step with a shape.

    Layers and not the whole model: equal ones share their code, so that a shape takes seconds,
    and no weight changes its name. Pipelines call the same layers, at shapes of their own: see
    `torch.compiler.set_stance`.
    """
    torch._dynamo.config.recompile_limit = MOST_SHAPES
    for layer in model.modules():
        if isinstance(layer, TransformerLayer | GradientCheckpointingLayer):
            layer.compile(dynamic=False, backend=backend)
