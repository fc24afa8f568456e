"""Any sequence-to-sequence or causal language model that transformers can load, and how it reads.

Not for what is asked of it (`prompts`), and not for our own checkpoints (`checkpoint`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from codefusion.errors import CheckpointError, unknown_name

# A causal model continues a comment.
TEMPLATES = {"seq2seq": "{prompt}", "causal": "# {prompt}\n"}
KINDS = ("auto", *TEMPLATES)


@dataclass(frozen=True)
class HubModel:
    """A model with its tokenizer; `kind` is `seq2seq` or `causal`."""

    name: str
    kind: str
    model: Any
    tokenizer: Any

    @property
    def causal(self) -> bool:
        """Whether it continues its prompt, in the same sequence."""
        return self.kind == "causal"

    @property
    def max_length(self) -> int:
        """How many tokens it reads; for a causal model, those it writes counted in."""
        positions = getattr(self.model.config, "max_position_embeddings", None)
        return min(self.tokenizer.model_max_length, positions or self.tokenizer.model_max_length)

    @property
    def pad_id(self) -> int:
        """The id of pads. A model without pads, as GPT-2, never sees them: they are masked."""
        pad: int | None = self.tokenizer.pad_token_id
        return self.eos_id if pad is None else pad

    @property
    def eos_id(self) -> int:
        """The id of the token that ends a program."""
        eos: int = self.tokenizer.eos_token_id
        return eos

    def read(self, prompt: str) -> list[int]:
        """Return the ids of a prompt, with what the tokenizer puts around a text."""
        ids: list[int] = self.tokenizer(prompt).input_ids
        return ids

    def written(self, code: str) -> list[int]:
        """Return the ids that the model is to write for a program, the end included."""
        ids: list[int] = self.tokenizer(code, add_special_tokens=not self.causal).input_ids
        return ids if ids[-1:] == [self.eos_id] else [*ids, self.eos_id]

    def text(self, ids: Tensor | Sequence[int]) -> str:
        """Return the text of what was written, without special tokens."""
        text: str = self.tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


def padded(rows: Sequence[Sequence[int]], pad: int, left: bool = False) -> Tensor:
    """Return (rows, length); `left` puts the pads in front, where rows are to go on."""
    return pad_sequence(
        [torch.tensor(ids) for ids in rows],
        batch_first=True,
        padding_value=pad,
        padding_side="left" if left else "right",
    )


def mask_of(rows: Sequence[Sequence[int]], left: bool = False) -> Tensor:
    """Return (rows, length), 1 on tokens and 0 where `padded` has pads."""
    return padded([[1] * len(ids) for ids in rows], 0, left)


def load_hub_model(name: str, kind: str = "auto", revision: str | None = None) -> HubModel:
    """Load a model by folder or Hub id; `auto` goes by whether it has an encoder.

    Raises `CheckpointError` where there is none, where weights are missing, or where nothing
    would end a program. Code that comes with a checkpoint is not run.
    """
    from transformers import (
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForSeq2SeqLM,
        AutoTokenizer,
    )

    if kind not in KINDS:
        raise unknown_name("kind of model", kind, KINDS)
    options: dict[str, Any] = {} if revision is None else {"revision": revision}
    try:
        if kind == "auto":
            config = AutoConfig.from_pretrained(name, **options)
            kind = "seq2seq" if config.is_encoder_decoder else "causal"
        cls: Any = AutoModelForSeq2SeqLM if kind == "seq2seq" else AutoModelForCausalLM
        tokenizer = AutoTokenizer.from_pretrained(name, **options)
        model, report = cls.from_pretrained(name, output_loading_info=True, **options)
        if report["missing_keys"]:
            # transformers would go on with random values.
            raise ValueError(f"it has no weights for {min(report['missing_keys'])}")
        if tokenizer.eos_token_id is None:
            raise ValueError("its tokenizer has no end token")
    except Exception as error:  # four libraries read these files, with classes of their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"cannot load the model {name!r}: {reason}") from error
    return HubModel(name, kind, model.eval(), tokenizer)
