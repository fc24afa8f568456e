"""A run in pieces: each ends when its time is up, and `--resume` goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from accelerate import Accelerator
from safetensors.torch import load_file

from codefusion.cli.main import main
from codefusion.training.checkpoints import whole_checkpoints
from codefusion.training.events import Ended, Event, Prepared, Saved
from codefusion.training.loop import StepResult
from codefusion.training.recipe import Monitoring, recipe_from
from codefusion.training.run import _look, run

Content = Callable[..., dict[str, Any]]
AT_ONCE = 1e-9  # minutes, which are over when the first step has been taken


@pytest.fixture
def content(recipe_content: Content) -> dict[str, Any]:
    """Two steps of phase 1 and one of phase 2."""
    return recipe_content(
        pretraining__steps=2, finetuning__steps=1, monitoring__save_every=0, monitoring__log_every=1
    )


def in_pieces(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "monitoring": {**content["monitoring"], "minutes": AT_ONCE}}


def train(content: dict[str, Any], out: Path) -> list[Event]:
    return list(run(recipe_from(content), out, resume=True))


def state_of(out: Path) -> dict[str, torch.Tensor]:
    """Return the weights and the averages that the newest checkpoint holds."""
    folder = whole_checkpoints(out)[-1] / "state"
    average = torch.load(folder / "custom_checkpoint_0.pkl", weights_only=True)
    averages = {f"average.{name}": one for name, one in average["average"].items()}
    return {**load_file(folder / "model.safetensors"), **averages}


def test_three_pieces_equal_one_run_bit_for_bit(content: dict[str, Any], tmp_path: Path) -> None:
    whole = train(content, tmp_path / "whole")
    assert whole[-1] == Ended(0)
    pieces = [train(in_pieces(content), tmp_path / "pieces") for _ in range(3)]
    assert [piece[-1] for piece in pieces] == [Ended(2), Ended(1), Ended(0)]
    taken = [one for piece in pieces for one in piece if isinstance(one, StepResult)]
    assert taken == [one for one in whole if isinstance(one, StepResult)]
    one, other = state_of(tmp_path / "whole"), state_of(tmp_path / "pieces")
    assert one.keys() == other.keys()
    for name, weight in one.items():
        assert torch.equal(weight, other[name]), name


def test_every_piece_saves_the_step_it_ends_with_once(
    content: dict[str, Any], tmp_path: Path
) -> None:
    first = train(in_pieces(content), tmp_path)
    assert [one.path.name for one in first if isinstance(one, Saved)] == ["checkpoint-1-00000001"]
    last = train(content, tmp_path)  # without a limit
    assert last[-1] == Ended(0)
    assert len([one for one in last if isinstance(one, StepResult)]) == 2


def test_a_finished_run_says_so_before_it_reads_any_data(
    content: dict[str, Any], tmp_path: Path
) -> None:
    assert isinstance(train(content, tmp_path)[0], Prepared)
    assert train(content, tmp_path) == [Ended(0)]


def test_the_command_ends_well_says_how_to_go_on_and_at_last_that_all_is_done(
    content: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(yaml.safe_dump(content))
    arguments = ["train", str(recipe), "--out", str(tmp_path / "run"), "--resume"]
    arguments += ["--set", f"monitoring.minutes={AT_ONCE}"]
    monkeypatch.setattr(sys, "argv", ["codefusion", *arguments])
    said = []
    for _ in range(4):
        with pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code
        said.append(capsys.readouterr().err.splitlines()[-1])
    assert said[0].startswith("time is up with 2 of 3 steps left")
    assert said[0].endswith("--resume")
    assert said[2] == said[3] == "all of the 3 steps are done"


def test_a_gpu_is_waited_for_only_where_something_is_done_with_the_values() -> None:
    monitoring = Monitoring(log_every=10, save_every=25, evaluate_every=0)
    looks = _look(monitoring, torch.device("cuda"))
    assert [step for step in range(1, 51) if looks(step)] == [10, 20, 25, 30, 40, 50]
    assert all(map(_look(monitoring, Accelerator().device), range(1, 51)))
