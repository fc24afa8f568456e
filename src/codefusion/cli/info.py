"""`codefusion info`: what a preset or a checkpoint is made of."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from codefusion.cli.options import Json
from codefusion.errors import CheckpointError


def info(
    name: Annotated[
        str | None,
        typer.Argument(help="A preset (paper, tiny, small, medium) or a MODEL."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the parameters of each part, and what the paper leaves open."""
    from codefusion.checkpoints import resolve_folder, shipped_names
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.models.presets import PAPER_LEAVES_OPEN, PRESETS, preset_config

    if name is None:
        typer.echo("presets:     " + ", ".join(PRESETS))
        typer.echo("checkpoints: " + (", ".join(shipped_names()) or "none"))
        return
    import torch

    from codefusion.models import CodeFusionConfig, CodeFusionModel

    if name in PRESETS:
        config = preset_config(name)
    else:
        try:
            config = CodeFusionConfig.from_pretrained(resolve_folder(name) / "model")
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise CheckpointError(f"cannot read {name!r}: {reason}") from error
    with torch.device("meta"):  # shapes only: nothing is allocated or loaded
        model = CodeFusionModel(config)
    parts = model.count_parameters()
    total = sum(parts.values())
    if as_json:
        typer.echo(json.dumps({"version": 1, "name": name, "parameters": parts, "total": total}))
        return
    for part, count in parts.items():
        typer.echo(f"{part:<14}{count:>12,}")
    typer.echo(f"{'total':<14}{total:>12,}  ({total / 1e6:.1f}M)")
    schedule = config.schedule()
    typer.echo("")
    for label, value in (
        ("E", f"{config.encoder.num_layers} layers, {config.encoder.d_model} wide"),
        ("L", f"{config.vocab_size} tokens, {config.embedding_size} wide"),
        ("N", f"{config.denoiser_layers} layers, {config.hidden_size} wide"),
        ("D", f"{config.decoder_layers} layers, {config.hidden_size} wide"),
        ("lengths", f"prompt {config.max_prompt_length}, code {config.max_code_length} tokens"),
        ("predicts", config.parameterisation),
        (
            "schedule",
            f"{schedule.name}, T = {schedule.num_steps}, log SNR shift {schedule.log_snr_shift:g}",
        ),
    ):
        typer.echo(f"{label:<14}{value}")
    if name == "paper":
        typer.echo("\nThe paper leaves open, and this preset chooses:")
        for field, choice in PAPER_LEAVES_OPEN.items():
            typer.echo(
                f"  {field:<20}{getattr(config, field) if field != 'encoder' else 'T5'}: {choice}"
            )
