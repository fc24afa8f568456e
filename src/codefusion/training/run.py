"""A whole run: data, tokenizer, model, both phases, evaluation and checkpoints.

`run` is a generator of events; showing them is the caller's business. The loop itself is
`loop.train_phase`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, ProjectConfiguration

from codefusion.data.batching import Bucketing
from codefusion.data.codec import Codec
from codefusion.data.examples import Example
from codefusion.errors import CheckpointError, RecipeError
from codefusion.evaluation.evaluate import evaluate
from codefusion.evaluation.grading import Evaluation
from codefusion.models import CodeFusionConfig
from codefusion.pipeline import CodePipeline
from codefusion.training.checkpoints import Progress, read_progress, save_checkpoint
from codefusion.training.corpus import encode_pairs, encode_snippets, read_corpus, special_ids
from codefusion.training.ema import ExponentialMovingAverage
from codefusion.training.events import Evaluated, Event, PhaseStarted, Prepared, Saved
from codefusion.training.loop import train_phase
from codefusion.training.recipe import Phase, Recipe
from codefusion.training.setup import (
    build_model,
    build_pipeline,
    prepare_folder,
    prepare_tokenizer,
)
from codefusion.training.tasks import finetuning_batches, pretraining_batches


def run(recipe: Recipe, out: Path, resume: bool = False) -> Iterator[Event]:
    """Train by the recipe into the folder `out`, phase 1 then phase 2.

    Raises `CheckpointError` when `out` holds a run already and `resume` is not set, or it
    holds another recipe's.
    """
    done = prepare_folder(recipe, out, resume)
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    accelerator = Accelerator(
        mixed_precision=recipe.optimization.precision,
        log_with="tensorboard",
        project_config=ProjectConfiguration(project_dir=str(out), logging_dir=str(out / "logs")),
        # The unsupervised steps of phase 1 give E no gradient.
        kwargs_handlers=[
            DistributedDataParallelKwargs(find_unused_parameters=recipe.pretraining.train_encoder)
        ],
    )
    for phase in (recipe.pretraining, recipe.finetuning):
        if phase.steps and phase.batch_size // phase.draws < accelerator.num_processes:
            raise RecipeError(
                f"batch_size {phase.batch_size} with {phase.draws} draws is too small for "
                f"{accelerator.num_processes} processes"
            )
    accelerator.init_trackers("tensorboard")
    corpus = read_corpus(recipe.data)
    tokenizer = prepare_tokenizer(recipe, corpus, out, accelerator)
    # The weights and the dropout of a run are drawn from its seed; torch has no other way.
    torch.manual_seed(recipe.seed)
    model = build_model(recipe, tokenizer)
    config = model.config
    codec = Codec(tokenizer)
    rows, pairs_out = encode_pairs(
        corpus.pairs, codec, config.max_prompt_length, config.max_code_length
    )
    snippets, snippets_out = encode_snippets(corpus.snippets, codec, config.max_code_length)
    yield Prepared(
        model.count_parameters(), len(rows), len(snippets.rows), pairs_out + snippets_out
    )
    bucketing = bucketing_of(recipe, config)
    if bucketing.widths[-1] != config.max_code_length:
        raise RecipeError(
            f"the widest bucket {bucketing.widths[-1]} must be max_code_length "
            f"{config.max_code_length}"
        )
    pipeline = build_pipeline(recipe, model, tokenizer)
    model.to(accelerator.device)
    ema = ExponentialMovingAverage(model, recipe.optimization.ema_decay)
    accelerator.register_for_checkpointing(ema)
    shared: dict[str, Any] = {
        "config": config,
        "bucketing": bucketing,
        "special": special_ids(tokenizer),
        "self_conditioning": recipe.optimization.self_conditioning,
        "seed": recipe.seed,
        "rank": accelerator.process_index,
        "world": accelerator.num_processes,
    }
    for number, phase in ((1, recipe.pretraining), (2, recipe.finetuning)):
        start = 0
        if done is not None:
            progress = read_progress(done)
            if progress.phase > number:
                continue
            start = progress.step if progress.phase == number else 0
        if number == 1:
            prefix = codec.marked(f"{recipe.data.language}: ", [])
            batches = pretraining_batches(snippets, phase, prefix=prefix, start=start, **shared)
        else:
            batches = finetuning_batches(rows, phase, start=start, **shared)
        yield from _run_phase(
            recipe, out, accelerator, pipeline, ema, number, phase, batches, done, corpus.validation
        )
        done = None
    accelerator.end_training()


def _run_phase(
    recipe: Recipe,
    out: Path,
    accelerator: Accelerator,
    pipeline: CodePipeline,
    ema: ExponentialMovingAverage,
    number: int,
    phase: Phase,
    batches: Iterator[dict[str, Any]],
    done: Path | None,
    validation: list[Example],
) -> Iterator[Event]:
    if phase.steps == 0:
        return
    bare = pipeline.model
    if bare.length is not None:
        bare.length.requires_grad_(phase.train_encoder)
    for name, parameter in bare.encoder.named_parameters():
        # With shared embeddings E's own table is unused.
        unused = bare.config.share_embeddings and name.endswith(
            ("shared.weight", "embed_tokens.weight")
        )
        parameter.requires_grad_(phase.train_encoder and not unused)
    learning = [parameter for parameter in bare.parameters() if parameter.requires_grad]
    optimization = recipe.optimization
    accelerator.free_memory()
    model, optimizer = accelerator.prepare(
        bare,
        torch.optim.AdamW(
            learning,
            lr=phase.learning_rate,
            betas=optimization.betas,
            weight_decay=optimization.weight_decay,
        ),
    )
    start = 0
    if done is not None:
        start = read_progress(done).step
        try:
            accelerator.load_state(str(done / "state"))
        except Exception as error:  # torch, pickle and safetensors each have classes of their own
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise CheckpointError(f"cannot resume from {done}: {reason}") from error
    yield PhaseStarted(number, start, phase.steps)
    monitoring = recipe.monitoring

    def save(step: int) -> Saved:
        averaged = _Averaged(pipeline, ema)
        return Saved(
            save_checkpoint(out, Progress(number, step), accelerator, averaged, monitoring.keep)
        )

    for result in train_phase(
        model,
        optimizer,
        accelerator,
        batches,
        phase,
        recipe.loss,
        ema,
        pad_id=pipeline.tokenizer.pad_token_id,
        clip=optimization.clip,
        start=start,
    ):
        yield result
        if monitoring.log_every and result.step % monitoring.log_every == 0:
            values = {
                f"train/{key}": value
                for key, value in vars(result).items()
                if key not in ("step", "samples")
            }
            offset = recipe.pretraining.steps if number == 2 else 0
            accelerator.log(values, step=offset + result.step)
        final = result.step == phase.steps
        every = monitoring.evaluate_every
        if validation and every and number == 2 and (result.step % every == 0 or final):
            if accelerator.is_main_process:
                evaluation = _evaluate(recipe, pipeline, ema, validation)
                accelerator.log(
                    {
                        f"validation/exact_match_{k}": v.value
                        for k, v in evaluation.exact_match.items()
                    },
                    step=recipe.pretraining.steps + result.step,
                )
                yield Evaluated(number, result.step, evaluation)
            accelerator.wait_for_everyone()
        if final or (monitoring.save_every and result.step % monitoring.save_every == 0):
            yield save(result.step)


def spread(rows: Sequence[Example], count: int) -> list[Example]:
    """Return at most `count` rows at even distances: files are often sorted."""
    count = min(count, len(rows))
    return [rows[i * len(rows) // count] for i in range(count)]


def bucketing_of(recipe: Recipe, config: CodeFusionConfig) -> Bucketing:
    """Return the widths that a run's batches may have; no wider than needed without pads."""
    longest = config.max_code_length
    if config.predict_length:
        # N and D see no pads, so a batch is as wide as its programs and no wider.
        widths = (*range(4, longest, 4), longest)
        return Bucketing(recipe.data.bucket_widths or widths, promotion=0.0, spare=0)
    return Bucketing(recipe.data.bucket_widths or (longest,), recipe.data.bucket_promotion)


class _Averaged:
    """A pipeline that saves with the averaged weights in place."""

    def __init__(self, pipeline: CodePipeline, ema: ExponentialMovingAverage) -> None:
        self.pipeline, self.ema = pipeline, ema

    def save_pretrained(self, folder: Path, **options: Any) -> None:
        with self.ema.applied(self.pipeline.model):
            self.pipeline.save_pretrained(folder, **options)


def _evaluate(
    recipe: Recipe,
    pipeline: CodePipeline,
    ema: ExponentialMovingAverage,
    validation: list[Example],
) -> Evaluation:
    """Sample with the averaged weights; dropout's random state is left as it was."""
    monitoring = recipe.monitoring
    bare = pipeline.model
    with ema.applied(bare), torch.random.fork_rng():
        bare.eval()
        evaluation = evaluate(
            pipeline,
            spread(validation, monitoring.evaluation_rows),
            samples=monitoring.evaluation_samples,
            steps=monitoring.evaluation_steps,
        )
        bare.train()
    return evaluation
