"""How much arithmetic a recipe's training is: for giving two systems equal compute.

    python benchmarks/training_flops.py recipes/cf-cpu.yaml recipes/baselines/cf-masked.yaml \
        --set data.folder=PATH

Prints, for each recipe, the floating-point operations of a step of phase 2 (forward and backward,
counted by torch on real batches), those of phase 1, and of the whole run. Attention counts,
element-wise work does not. Deterministic, so no repeats.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from typing import Any

from torch.utils.flop_counter import FlopCounterMode

from codefusion.data.codec import Codec
from codefusion.objectives import compute_losses
from codefusion.training.corpus import (
    encode_pairs,
    encode_snippets,
    make_tokenizer,
    read_corpus,
    special_ids,
)
from codefusion.training.recipe import Recipe, load_recipe
from codefusion.training.run import bucketing_of
from codefusion.training.setup import build_model
from codefusion.training.tasks import finetuning_batches, pretraining_batches


def per_step(model: Any, recipe: Recipe, batches: Iterator[dict[str, Any]], count: int) -> float:
    """Return the mean number of operations of a step."""
    total = 0
    for batch in itertools.islice(batches, count):
        with FlopCounterMode(display=False) as counter:
            output = model(**batch)
            losses = compute_losses(
                output,
                batch["code_ids"],
                model.config.pad_token_id,
                model.config.parameterisation,
                recipe.loss,
            )
            losses.total.backward()
        total += counter.get_total_flops()
    return total / count


def measure(path: str, settings: list[str], count: int) -> None:
    recipe = load_recipe(path, settings)
    corpus = read_corpus(recipe.data)
    tokenizer = make_tokenizer(recipe.tokenizer, corpus)
    model = build_model(recipe, tokenizer)
    codec = Codec(tokenizer)
    config = model.config
    rows, _ = encode_pairs(corpus.pairs, codec, config.max_prompt_length, config.max_code_length)
    shared: dict[str, Any] = {
        "config": config,
        "bucketing": bucketing_of(recipe, config),
        "special": special_ids(tokenizer),
        "self_conditioning": recipe.optimization.self_conditioning,
        "seed": recipe.seed,
    }
    second = per_step(model, recipe, finetuning_batches(rows, recipe.finetuning, **shared), count)
    first = 0.0
    if recipe.pretraining.steps:
        snippets, _ = encode_snippets(corpus.snippets, codec, config.max_code_length)
        prefix = codec.marked(f"{recipe.data.language}: ", [])
        batches = pretraining_batches(snippets, recipe.pretraining, prefix=prefix, **shared)
        first = per_step(model, recipe, batches, count)
    whole = first * recipe.pretraining.steps + second * recipe.finetuning.steps
    size = sum(model.count_parameters().values())
    print(
        f"{recipe.name:<24}{recipe.model.system:<16}{size / 1e6:5.2f}M parameters  "
        f"phase 1 {first / 1e9:6.2f} x {recipe.pretraining.steps}  "
        f"phase 2 {second / 1e9:6.2f} x {recipe.finetuning.steps} GFLOP  "
        f"in all {whole / 1e12:.2f} TFLOP",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="+")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--batches", type=int, default=10)
    arguments = parser.parse_args()
    for path in arguments.recipes:
        measure(path, arguments.settings, arguments.batches)


if __name__ == "__main__":
    main()
