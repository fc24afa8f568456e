"""E: the encoder of the utterance, any encoder of the T5 family.

Not for the code: programs are embedded by L. Loading weights never happens inside a
constructor, because transformers builds modules on the meta device.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoModelForTextEncoding

from codefusion.errors import CheckpointError

# They never change, however often a sentence is read, and could be learned by heart.
FEATURE_DROPOUT = 0.1


class UtteranceEncoder(nn.Module):
    """A T5 encoder; with `input_size`, it reads embeddings of that width instead of token ids.

    With `feature_size`, it also reads so many features of each token, from a `Backbone`.
    """

    def __init__(
        self, config: Any, input_size: int | None = None, feature_size: int | None = None
    ) -> None:
        super().__init__()
        self.t5 = AutoModelForTextEncoding.from_config(config)
        self.input: nn.Linear | None = None
        if input_size is not None:
            self.input = nn.Linear(input_size, config.d_model, bias=False)
            # The table of E itself is unused then: a row keeps the module valid and small.
            self.t5.set_input_embeddings(nn.Embedding(1, config.d_model))
        self.features: nn.Linear | None = None
        if feature_size is not None:
            self.features = nn.Linear(feature_size, config.d_model, bias=False)

    def forward(
        self,
        prompt_ids: Tensor,
        prompt_mask: Tensor,
        embedded: Tensor | None,
        features: Tensor | None = None,  # (batch, prompt length, feature_size)
    ) -> Tensor:
        """Return E_s, (batch, prompt length, d_model).

        `prompt_mask` is 1 on tokens and 0 on pad. `embedded` is L(s), used when E shares L.
        Without `features` there are none, as for a prompt that is no sentence.
        """
        if self.input is not None:
            assert embedded is not None
            inputs = self.input(embedded)
        else:
            inputs = self.t5.get_input_embeddings()(prompt_ids)
        if self.features is not None and features is not None:
            kept = F.dropout(features.to(inputs.dtype), FEATURE_DROPOUT, self.training)
            inputs = inputs + self.features(kept)
        return self.t5(inputs_embeds=inputs, attention_mask=prompt_mask).last_hidden_state


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
