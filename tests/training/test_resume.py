import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from codefusion.errors import CheckpointError
from codefusion.pipeline import CodeFusionPipeline
from codefusion.training.checkpoints import Progress, read_progress, whole_checkpoints
from codefusion.training.events import Saved
from codefusion.training.loop import StepResult
from codefusion.training.recipe import recipe_from
from codefusion.training.run import run

Content = Callable[..., dict[str, Any]]


def names(out: Path) -> list[str]:
    return [path.name for path in whole_checkpoints(out)]


def train(content: dict[str, Any], out: Path, resume: bool = False) -> list[StepResult]:
    events = run(recipe_from(content), out, resume)
    return [event for event in events if isinstance(event, StepResult)]


def train_until(content: dict[str, Any], out: Path, steps: int) -> None:
    """Drop a run dead after so many steps, counted over both phases."""
    stream = run(recipe_from(content), out)
    for event in stream:
        if isinstance(event, StepResult):
            steps -= 1
        if steps == 0:
            stream.close()
            return


def state_of(checkpoint: Path) -> dict[str, Any]:
    """Return all that a run goes on from: weights, optimizer, average, random state."""
    from safetensors.torch import load_file

    folder = checkpoint / "state"
    random = torch.load(folder / "random_states_0.pkl", weights_only=False)
    return {
        "weights": load_file(folder / "model.safetensors"),
        "optimizer": torch.load(folder / "optimizer.bin", weights_only=True),
        "average": torch.load(folder / "custom_checkpoint_0.pkl", weights_only=True),
        "random": random["torch_manual_seed"],
        "shipped": load_file(next((checkpoint / "pipeline" / "model").glob("*.safetensors"))),
    }


