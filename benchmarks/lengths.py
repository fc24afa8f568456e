"""How well models guess the length of a program from its utterance, and how much of it is chance.

    python benchmarks/lengths.py FILE MODEL... [-l bash]

How often a program has one of the 1, 2, 4, 8 likeliest lengths, and the cross-entropy of the right
one in nats, beside that of a guess that holds all lengths equally likely. Pairs that do not fit are
left out.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import torch
import torch.nn.functional as F

from codefusion.data.examples import read_examples
from codefusion.errors import UsageError, told_in_one_line
from codefusion.pipeline import load_pipeline
from codefusion.quiet import quiet_libraries

PLACES = (1, 2, 4, 8)


@torch.no_grad()
def measure(name: str, path: Path, language: str | None) -> tuple[list[float], float, int, int]:
    """Return the shares within `PLACES`, the cross-entropy, programs and possible lengths."""
    pipeline = load_pipeline(name)
    model, codec, config = pipeline.model, pipeline.codec, pipeline.model.config
    if model.length is None:
        raise UsageError(f"{name} predicts no length")
    if config.backbone is not None:
        raise UsageError(f"{name} reads a backbone, which this does not compute")
    ranks, loss = [], 0.0
    for one in read_examples(path, language):
        prompt = codec.prompt(one.utterance, one.language, one.table)
        length = len(codec.code(one.code, prompt.slots))
        if len(prompt.ids) > config.max_prompt_length or not 1 <= length <= config.max_code_length:
            continue
        ids = torch.tensor([prompt.ids])
        mask = torch.ones_like(ids)
        logits = model.length(model.encode(ids, mask), mask)[0].float()
        ranks.append(int((logits > logits[length - 1]).sum()))
        loss += float(F.cross_entropy(logits, torch.tensor(length - 1)))
    if not ranks:
        raise UsageError(f"none of the pairs of {path} fits {name}")
    shares = [sum(rank < place for rank in ranks) / len(ranks) for place in PLACES]
    return shares, loss / len(ranks), len(ranks), int(config.max_code_length)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("models", nargs="+")
    parser.add_argument("-l", "--language")
    asked = parser.parse_args()
    quiet_libraries()
    for name in asked.models:
        shares, loss, rows, lengths = measure(name, asked.file, asked.language)
        within = " / ".join(f"{100 * share:.1f}" for share in shares)
        places = ", ".join(map(str, PLACES))
        print(
            f"{name}: among the {places} likeliest {within} %, cross-entropy {loss:.2f} nats "
            f"(all alike: {math.log(lengths):.2f}), n = {rows:,}"
        )


if __name__ == "__main__":
    told_in_one_line(main)
