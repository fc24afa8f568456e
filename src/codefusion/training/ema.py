"""The exponential moving average of the weights, which is what ships."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


class ExponentialMovingAverage:
    """Average of the trainable weights, in float32.

    The decay rises from 0.1 to `decay` with the number of updates, so early weights are soon
    forgotten; that number is part of the state, since a resumed run must not start anew.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.average = {
            name: parameter.detach().clone().float() for name, parameter in model.named_parameters()
        }

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move the average towards the present weights."""
        self.updates += 1
        decay = min(self.decay, (1.0 + self.updates) / (10.0 + self.updates))
        parameters = [parameter.detach().float() for parameter in model.parameters()]
        torch._foreach_lerp_(list(self.average.values()), parameters, 1.0 - decay)

    @contextmanager
    def applied(self, model: nn.Module) -> Iterator[None]:
        """Put the average into the model for a while."""
        kept = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
        self._copy(model, self.average)
        try:
            yield
        finally:
            self._copy(model, kept)

    @staticmethod
    @torch.no_grad()
    def _copy(model: nn.Module, values: dict[str, Tensor]) -> None:
        for name, parameter in model.named_parameters():
            parameter.copy_(values[name])

    def state_dict(self) -> dict[str, Any]:
        """Return the average and the number of updates."""
        return {"updates": self.updates, "average": self.average}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a state; the names must be those of this model."""
        assert state["average"].keys() == self.average.keys()
        self.updates = int(state["updates"])
        for name, value in state["average"].items():
            self.average[name].copy_(value)
