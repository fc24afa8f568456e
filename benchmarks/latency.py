"""Latency, throughput and peak memory of checkpoints, side by side: encoder included, warmed up.

Run: python benchmarks/latency.py MODEL... [--steps 4 8 16] [--beams 5] [--samples 16] [--threads 1]

A diffusion or masked model draws with each number of steps, an auto-regressive one once for all;
one that can be read from the left, as a lagged one can, searches as well: as it does when nothing
else is asked for, with its jury, and with so many beams. Ratios are to the first line. Memory is
that of the GPU if there is one, else that of a fresh process for each line, in which the libraries
alone take what the last line says.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from codefusion.errors import told_in_one_line
from codefusion.evaluation.latency import measure_side_by_side, peak_gpu_memory, peak_memory
from codefusion.pipeline import CodePipeline, load_pipeline
from codefusion.quiet import quiet_libraries

UTTERANCES = {
    "bash": "find all python files modified in the last {} days",
    "python": "get the first {} elements of list `a`",
    "cf": "Highlight cells greater than {}",
}


@dataclass(frozen=True)
class System:
    """A checkpoint with the options of its call."""

    model: str
    title: str
    pipeline: CodePipeline
    options: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.model}, {self.title}"

    def call(self, utterances: int) -> Callable[[], object]:
        """Return a call with so many different utterances."""
        (language,) = self.pipeline.model.config.languages
        texts = [UTTERANCES[language].format(number + 2) for number in range(utterances)]
        return functools.partial(self.pipeline, texts, **self.options)

    def command(self, threads: int) -> list[str]:
        """Return the command that makes one call in a process of its own."""
        once = json.dumps(self.options)
        return [sys.executable, __file__, self.model, "--once", once, "--threads", str(threads)]


def load(model: str, device: str) -> CodePipeline:
    pipeline = load_pipeline(model)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def systems(
    model: str, device: str, steps: list[int], beams: int, samples: int
) -> Iterator[System]:
    pipeline = load(model, device)
    if pipeline.model.from_left:
        yield System(model, "as it answers", pipeline, {})
        yield System(model, f"{beams} beams", pipeline, {"num_beams": beams})
    drawn = {"num_samples": samples, "num_candidates": min(samples, 5), "num_beams": 0}
    if getattr(pipeline.model, "causal", False):
        yield System(model, f"{samples} samples", pipeline, drawn)
        return
    for count in steps:
        options = {**drawn, "num_inference_steps": count}
        yield System(model, f"{samples} samples, {count} steps", pipeline, options)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--steps", type=int, nargs="+", default=[4, 8, 16])
    parser.add_argument("--beams", type=int, default=5)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--batch", type=int, default=16, help="utterances at once, for throughput")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--once", type=json.loads, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    quiet_libraries()
    torch.set_num_threads(arguments.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if arguments.once is not None:
        System(arguments.models[0], "", load(arguments.models[0], device), arguments.once).call(1)()
        return
    measured = [
        one
        for model in arguments.models
        for one in systems(model, device, arguments.steps, arguments.beams, arguments.samples)
    ]
    alone, together = (
        measure_side_by_side(
            {one.name: one.call(utterances) for one in measured},
            arguments.repeats,
            device=device,
        )
        for utterances in (1, arguments.batch)
    )
    print(
        f"{device}, {arguments.threads} threads; medians of {arguments.repeats} [quartiles]; "
        f"{arguments.batch} utterances at once for throughput"
    )
    width = max(len(one.name) for one in measured)
    print(f"{'':{width}}  ms per utterance         ratio  utterances/s    peak MB")
    for one in measured:
        time, many = alone[one.name], together[one.name]
        if device == "cuda":
            peak = peak_gpu_memory(one.call(1))
        else:
            peak = peak_memory(one.command(arguments.threads))
        spread = f"{1e3 * time.median:7.1f} [{1e3 * time.low:.1f}, {1e3 * time.high:.1f}]"
        print(
            f"{one.name:{width}}  {spread:<24} {time.ratio_to(alone[measured[0].name]):5.2f}  "
            f"{arguments.batch / many.median:12.1f}  {peak / 1e6:9.0f}"
        )
    if device == "cpu":
        bare = peak_memory([sys.executable, "-c", "import codefusion.pipeline"])
        print(f"{'the libraries alone':{width}}  {'':46}{bare / 1e6:9.0f}")


if __name__ == "__main__":
    told_in_one_line(main)
