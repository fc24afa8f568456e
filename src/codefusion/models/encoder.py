"""E: the encoder of the utterance, any encoder of the T5 family.

Not for the code: programs are embedded by L. Loading weights never happens inside a
constructor, because transformers builds modules on the meta device.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor, nn
from transformers import AutoModelForTextEncoding

from codefusion.errors import CheckpointError


class UtteranceEncoder(nn.Module):
    """A T5 encoder; with `input_size`, it reads embeddings of that width instead of token ids."""

    def __init__(self, config: Any, input_size: int | None = None) -> None:
        super().__init__()
        self.t5 = AutoModelForTextEncoding.from_config(config)
        self.input: nn.Linear | None = None
        if input_size is not None:
            self.input = nn.Linear(input_size, config.d_model, bias=False)
            # The table of E itself is unused then: a row keeps the module valid and small.
            self.t5.set_input_embeddings(nn.Embedding(1, config.d_model))

    def forward(self, prompt_ids: Tensor, prompt_mask: Tensor, embedded: Tensor | None) -> Tensor:
        """Return E_s, (batch, prompt length, d_model).

        `prompt_mask` is 1 on tokens and 0 on pad. `embedded` is L(s), used when E shares L.
        """
        if self.input is not None:
            assert embedded is not None
            output = self.t5(inputs_embeds=self.input(embedded), attention_mask=prompt_mask)
        else:
            output = self.t5(input_ids=prompt_ids, attention_mask=prompt_mask)
        return output.last_hidden_state


def load_pretrained_encoder(name_or_path: str | Path) -> Any:
    """Return the pre-trained encoder of a T5 checkpoint: a local folder or a Hub id.

    Raises `CheckpointError` when it is neither, or its files cannot be read.
    """
    try:
        encoder, report = AutoModelForTextEncoding.from_pretrained(
            str(name_or_path), output_loading_info=True
        )
        if report["missing_keys"]:
            # transformers would go on with random values.
            raise ValueError(f"it has no weights for {min(report['missing_keys'])}")
    except Exception as error:  # four libraries read these files, with classes of their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"cannot load the encoder {str(name_or_path)!r}: {reason}") from error
    return encoder