def assert_equal(one: Any, other: Any, place: str = "") -> None:
    assert type(one) is type(other), place
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other), place
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), place
        for key in one:
            assert_equal(one[key], other[key], f"{place}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), place
        for index, pair in enumerate(zip(one, other, strict=True)):
            assert_equal(*pair, f"{place}.{index}")
    else:
        assert one == other, place


@pytest.fixture(scope="module")
def uninterrupted(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Filled by the first test that needs it: the run that was never interrupted."""
    return {"out": tmp_path_factory.mktemp("uninterrupted") / "run"}


@pytest.fixture
def reference(uninterrupted: dict[str, Any], recipe_content: Content) -> dict[str, Any]:
    if "results" not in uninterrupted:
        uninterrupted["results"] = train(recipe_content(), uninterrupted["out"])
    return uninterrupted


@pytest.mark.parametrize(
    ("stop_after", "resumes_from"),
    [
        (3, "checkpoint-1-00000002"),  # inside phase 1
        (4, "checkpoint-1-00000002"),  # at its last step, before it is saved
        (5, "checkpoint-1-00000004"),  # just past the boundary: phase 2 has no checkpoint yet
        (7, "checkpoint-2-00000002"),  # inside phase 2
    ],
)
def test_a_resumed_run_equals_the_uninterrupted_one_bit_for_bit(
    reference: dict[str, Any],
    recipe_content: Content,
    tmp_path: Path,
    stop_after: int,
    resumes_from: str,
) -> None:
    out = tmp_path / "run"
    train_until(recipe_content(), out, stop_after)
    assert names(out)[-1] == resumes_from
    resumed = train(recipe_content(), out, resume=True)
    assert resumed == reference["results"][-len(resumed) :]
    assert resumed[0].step == read_progress(out / resumes_from).step % 4 + 1
    assert names(out) == names(reference["out"])
    for ours, theirs in zip(
        whole_checkpoints(out), whole_checkpoints(reference["out"]), strict=True
    ):
        assert_equal(state_of(ours), state_of(theirs), ours.name)


def test_dropout_makes_the_random_state_matter(
    reference: dict[str, Any], recipe_content: Content, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    train_until(recipe_content(), out, 3)
    (whole_checkpoints(out)[-1] / "state" / "random_states_0.pkl").unlink()
    resumed = train(recipe_content(), out, resume=True)
    assert resumed != reference["results"][-len(resumed) :]


def test_the_optimizer_state_that_is_compared_holds_both_moments(
    reference: dict[str, Any],
) -> None:
    state = state_of(whole_checkpoints(reference["out"])[-1])["optimizer"]["state"]
    assert state
    assert all({"exp_avg", "exp_avg_sq", "step"} <= moments.keys() for moments in state.values())


def test_the_same_recipe_and_seed_train_the_same_weights_and_another_seed_others(
    reference: dict[str, Any], recipe_content: Content, tmp_path: Path
) -> None:
    assert train(recipe_content(), tmp_path / "same") == reference["results"]
    assert train(recipe_content(seed=4), tmp_path / "other") != reference["results"]


def test_resuming_a_finished_run_trains_no_step_and_keeps_its_checkpoints(
    reference: dict[str, Any], recipe_content: Content
) -> None:
    before = names(reference["out"])
    events = list(run(recipe_from(recipe_content()), reference["out"], resume=True))
    assert not [event for event in events if isinstance(event, StepResult | Saved)]
    assert names(reference["out"]) == before


def test_resume_without_a_run_starts_one(recipe_content: Content, tmp_path: Path) -> None:
    content = recipe_content(pretraining__steps=0, finetuning__steps=1)
    assert [one.step for one in train(content, tmp_path / "run", resume=True)] == [1]


def test_a_folder_that_holds_a_run_is_refused_without_resume(
    reference: dict[str, Any], recipe_content: Content
) -> None:
    before = names(reference["out"])
    with pytest.raises(CheckpointError, match="--resume"):
        train(recipe_content(), reference["out"])
    assert names(reference["out"]) == before


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"finetuning__learning_rate": 0.5}, "finetuning"),
        ({"seed": 4}, "seed"),
        ({"model__overrides": {}}, "model"),
    ],
)
def test_resuming_with_another_recipe_is_refused_and_names_what_differs(
    reference: dict[str, Any], recipe_content: Content, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(CheckpointError, match=rf"another recipe: {named} differ"):
        train(recipe_content(**changes), reference["out"], resume=True)


@pytest.mark.parametrize(
    "changes", [{"monitoring__save_every": 1, "monitoring__log_every": 3}, {"threads": 2}]
)
def test_what_is_watched_and_how_many_threads_compute_may_change_on_resume(
    reference: dict[str, Any], recipe_content: Content, changes: dict[str, Any]
) -> None:
    content = recipe_content(**changes)
    assert train(content, reference["out"], resume=True) == []


def test_older_checkpoints_are_removed_beyond_the_number_to_keep(
    recipe_content: Content, tmp_path: Path
) -> None:
    content = recipe_content(
        pretraining__steps=2, finetuning__steps=3, monitoring__save_every=1, monitoring__keep=2
    )
    saved = [
        event.path
        for event in run(recipe_from(content), tmp_path / "run")
        if isinstance(event, Saved)
    ]
    assert len(saved) == 5
    assert names(tmp_path / "run") == ["checkpoint-2-00000002", "checkpoint-2-00000003"]
    assert not [path for path in saved[:-2] if path.exists()]


def test_a_checkpoint_is_found_by_the_name_of_its_run_and_is_the_newest(
    reference: dict[str, Any],
) -> None:
    pipeline = CodeFusionPipeline.from_pretrained(reference["out"])
    average = state_of(whole_checkpoints(reference["out"])[-1])["average"]["average"]
    assert torch.equal(pipeline.model.head.bias, average["head.bias"])


def test_checkpoints_sort_by_progress_also_with_many_digits() -> None:
    order = [Progress(1, 9), Progress(1, 10), Progress(1, 99_999_999), Progress(2, 1)]
    folders = [progress.folder_name for progress in order]
    assert folders == sorted(folders)


def test_a_half_written_checkpoint_is_ignored_and_cleared_away(
    recipe_content: Content, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    train_until(recipe_content(), out, 3)
    partial = out / ".checkpoint-1-00000004.partial"
    (partial / "state").mkdir(parents=True)
    (out / "checkpoint-9-00000001").mkdir()  # renamed by no one: it has no progress.json
    assert names(out) == ["checkpoint-1-00000002"]
    assert train(recipe_content(), out, resume=True)[0].step == 3
    assert not partial.exists()


def test_a_run_killed_before_its_first_checkpoint_can_start_again_with_another_vocabulary(
    recipe_content: Content, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    train_until(recipe_content(), out, 1)
    assert names(out) == []
    content = recipe_content(tokenizer__vocab_size=280, pretraining__steps=1, finetuning__steps=1)
    train(content, out)
    assert CodeFusionPipeline.from_pretrained(out).model.config.vocab_size == 280


def test_a_run_killed_while_its_tokenizer_was_written_can_start_again(
    recipe_content: Content, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    train_until(recipe_content(), out, 1)
    (out / "tokenizer" / "tokenizer.json").write_text('{"half')
    content = recipe_content(pretraining__steps=0, finetuning__steps=1)
    assert len(train(content, out)) == 1


@pytest.mark.parametrize(
    "broken", ["model.safetensors", "optimizer.bin", "custom_checkpoint_0.pkl"]
)
@pytest.mark.parametrize("left", [0, 100])
def test_a_truncated_state_is_one_line_that_names_the_checkpoint(
    recipe_content: Content, tmp_path: Path, broken: str, left: int
) -> None:
    out = tmp_path / "run"
    content = recipe_content(pretraining__steps=0, finetuning__steps=3)
    train_until(content, out, 3)
    file = whole_checkpoints(out)[-1] / "state" / broken
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(CheckpointError) as caught:
        train(content, out, resume=True)
    assert "checkpoint-2-00000002" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"phase": 1}', '{"phase": 1, "step": 2, "x": 3}'])
def test_a_broken_progress_file_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "progress.json").write_text(text)
    with pytest.raises(CheckpointError) as caught:
        read_progress(tmp_path)
    assert "\n" not in str(caught.value)


def test_progress_is_written_as_it_is_read(reference: dict[str, Any]) -> None:
    last = whole_checkpoints(reference["out"])[-1]
    assert read_progress(last) == Progress(2, 4)
    assert json.loads((last / "progress.json").read_text()) == {"phase": 2, "step": 4}


def test_an_output_folder_that_cannot_be_made_is_one_line(
    recipe_content: Content, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(CheckpointError, match="cannot write to"):
            train(recipe_content(), out)
