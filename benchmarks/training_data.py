"""How many rows a second the batches of a recipe come at, without a model: what a GPU may use.

    python benchmarks/training_data.py recipes/release-gpu.yaml --set data.folder=PATH

Prints how long reading, the tokenizer and encoding take, and for each phase the rows of code a
second, median and range of five runs of `--batches` steps. Seconds are those of one core's work, so
that what else a machine does counts little. Noise is drawn where the model is, and on a GPU costs
the CPU nothing: `--no-noise` leaves it out.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator
from typing import Any

import torch

from codefusion.data.codec import Codec
from codefusion.errors import told_in_one_line
from codefusion.models.presets import preset_config
from codefusion.training.corpus import (
    encode_pairs,
    encode_snippets,
    make_tokenizer,
    read_corpus,
    special_ids,
)
from codefusion.training.recipe import load_recipe
from codefusion.training.run import bucketing_of
from codefusion.training.tasks import finetuning_batches, pretraining_batches

REPEATS = 5


def rows_per_second(batches: Iterator[dict[str, Any]], count: int) -> str:
    next(batches)  # reads the rows into a table and plans the first epoch
    speeds = []
    for _ in range(REPEATS):
        began = time.process_time()
        rows = sum(len(batch["code_ids"]) for batch in itertools.islice(batches, count))
        speeds.append(rows / (time.process_time() - began))
    return f"{statistics.median(speeds):.0f} [{min(speeds):.0f}, {max(speeds):.0f}] rows/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--no-noise", action="store_true")
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe, arguments.settings)
    began = time.process_time()
    corpus = read_corpus(recipe.data)
    read = time.process_time()
    tokenizer = make_tokenizer(recipe.tokenizer, corpus)
    cut = time.process_time()
    config = preset_config(recipe.model.preset, recipe.model.overrides)
    codec = Codec(tokenizer)
    pairs, _ = encode_pairs(corpus.pairs, codec, config.max_prompt_length, config.max_code_length)
    snippets, _ = encode_snippets(corpus.snippets, codec, config.max_code_length)
    print(
        f"{len(pairs)} pairs, {len(snippets.rows)} snippets: read in {read - began:.0f} s, "
        f"tokenizer {cut - read:.0f} s, encoded in {time.process_time() - cut:.0f} s",
        flush=True,
    )
    shared: dict[str, Any] = {
        "config": config,
        "bucketing": bucketing_of(recipe, config),
        "special": special_ids(tokenizer),
        "self_conditioning": recipe.optimization.self_conditioning,
        "seed": recipe.seed,
        "prompt_widths": recipe.data.prompt_widths,
    }
    if arguments.no_noise:
        config.embedding_size = config.encoder.d_model = 1
    first = pretraining_batches(snippets, recipe.pretraining, **shared)
    print("phase 1", rows_per_second(first, arguments.batches), flush=True)
    second = finetuning_batches(pairs, recipe.finetuning, **shared)
    print("phase 2", rows_per_second(second, arguments.batches), flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    told_in_one_line(main)
