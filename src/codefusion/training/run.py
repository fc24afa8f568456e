"""A whole run: data, tokenizer, model, both phases, evaluation and checkpoints.

`run` is a generator of events; showing them is the caller's business. The loop itself is
`loop.train_phase`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, ProjectConfiguration, broadcast

from codefusion.data.batching import Bucketing
from codefusion.data.codec import Codec
from codefusion.data.examples import Example
from codefusion.errors import CheckpointError, RecipeError
from codefusion.models import CodeFusionConfig
from codefusion.pipeline import CodePipeline
from codefusion.training.checkpoints import Progress, read_progress, save_checkpoint
from codefusion.training.corpus import encode_pairs, encode_snippets, read_corpus, special_ids
from codefusion.training.ema import ExponentialMovingAverage
from codefusion.training.events import Ended, Evaluated, Event, PhaseStarted, Prepared, Saved
from codefusion.training.flops import peak_flops
from codefusion.training.loop import StepResult, train_phase
from codefusion.training.recipe import Monitoring, Phase, Recipe
from codefusion.training.setup import (
    build_model,
    build_pipeline,
    compile_layers,
    prepare_folder,
    prepare_tokenizer,
)
from codefusion.training.tasks import finetuning_batches, pretraining_batches
from codefusion.training.validation import evaluations


def run(recipe: Recipe, out: Path, resume: bool = False) -> Iterator[Event]:
    """Train by the recipe into the folder `out`, phase 1 then phase 2.

    Ends early after `recipe.monitoring.minutes`, counted from here, with a checkpoint. Raises
    `CheckpointError` when `out` holds a run already and `resume` is not set, or it holds another
    recipe's.
    """
    began = time.monotonic()
    done = prepare_folder(recipe, out, resume)
    if done is not None and _steps_left(recipe, read_progress(done)) == 0:
        yield Ended(0)
        return
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
    if accelerator.device.type == "cuda":
        torch.set_float32_matmul_precision("high")  # TF32, where nothing narrower is asked for
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
    model = build_model(recipe, tokenizer, corpus.languages)
    config = model.config
    codec = Codec(tokenizer)
    rows, pairs_out = encode_pairs(
        corpus.pairs, codec, config.max_prompt_length, config.max_code_length
    )
    snippets, snippets_out = encode_snippets(corpus.snippets, codec, config.max_code_length)
    peak = peak_flops(
        accelerator.device, recipe.optimization.precision, recipe.monitoring.peak_tflops
    )
    yield Prepared(
        model.count_parameters(), len(rows), len(snippets.rows), pairs_out + snippets_out, peak
    )
    bucketing = bucketing_of(recipe, config)
    for name, widths, longest in (
        ("bucket_widths", bucketing.widths, config.max_code_length),
        ("prompt_widths", recipe.data.prompt_widths, config.max_prompt_length),
    ):
        if widths and widths[-1] != longest:
            raise RecipeError(f"the last of {name} must be {longest}, got {widths[-1]}")
    pipeline = build_pipeline(recipe, model, tokenizer)
    model.to(accelerator.device)
    if recipe.optimization.compile:
        compile_layers(model)
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
        "prompt_widths": recipe.data.prompt_widths,
        "device": accelerator.device,
    }
    clock = _Clock(began, recipe.monitoring, accelerator)
    for number, phase in ((1, recipe.pretraining), (2, recipe.finetuning)):
        start = 0
        if done is not None:
            progress = read_progress(done)
            if progress.phase > number:
                continue
            start = progress.step if progress.phase == number else 0
        if number == 1:
            batches = pretraining_batches(snippets, phase, start=start, **shared)
        else:
            batches = finetuning_batches(rows, phase, start=start, **shared)
        last = yield from _run_phase(
            recipe,
            out,
            accelerator,
            pipeline,
            ema,
            number,
            phase,
            batches,
            done,
            corpus.validation,
            peak,
            clock,
        )
        done = None
        left = _steps_left(recipe, Progress(number, last))
        if left and last > start and clock.is_over():
            yield Ended(left)
            break
    else:
        yield Ended(0)
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
    peak: float | None,
    clock: _Clock,
) -> Generator[Event, None, int]:
    """Return the last step that was taken."""
    if phase.steps == 0:
        return 0
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
            # One kernel for all weights; on CPUs it would round otherwise and save nothing.
            fused=True if accelerator.device.type == "cuda" else None,
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

    step = start
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
        look=_look(monitoring, accelerator.device),
    ):
        yield result
        step = result.step
        offset = recipe.pretraining.steps if number == 2 else 0
        if monitoring.log_every and step % monitoring.log_every == 0:
            accelerator.log(_logged(result, peak), step=offset + step)
        final = step == phase.steps
        every = monitoring.evaluate_every
        if validation and every and number == 2 and (step % every == 0 or final):
            if accelerator.is_main_process:
                for language, evaluation in evaluations(recipe, pipeline, ema, validation):
                    values = {
                        f"validation/{language}/exact_match_{k}": v.value
                        for k, v in evaluation.exact_match.items()
                    }
                    accelerator.log(values, step=offset + step)
                    yield Evaluated(number, step, evaluation, language)
            accelerator.wait_for_everyone()
        over = clock.is_over()
        if final or over or (monitoring.save_every and step % monitoring.save_every == 0):
            yield save(step)
        if over:
            break
    return step


class _Clock:
    """When a run has to end for now: at the time of the first process, for all of them."""

    def __init__(self, began: float, monitoring: Monitoring, accelerator: Accelerator) -> None:
        self.ends = None if monitoring.minutes is None else began + 60.0 * monitoring.minutes
        self.device = accelerator.device

    def is_over(self) -> bool:
        if self.ends is None:
            return False
        over = torch.tensor(float(time.monotonic() >= self.ends), device=self.device)
        return bool(broadcast(over).item())


def _steps_left(recipe: Recipe, progress: Progress) -> int:
    phases = (recipe.pretraining.steps, recipe.finetuning.steps)
    return sum(phases[progress.phase - 1 :]) - progress.step


def _look(monitoring: Monitoring, device: torch.device) -> Callable[[int], bool]:
    """Return at which steps values are read back: on a GPU, at those where something is done."""
    every = (monitoring.log_every, monitoring.save_every, monitoring.evaluate_every)

    def look(step: int) -> bool:
        return device.type == "cpu" or any(one and step % one == 0 for one in every)

    return look


def _logged(result: StepResult, peak: float | None) -> dict[str, float]:
    apart = ("step", "samples", "flops", "seconds")
    values = {f"train/{name}": one for name, one in vars(result).items() if name not in apart}
    values["train/samples_per_second"] = result.samples / result.seconds
    if peak is not None:
        values["train/mfu"] = result.flops / result.seconds / peak
    return values


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
