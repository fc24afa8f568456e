"""How likely auto-regressive models find the programs of a file, and each token of them.

    python benchmarks/likelihood.py FILE MODEL... [-l bash]

Cross-entropy in nats a token, the program's end included, and how often the right token is the
likeliest; pairs that do not fit are left out. Only models with one tokenizer compare.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from codefusion.data.batching import pad_rows
from codefusion.data.examples import read_examples
from codefusion.errors import UsageError, told_in_one_line
from codefusion.models.backbone import load_backbone
from codefusion.models.baselines import AutoregressiveModel, token_loss
from codefusion.pipeline import load_pipeline
from codefusion.quiet import quiet_libraries

BATCH = 100


@torch.no_grad()
def measure(name: str, path: Path, language: str | None) -> tuple[float, float, int, int]:
    """Return cross-entropy, share of tokens that are the likeliest, tokens and programs."""
    pipeline = load_pipeline(name)
    model, codec = pipeline.model, pipeline.codec
    if not isinstance(model, AutoregressiveModel):
        raise UsageError(f"{name} is a {type(model).__name__}, which has no plain likelihood")
    config = model.config
    backbone = None if config.backbone is None else load_backbone(config.backbone)
    rows = []
    for one in read_examples(path, language):
        prompt = codec.prompt(one.utterance, one.language, one.table)
        code = codec.code(one.code, prompt.slots)
        if len(prompt.ids) <= config.max_prompt_length and len(code) <= config.max_code_length:
            rows.append((prompt, code))
    loss = right = tokens = 0.0
    for first in range(0, len(rows), BATCH):
        prompts, programs = zip(*rows[first : first + BATCH], strict=True)
        ids, mask = pad_rows([prompt.ids for prompt in prompts], config.pad_token_id)
        code, _ = pad_rows(programs, config.pad_token_id)
        features = None
        if backbone is not None:
            features = backbone([prompt.aligned for prompt in prompts], ids.shape[1])
        output = model(code_ids=code, prompt_ids=ids, prompt_mask=mask, features=features)
        counted = int(output.counted.sum())
        loss += float(token_loss(output)) * counted
        likeliest = output.logits.argmax(dim=-1) == output.targets
        right += int((likeliest & output.counted).sum())
        tokens += counted
    return loss / tokens, right / tokens, int(tokens), len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("models", nargs="+")
    parser.add_argument("-l", "--language")
    asked = parser.parse_args()
    quiet_libraries()
    for name in asked.models:
        loss, right, tokens, rows = measure(name, asked.file, asked.language)
        print(
            f"{name}: cross-entropy {loss:.3f}, likeliest token right {100 * right:.1f} %, "
            f"{tokens:,} tokens of {rows:,} programs"
        )


if __name__ == "__main__":
    told_in_one_line(main)
