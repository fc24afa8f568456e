"""How long grading Bash candidates takes: five for each gold, every metric, one process and two.

Run: python benchmarks/grading.py PAIRS.jsonl   (exit code 1 when two processes take over 60 s)
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from codefusion.data.examples import Example, read_examples
from codefusion.errors import told_in_one_line
from codefusion.evaluation.grading import Evaluation, Prediction, grade
from codefusion.graders.bash_shell import bash_accepts

CANDIDATES = 5
LIMIT = 60.0

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", help="JSON lines with `utterance` and `code`")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shell", action="store_true", help="ask `bash -n` of each candidate, too")
    arguments = parser.parse_args()
    predictions = mutated(read_examples(arguments.pairs, "bash"), random.Random(arguments.seed))
    distinct = len({code for one in predictions for code in one.candidates})
    print(
        f"{len(predictions)} rows x {CANDIDATES} candidates, {distinct} distinct; seed "
        f"{arguments.seed}; {os.cpu_count()} cores"
    )
    seconds = 0.0
    for processes in (1, 2):
        before, began = cpu_seconds(), time.perf_counter()
        # New processes each time: what one has cached is no help to the next.
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            shares = [predictions[place::processes] for place in range(processes)]
            jobs = [pool.submit(graded, share, arguments.shell) for share in shares]
            results = [job.result() for job in jobs]
        seconds = time.perf_counter() - began
        metrics = ", ".join(metrics_of(results[0]))
        print(
            f"{processes} process(es): {seconds:6.1f} s, {len(predictions) / seconds:6.0f} rows/s, "
            f"{cpu_seconds() - before:6.1f} s of CPU"
        )
    print(f"graded by: {metrics}{', bash -n' if arguments.shell else ''}")
    if seconds > LIMIT:
        print(f"over the limit of {LIMIT:g} s")
    return int(seconds > LIMIT)


def graded(predictions: Sequence[Prediction], ask_shell: bool) -> Evaluation:
    result = grade(predictions)
    if ask_shell:
        for one in predictions:
            for code in one.candidates:
                bash_accepts(code)
    return result


def metrics_of(result: Evaluation) -> list[str]:
    return ["exact_match", "normal_form_match", "validity", *result.further]


def mutated(rows: Sequence[Example], rng: random.Random) -> list[Prediction]:
    """Return candidates that are like a model's mistakes: golds with some pieces changed."""
    pieces = [_PIECE.findall(row.code) for row in rows]
    return [
        Prediction(row, tuple(changed(one, pieces, rng) for _ in range(CANDIDATES)))
        for row, one in zip(rows, pieces, strict=True)
    ]


def changed(pieces: Sequence[str], others: Sequence[Sequence[str]], rng: random.Random) -> str:
    """Drop, insert or replace one to four pieces; what comes in is from any row."""
    kept = list(pieces)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(kept) + 1)
        width = rng.randint(0, 1)
        new = rng.choice(rng.choice(others))
        kept[place : place + width] = [] if width and rng.random() < 0.5 else [new]
    return "".join(kept)


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    told_in_one_line(lambda: sys.exit(main()))
