"""Fine-tuning a model of the Hub on pairs, as a generator: callers log, or stop between steps.

Not for our own models (`training`), and not resumable: a run leaves a whole folder or nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from codefusion.data.examples import Example
from codefusion.errors import CheckpointError, DataError, TrainingError, UsageError
from codefusion.evaluation.grading import same_text
from codefusion.systems.hub_model import TEMPLATES, HubModel, load_hub_model, mask_of, padded
from codefusion.systems.prompts import check_template, fill

# What the loss leaves out: pads, and the prompt of a causal model.
IGNORED = -100


@dataclass(frozen=True)
class Prepared:
    """Told once, before the first step.

    `left_out` of the `pairs` are longer than the model reads. `unwritable` are learned, but the
    tokenizer cannot give their code back: T5's, for one, has no braces.
    """

    parameters: int
    pairs: int
    left_out: int
    unwritable: int


@dataclass(frozen=True)
class Stepped:
    """What a step did. `step` counts from 1; the loss is this process's, per token."""

    step: int
    loss: float
    learning_rate: float


@dataclass(frozen=True)
class Saved:
    """The folder is whole: `HubSystem` and transformers load it."""

    path: Path


def fine_tune(
    model: str,
    train: Sequence[Example],
    out: Path,
    *,
    steps: int,
    kind: str = "auto",
    revision: str | None = None,
    template: str | None = None,
    batch_size: int = 16,
    learning_rate: float = 5e-5,
    warmup: int = 100,
    mixed_precision: str = "no",
    learn_prompts: bool = False,
    seed: int = 0,
) -> Iterator[Prepared | Stepped | Saved]:
    """Train all weights with AdamW and save the model and its tokenizer under `out`.

    The rate rises linearly over `warmup` steps and falls linearly to 0. `batch_size` is the total
    over processes; `template` must be the same when the model is used. With `learn_prompts` a
    causal model learns to write its prompts as well (`systems.imagining`). The same seed gives the
    same weights on one CPU thread. Raises `CheckpointError` where `out` exists, and
    `TrainingError` where the loss is no longer a number.
    """
    from accelerate import Accelerator
    from torch.utils.data import DataLoader

    if steps < 1 or batch_size < 1 or learning_rate <= 0 or warmup < 0:
        raise UsageError(
            "steps and batch_size must be at least 1, learning_rate above 0 and warmup not "
            f"negative, got {steps}, {batch_size}, {learning_rate} and {warmup}"
        )
    if out.exists():
        raise CheckpointError(f"{out} is there already; name another folder")
    hub = load_hub_model(model, kind, revision)
    written_as = check_template(template or TEMPLATES[hub.kind])
    if learn_prompts and not hub.causal:
        raise UsageError(f"{model!r} reads and writes apart: it cannot learn to write its prompts")
    rows = [_row(hub, fill(written_as, one), one.code, learn_prompts) for one in train]
    fitting = [row for row in rows if max(map(len, row)) <= hub.max_length]
    if not fitting:
        raise DataError(f"none of {len(rows)} pairs fits into {hub.max_length} tokens")
    yield Prepared(
        parameters=sum(one.numel() for one in hub.model.parameters()),
        pairs=len(fitting),
        left_out=len(rows) - len(fitting),
        unwritable=sum(not _writes(hub, example.code) for example in train),
    )
    accelerator = Accelerator(mixed_precision=mixed_precision)
    share, rest = divmod(batch_size, accelerator.num_processes)
    if rest or not share:
        raise UsageError(
            f"batch_size {batch_size} does not divide among {accelerator.num_processes} processes"
        )
    loader: Any = DataLoader(
        fitting,  # type: ignore[arg-type]
        batch_size=share,
        shuffle=True,
        generator=torch.Generator().manual_seed(seed),
        collate_fn=lambda batch: _collate(hub, batch),
    )
    optimizer = torch.optim.AdamW(hub.model.parameters(), lr=learning_rate, weight_decay=0.0)
    prepared, optimizer, loader = accelerator.prepare(hub.model, optimizer, loader)
    prepared.train()
    batches = _forever(loader)
    for step in range(steps):
        rate = learning_rate * min((step + 1) / max(1, warmup), 1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        # Dropout draws from the global generator, which is put back afterwards.
        with torch.random.fork_rng():
            torch.manual_seed(seed * steps + step)
            loss = prepared(**next(batches)).loss
            if not torch.isfinite(loss):
                raise TrainingError(
                    f"the loss is {loss.item()} at step {step + 1}, at a learning rate of "
                    f"{rate:.3g}; lower learning_rate or raise warmup"
                )
            accelerator.backward(loss)
        accelerator.clip_grad_norm_(prepared.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield Stepped(step + 1, loss.item(), rate)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        _save(accelerator.unwrap_model(prepared), hub.tokenizer, out)
    accelerator.wait_for_everyone()
    yield Saved(out)


def _row(hub: HubModel, prompt: str, code: str, learn_prompt: bool) -> tuple[list[int], list[int]]:
    """Return what the model reads and what it is to write; for a causal model as one sequence."""
    read, written = hub.read(prompt), hub.written(code)
    if not hub.causal:
        return read, written
    learned = read if learn_prompt else [IGNORED] * len(read)
    return [*read, *written], [*learned, *written]


def _collate(hub: HubModel, rows: Sequence[tuple[list[int], list[int]]]) -> dict[str, Any]:
    read, written = [row[0] for row in rows], [row[1] for row in rows]
    return {
        "input_ids": padded(read, hub.pad_id),
        "attention_mask": mask_of(read),
        "labels": padded(written, IGNORED),
    }


def _writes(hub: HubModel, code: str) -> bool:
    return same_text(hub.text(hub.written(code)), code)


def _forever(loader: Any) -> Iterator[dict[str, Any]]:
    while True:
        yield from loader


def _save(model: Any, tokenizer: Any, out: Path) -> None:
    part = out.with_name(f".{out.name}.partial")
    try:
        shutil.rmtree(part, ignore_errors=True)
        model.save_pretrained(part)
        tokenizer.save_pretrained(part)
        part.rename(out)
    except Exception as error:  # safetensors and tokenizers report a full disk by plain Exceptions
        raise CheckpointError(f"cannot write to {out}: {error}") from error
