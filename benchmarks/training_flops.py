"""How much arithmetic a recipe's training is: for equal compute, and for how many steps fit.

    python benchmarks/training_flops.py recipes/cf-cpu.yaml recipes/baselines/cf-masked.yaml \
        --set data.folder=PATH
    python benchmarks/training_flops.py recipes/release-gpu.yaml --set data.folder=PATH --tflops 396

Prints, for each recipe, the floating-point operations of a step of each phase (the mean over real
batches, by `codefusion.training.flops`) and of the whole run; with `--tflops` also the minutes it
takes at that speed. Deterministic, so no repeats.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from typing import Any

from codefusion.data.codec import Codec
from codefusion.errors import told_in_one_line
from codefusion.training.corpus import (
    encode_pairs,
    encode_snippets,
    make_tokenizer,
    read_corpus,
    special_ids,
)
from codefusion.training.flops import step_flops
from codefusion.training.recipe import Phase, load_recipe
from codefusion.training.run import bucketing_of
from codefusion.training.setup import build_model
from codefusion.training.tasks import finetuning_batches, pretraining_batches


def per_step(model: Any, phase: Phase, batches: Iterator[dict[str, Any]], count: int) -> float:
    """Return the mean number of operations of a step."""
    each = [step_flops(model, one, phase.train_encoder) for one in itertools.islice(batches, count)]
    return sum(each) / count


def measure(path: str, settings: list[str], count: int, tflops: float | None) -> None:
    recipe = load_recipe(path, settings)
    corpus = read_corpus(recipe.data)
    tokenizer = make_tokenizer(recipe.tokenizer, corpus)
    model = build_model(recipe, tokenizer, corpus.languages)
    codec = Codec(tokenizer)
    config = model.config
    rows, _ = encode_pairs(corpus.pairs, codec, config.max_prompt_length, config.max_code_length)
    shared: dict[str, Any] = {
        "config": config,
        "bucketing": bucketing_of(recipe, config),
        "special": special_ids(tokenizer),
        "self_conditioning": recipe.optimization.self_conditioning,
        "seed": recipe.seed,
        "prompt_widths": recipe.data.prompt_widths,
    }
    batches = finetuning_batches(rows, recipe.finetuning, **shared)
    second = per_step(model, recipe.finetuning, batches, count)
    first = 0.0
    if recipe.pretraining.steps:
        snippets, _ = encode_snippets(corpus.snippets, codec, config.max_code_length)
        batches = pretraining_batches(snippets, recipe.pretraining, **shared)
        first = per_step(model, recipe.pretraining, batches, count)
    whole = first * recipe.pretraining.steps + second * recipe.finetuning.steps
    size = sum(model.count_parameters().values())
    minutes = "" if tflops is None else f", {whole / tflops / 1e12 / 60:.1f} minutes"
    print(
        f"{recipe.name:<32}{recipe.model.system:<16}{size / 1e6:5.2f}M parameters  "
        f"phase 1 {first / 1e9:6.2f} x {recipe.pretraining.steps}  "
        f"phase 2 {second / 1e9:6.2f} x {recipe.finetuning.steps} GFLOP  "
        f"in all {whole / 1e12:.2f} TFLOP{minutes}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="+")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--batches", type=int, default=10)
    parser.add_argument("--tflops", type=float, help="speed to tell the minutes at")
    arguments = parser.parse_args()
    for path in arguments.recipes:
        measure(path, arguments.settings, arguments.batches, arguments.tflops)


if __name__ == "__main__":
    told_in_one_line(main)
