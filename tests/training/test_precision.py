"""What a GPU run uses, tried on a CPU: bf16, compiled layers, batches of few shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate.state import AcceleratorState
from safetensors.torch import load_file
from torch._dynamo.utils import counters

from codefusion.data.batching import Bucketing, Encoded
from codefusion.errors import RecipeError
from codefusion.models import CodeFusionModel
from codefusion.models.presets import preset_config
from codefusion.objectives import LossWeights, compute_losses
from codefusion.pipeline import load_pipeline
from codefusion.training.checkpoints import whole_checkpoints
from codefusion.training.loop import StepResult
from codefusion.training.recipe import Phase, recipe_from
from codefusion.training.run import run
from codefusion.training.setup import compile_layers
from codefusion.training.tasks import Special, finetuning_batches


@pytest.fixture(autouse=True)
def _another_precision() -> Iterator[None]:
    """accelerate holds a process to the precision it was first asked for."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


Content = Callable[..., dict[str, Any]]
# The kind of `recipes/release-gpu.yaml`.
LAGGED = {"lagged": True, "predict_length": False, "self_conditioning": False}
# Without dropout, which compiled code draws otherwise.
PLAIN = {"dropout": 0.0, "self_conditioning": False, "encoder": {"dropout_rate": 0.0}}


def train(content: dict[str, Any], out: Path) -> list[StepResult]:
    return [one for one in run(recipe_from(content), out) if isinstance(one, StepResult)]


def state_at(out: Path) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Return the last weights and their average."""
    folder = whole_checkpoints(out)[-1] / "state"
    average = torch.load(folder / "custom_checkpoint_0.pkl", weights_only=True)
    return load_file(folder / "model.safetensors"), average["average"]


@pytest.mark.parametrize("kind", [{"dropout": 0.2}, LAGGED], ids=["parallel", "lagged"])
def test_in_bf16_the_loss_falls_and_weights_and_averages_stay_in_float32(
    recipe_content: Content, tmp_path: Path, kind: dict[str, Any]
) -> None:
    content = recipe_content(
        model__overrides=kind,
        pretraining__steps=2, finetuning__steps=30, monitoring__save_every=0,
        finetuning__learning_rate=3e-3, finetuning__batch_size=12,
    )  # fmt: skip
    content["optimization"] = {"precision": "bf16"}
    losses = [one.loss for one in train(content, tmp_path)]
    assert all(loss == loss and abs(loss) < 1e3 for loss in losses)
    assert sum(losses[-5:]) < 0.8 * sum(losses[2:7])
    for tensors in state_at(tmp_path):
        assert {one.dtype for one in tensors.values()} == {torch.float32}
    # That it was bf16 shows in the weights, a little.
    AcceleratorState._reset_state(reset_partial_state=True)
    content["optimization"] = {"precision": "no"}
    assert [one.loss for one in train(content, tmp_path / "other")][-1] != losses[-1]
    assert load_pipeline(tmp_path)("list all files", num_samples=1, num_candidates=1)


@pytest.mark.parametrize("lagged", [False, True])
def test_compiled_layers_take_the_same_step_under_the_same_names(lagged: bool) -> None:
    """All of the compiler but for the code it writes, which takes minutes on a CPU: see below."""
    torch.compiler.reset()  # or E's layer would be known from the other model
    torch.manual_seed(0)
    options = {"vocab_size": 64, **PLAIN, "lagged": lagged, "predict_length": False}
    model = CodeFusionModel(preset_config("tiny", options))
    random = torch.Generator().manual_seed(0)
    batch = {
        "code_ids": torch.randint(5, 64, (3, 8), generator=random),
        "level": torch.randint(0, 1200, (3, 8) if lagged else (3,), generator=random),
        "noise": torch.randn((3, 8, 32), generator=random),
        "prompt_ids": torch.randint(5, 64, (3, 6), generator=random),
        "prompt_mask": torch.ones((3, 6), dtype=torch.long),
    }
    if lagged:
        batch["level"][:, :4] = 0
        batch["context"] = batch["level"] == 0

    def step() -> dict[str, torch.Tensor]:
        model.zero_grad()
        losses = compute_losses(model(**batch), batch["code_ids"], 0, "x", LossWeights())
        losses.total.backward()
        learned = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
        return {"loss": losses.total.detach(), **learned}

    plain, names = step(), list(model.state_dict())
    compile_layers(model, backend="aot_eager")
    made = counters["stats"]["unique_graphs"]
    torch.testing.assert_close(step(), plain, rtol=1e-4, atol=1e-5)
    # E's one layer, and one each for all of N's and all of D's.
    assert counters["stats"]["unique_graphs"] == made + 3
    assert list(model.state_dict()) == names
    narrow = {"code_ids", "noise", *(("level", "context") if lagged else ())}
    batch = {name: value[:, :5] if name in narrow else value for name, value in batch.items()}
    with torch.compiler.set_stance("force_eager"):  # as pipelines run while a model is trained
        step()
    assert counters["stats"]["unique_graphs"] == made + 3


@pytest.mark.slow
def test_a_compiled_run_agrees_with_a_plain_one_and_its_checkpoints_cannot_tell(
    recipe_content: Content, tmp_path: Path
) -> None:
    """Needs a C++ compiler, and some minutes of two cores."""
    runs, kept = {}, {}
    for name in ("plain", "compiled"):
        content = recipe_content(
            model__overrides={**PLAIN, **LAGGED},
            pretraining__steps=0,
            finetuning__steps=4,
            finetuning__unconditional=0.0,
            data__bucket_widths=[32],
            data__prompt_widths=[64],
            data__validation={"path": "validation.jsonl"},
            monitoring__evaluate_every=2,
            monitoring__evaluation_steps=2,
        )
        content["optimization"] = {"compile": name == "compiled"}
        runs[name] = train(content, tmp_path / name)
        kept[name] = state_at(tmp_path / name)
        assert load_pipeline(tmp_path / name)("list all files", num_candidates=1)
    for one, other in zip(runs["plain"], runs["compiled"], strict=True):
        assert one.loss == pytest.approx(other.loss, rel=1e-4)
        assert one.gradient_norm == pytest.approx(other.gradient_norm, rel=1e-3)
    for one, other in zip(kept["plain"], kept["compiled"], strict=True):
        assert one.keys() == other.keys()  # no name tells of the compiler


def test_prompts_have_the_widths_that_the_recipe_gives_and_no_others() -> None:
    config = preset_config("tiny", {"vocab_size": 64})
    rows = [Encoded(tuple(range(5, 5 + n)), (9, 8, 7)) for n in range(2, 60)]
    batches = finetuning_batches(
        rows, Phase(batch_size=4), config, Bucketing((8, 32)), Special(0, 1, 2),
        self_conditioning=0.0, seed=0, prompt_widths=(16, 64),
    )  # fmt: skip
    seen = set()
    for batch in islice(batches, 40):
        ids, mask = batch["prompt_ids"], batch["prompt_mask"]
        assert torch.equal(mask.bool(), ids != 0)
        seen.add(ids.shape[1])
        assert ids.shape[1] == (16 if mask.sum(dim=1).max() <= 16 else 64)
    assert seen == {16, 64}


@pytest.mark.parametrize(
    ("widths", "said"), [([16, 32], "the last of prompt_widths must be 64"), ([64, 32], "rise")]
)
def test_prompt_widths_that_do_not_fit_the_model_are_refused(
    recipe_content: Content, tmp_path: Path, widths: list[int], said: str
) -> None:
    with pytest.raises(RecipeError, match=said):
        train(recipe_content(data__prompt_widths=widths), tmp_path)
