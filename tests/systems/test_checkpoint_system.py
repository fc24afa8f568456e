"""Our own checkpoints in a benchmark: what is told of how they were asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codefusion.systems.checkpoint import CheckpointSystem

LAGGED: dict[str, Any] = {"lagged": True, "self_conditioning": False}
DRAWN = {"samples": 16, "steps": 8}


@pytest.mark.parametrize(
    ("fields", "options", "told"),
    [
        ({}, {}, DRAWN),
        (LAGGED, {}, {"num_beams": 10}),
        (LAGGED, {"num_beams": 4}, {"num_beams": 4}),
        (LAGGED, {"num_beams": 0}, {**DRAWN, "steps": 2, "num_beams": 0}),
    ],
)
def test_a_model_that_searches_tells_of_its_beams_and_not_of_draws(
    make_pipeline: Callable[..., Any],
    tmp_path: Path,
    fields: dict[str, Any],
    options: dict[str, int],
    told: dict[str, int],
) -> None:
    make_pipeline(**fields).save_pretrained(tmp_path)
    described = CheckpointSystem(str(tmp_path), **options).describe()
    how = {name: described[name] for name in (*DRAWN, "num_beams") if name in described}
    assert how == told
