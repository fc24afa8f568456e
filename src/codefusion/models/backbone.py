"""A frozen pre-trained encoder of English beneath E: what it makes of each token's characters.

Not trained and not part of a model's weights: a checkpoint names it. Not for slots or the
tokens of the code, which it knows nothing of: E reads those beside it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoConfig, AutoModel, AutoTokenizer

from codefusion.data.codec import Aligned
from codefusion.errors import CheckpointError
from codefusion.models.quantised import WEIGHTS, dequantised, quantised

AT_ONCE = 64
MOST_REMEMBERED = 20_000  # sentences; at 30 tokens and 384 channels of 2 bytes some 500 MB
LONGEST = 256  # word pieces


class Backbone:
    """A pre-trained encoder and its tokenizer, read as one vector for each of *our* tokens."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model.eval().requires_grad_(False)
        self.tokenizer = tokenizer
        self.size: int = model.config.hidden_size
        self._known: dict[Aligned, Tensor] = {}

    @torch.no_grad()
    def __call__(self, sentences: Sequence[Aligned], width: int) -> Tensor:
        """Return float32 (sentences, width, size), zero after a sentence's last token.

        A token gets the mean of the states of the word pieces that share a character with it, one
        without any the state of the first piece (BERT's [CLS]), and the last token, which ends
        the prompt, the mean of all. States are normalised to unit variance. What a sentence gets
        does not depend on the others, up to rounding.
        """
        missing = sorted(
            {one for one in sentences if one not in self._known}, key=lambda one: len(one.text)
        )
        if len(self._known) + len(missing) > MOST_REMEMBERED:
            self._known.clear()
            missing = sorted(set(sentences), key=lambda one: len(one.text))
        for start in range(0, len(missing), AT_ONCE):
            part = missing[start : start + AT_ONCE]
            self._known.update(zip(part, self._read(part), strict=True))
        out = torch.zeros(len(sentences), width, self.size)
        for row, one in enumerate(sentences):
            out[row, : len(one.spans)] = self._known[one].float()
        return out

    def _read(self, part: Sequence[Aligned]) -> list[Tensor]:
        batch = self.tokenizer(
            [one.text for one in part],
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=LONGEST,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        offsets = batch.pop("offset_mapping").tolist()
        special = batch.pop("special_tokens_mask").bool()
        states = F.layer_norm(self.model(**batch).last_hidden_state, (self.size,))
        read = []
        for row, one in enumerate(part):
            inside = int(batch["attention_mask"][row].sum())
            pieces = [i for i in range(inside) if not special[row, i]]
            spans = [offsets[row][i] for i in pieces]
            vectors = torch.empty(len(one.spans), self.size)
            for token, (start, end) in enumerate(one.spans):
                shared = [
                    i
                    for i, (first, last) in zip(pieces, spans, strict=True)
                    if first < end and last > start
                ]
                vectors[token] = states[row, shared].mean(0) if shared else states[row, 0]
            vectors[-1] = states[row, :inside].mean(0)
            read.append(vectors.half())
        return read


@functools.cache
def load_backbone(name: str) -> Backbone:
    """Load one from a folder or by its Hub id; asked again, return the same.

    Raises `CheckpointError` when there is none or its files cannot be read.
    """
    folder = Path(name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), use_fast=True)
        if not tokenizer.is_fast:
            raise ValueError("its tokenizer does not say which characters a piece covers")
        if (folder / WEIGHTS).is_file():  # which may be quantised
            model = AutoModel.from_config(AutoConfig.from_pretrained(str(folder)))
            report = model.load_state_dict(dequantised(load_file(folder / WEIGHTS)), strict=False)
            # A pooler is not used here: sentence encoders leave it out or in.
            lacking = [one for one in report.missing_keys if not one.startswith("pooler.")]
            if lacking:
                raise ValueError(f"it has no weights for {min(lacking)}")
        else:
            model = AutoModel.from_pretrained(str(folder))
    except Exception as error:  # four libraries read these files, with classes of their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"cannot load the backbone {name!r}: {reason}") from error
    return Backbone(model, tokenizer)


def save_quantised(backbone: Backbone, folder: Path) -> None:
    """Write a backbone with every matrix as int8 and a scale for each of its rows.

    That is a quarter of the bytes; `load_backbone` reads it. Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = backbone.model.state_dict()
    kept = {name: one for name, one in weights.items() if not name.startswith("pooler.")}
    save_file(quantised(kept), folder / WEIGHTS)
    config = backbone.model.config.to_dict()
    for key in ("_name_or_path", "dtype"):
        config.pop(key, None)
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    backbone.tokenizer.save_pretrained(folder)
