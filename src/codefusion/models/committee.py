"""Auto-regressive models that were trained apart, read as one: the mean of their log probabilities.

They agree on what can be known of a program and differ in their mistakes. Not a model that ships or
trains: several times the size and time of one, it is there to be measured and to write programs.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from codefusion.errors import UsageError
from codefusion.models.baselines import AutoregressiveModel, TokenModel
from codefusion.models.layers import Cache
from codefusion.models.outputs import Prompt


class Committee(nn.Module):
    """The normalised product of its members' probabilities, each to the power of 1 / members.

    Wherever a pipeline reads an `AutoregressiveModel` it can read this; its prompts, states and
    caches are its members', one behind the other. Raises `UsageError` for members of another kind,
    for a member that reads more than token ids and for vocabularies of different sizes.
    """

    causal = from_left = True
    length = None

    def __init__(self, members: Sequence[TokenModel]) -> None:
        super().__init__()
        for one in members:
            if not isinstance(one, AutoregressiveModel) or one.config.backbone is not None:
                raise UsageError(
                    "models can be read together that are auto-regressive and read token ids "
                    f"alone, got {type(one).__name__}"
                )
        sizes = {one.config.vocab_size for one in members}
        if len(sizes) != 1:
            raise UsageError(f"models that are read together need one vocabulary, got {sizes}")
        self.members = cast("Sequence[AutoregressiveModel]", nn.ModuleList(members))
        self.config = copy.deepcopy(members[0].config)
        for longest in ("max_prompt_length", "max_code_length"):
            setattr(self.config, longest, min(getattr(one.config, longest) for one in members))
        # What is fitted to the scores of one does not fit those of all.
        self.config.score_calibration = None
        self.end_token_id, self.embedding = members[0].end_token_id, members[0].embedding

    @property
    def device(self) -> torch.device:
        """Where the members are."""
        return next(self.parameters()).device

    @property
    def places(self) -> int:
        """How many tokens can be read from the left, the one that begins a program included."""
        return int(self.config.max_code_length) + 1

    def encode(
        self, prompt_ids: Tensor, prompt_mask: Tensor, features: Tensor | None = None
    ) -> Tensor:
        """Return the members' E_s, (batch, prompt length, sum of their d_model)."""
        return torch.cat(
            [one.encode(prompt_ids, prompt_mask, features) for one in self.members], dim=-1
        )

    def prepare_prompt(
        self, encoded: Tensor, mask: Tensor | None, lengths: Tensor | None = None
    ) -> Prompt:
        """Compute what every step needs of E_s."""
        sizes = [one.config.encoder.d_model for one in self.members]
        parts = zip(self.members, encoded.split(sizes, dim=-1), strict=True)
        memory = [layer for one, part in parts for layer in one.decoder.memory(part)]
        return Prompt([], memory, mask, lengths)

    def new_cache(self) -> list[Cache]:
        """Return what the members' layers have read before the first token: nothing."""
        return [layer for one in self.members for layer in one.new_cache()]

    def logits(self, ids: Tensor, prompt: Prompt, cache: Sequence[Cache] = ()) -> Tensor:
        """Return log probabilities, but for a constant, (batch, positions, vocab_size)."""
        total, start = torch.zeros(()), 0
        for one in self.members:
            own = slice(start, start := start + len(one.decoder.layers))
            memory = Prompt([], prompt.decoder_memory[own], prompt.mask, prompt.lengths)
            logits = one.logits(ids, memory, cache[own])
            total = total + logits.float().log_softmax(dim=-1)
        return total / len(self.members)
