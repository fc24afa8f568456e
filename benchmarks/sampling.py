"""Latency and memory of sampling with a checkpoint: encoder included, warmed up, synchronised.

Run: python benchmarks/sampling.py [MODEL] [--threads N]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time

import torch

from codefusion import CodeFusionPipeline

UTTERANCES = {
    "bash": "find all python files modified in the last day",
    "python": "sort list `a` in reverse order",
    "cf": "Highlight cells greater than 12",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", nargs="?", default="cf")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    pipe = CodeFusionPipeline.from_pretrained(arguments.model)
    pipe.set_progress_bar_config(disable=True)
    language = pipe.model.config.languages[0]

    def once(samples: int, steps: int) -> float:
        began = time.perf_counter()
        pipe(
            UTTERANCES[language],
            language=language,
            num_candidates=1,
            num_samples=samples,
            num_inference_steps=steps,
        )
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - began)

    once(1, 4)
    print(f"{arguments.model}: {torch.get_num_threads()} threads, medians of 7, milliseconds")
    for samples, steps in ((1, 8), (1, 16), (20, 8), (20, 16), (20, 64)):
        times = [once(samples, steps) for _ in range(7)]
        print(f"{samples:3d} samples, {steps:3d} steps: {statistics.median(times):7.1f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MB")


if __name__ == "__main__":
    main()
