import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator

from codefusion.errors import TrainingError
from codefusion.models import CodeFusionModel
from codefusion.models.presets import preset_config
from codefusion.objectives import LossWeights
from codefusion.pipeline import CodeFusionPipeline
from codefusion.training.checkpoints import whole_checkpoints
from codefusion.training.ema import ExponentialMovingAverage
from codefusion.training.events import Ended, Evaluated, PhaseStarted, Prepared, Saved
from codefusion.training.flops import step_flops
from codefusion.training.loop import StepResult, every_step, learning_rate_at, train_phase
from codefusion.training.recipe import Phase, recipe_from
from codefusion.training.run import run
from codefusion.training.validation import spread

Content = Callable[..., dict[str, Any]]


def rates(**options: Any) -> list[float]:
    phase = Phase(**options)
    return [learning_rate_at(step, phase) for step in range(phase.steps + 1)]


def test_the_rate_warms_up_in_equal_steps_to_its_peak() -> None:
    assert rates(steps=20, warmup=4, learning_rate=0.8)[:4] == pytest.approx([0.2, 0.4, 0.6, 0.8])


def test_the_rate_then_falls_on_a_cosine_to_its_final_share() -> None:
    seen = rates(steps=20, warmup=4, learning_rate=0.8, final_learning_rate=0.1)
    falling = seen[4:]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] == pytest.approx(0.8)
    assert seen[12] == pytest.approx(0.8 * (0.1 + 0.9 / 2))  # half way down
    assert seen[20] == pytest.approx(0.08)


def test_the_rate_never_leaves_its_bounds_even_past_the_end_or_with_a_long_warm_up() -> None:
    phase = Phase(steps=10, warmup=30, learning_rate=1.0, final_learning_rate=0.2)
    for step in range(60):
        assert 0.0 < learning_rate_at(step, phase) <= 1.0
    assert learning_rate_at(1000, Phase(steps=10, warmup=0, learning_rate=1.0)) == 0.1


def test_without_warm_up_the_first_step_has_the_full_rate() -> None:
    assert rates(steps=5, warmup=0, learning_rate=0.3)[0] == pytest.approx(0.3)


def batch(config: Any, rows: int = 4) -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    return {
        "code_ids": torch.randint(5, config.vocab_size, (rows, 8), generator=random),
        "level": torch.randint(0, 1200, (rows,), generator=random),
        "noise": torch.randn((rows, 8, config.embedding_size), generator=random),
        "prompt_ids": torch.randint(5, config.vocab_size, (rows, 6), generator=random),
        "prompt_mask": torch.ones((rows, 6), dtype=torch.long),
    }


@pytest.fixture
def model() -> CodeFusionModel:
    torch.manual_seed(0)
    return CodeFusionModel(preset_config("tiny", {"vocab_size": 64}))


def steps(
    model: CodeFusionModel,
    phase: Phase,
    batches: Iterator[dict[str, torch.Tensor]],
    weights: LossWeights | None = None,
    clip: float = 1.0,
    look: Callable[[int], bool] = every_step,
) -> Iterator[StepResult]:
    """Train with plain gradient descent, whose step is the rate times the clipped gradient."""
    accelerator = Accelerator()
    prepared, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=1.0))
    return train_phase(
        prepared,
        optimizer,
        accelerator,
        batches,
        phase,
        weights or LossWeights(),
        ExponentialMovingAverage(model, 0.9),
        pad_id=0,
        clip=clip,
        look=look,
    )


def distance(before: dict[str, torch.Tensor], model: CodeFusionModel) -> float:
    moved = [p.detach() - before[name] for name, p in model.named_parameters()]
    return math.sqrt(sum(float(one.square().sum()) for one in moved))


def weights_of(model: CodeFusionModel) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def test_no_step_moves_the_weights_by_more_than_the_clipped_gradient(
    model: CodeFusionModel,
) -> None:
    before = weights_of(model)
    phase = Phase(steps=1, warmup=0, learning_rate=0.5)
    (result,) = steps(model, phase, repeat(batch(model.config)), clip=0.01)
    assert result.gradient_norm > 0.01  # reported as it was before clipping
    assert distance(before, model) == pytest.approx(0.5 * 0.01, rel=1e-3)


def test_a_gradient_within_the_bound_is_applied_as_it_is(model: CodeFusionModel) -> None:
    before = weights_of(model)
    phase = Phase(steps=1, warmup=0, learning_rate=0.5)
    (result,) = steps(model, phase, repeat(batch(model.config)), clip=1e6)
    assert distance(before, model) == pytest.approx(0.5 * result.gradient_norm, rel=1e-3)


def test_the_loss_is_the_weighted_sum_of_its_three_terms(model: CodeFusionModel) -> None:
    weights = LossWeights(denoising=2.0, decoder=0.5, cross_entropy=3.0)
    for one in steps(model, Phase(steps=3), repeat(batch(model.config)), weights):
        terms = 2.0 * one.denoising + 0.5 * one.decoder + 3.0 * one.cross_entropy
        assert one.loss == pytest.approx(terms, rel=1e-5)
        assert min(one.denoising, one.decoder, one.cross_entropy) > 0


def test_on_one_batch_the_loss_falls(model: CodeFusionModel) -> None:
    phase = Phase(steps=20, warmup=0, learning_rate=0.3)
    losses = [one.loss for one in steps(model, phase, repeat(batch(model.config)))]
    assert losses[-1] < 0.8 * losses[0]


def test_steps_are_counted_from_one_and_each_yields_once(model: CodeFusionModel) -> None:
    results = list(steps(model, Phase(steps=3, warmup=2), repeat(batch(model.config))))
    assert [one.step for one in results] == [1, 2, 3]
    assert [one.samples for one in results] == [4, 4, 4]


def test_a_loss_that_is_no_number_stops_the_run_in_one_line_before_it_spoils_the_weights(
    model: CodeFusionModel,
) -> None:
    good, bad = batch(model.config), batch(model.config)
    bad["noise"] = torch.full_like(bad["noise"], torch.nan)
    stream = steps(model, Phase(steps=3), iter([good, bad, good]))
    assert next(stream).step == 1
    before = weights_of(model)
    with pytest.raises(TrainingError, match="at step 2") as caught:
        next(stream)
    assert "nan" in str(caught.value)
    assert "learning_rate" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert distance(before, model) == 0.0


def test_looking_at_fewer_steps_changes_neither_the_weights_nor_what_is_seen(
    model: CodeFusionModel,
) -> None:
    phase, batches = Phase(steps=5, warmup=2, learning_rate=0.1), repeat(batch(model.config))
    start = {name: one.clone() for name, one in model.state_dict().items()}
    torch.manual_seed(1)  # of E's dropout
    each = list(steps(model, phase, batches))
    after = weights_of(model)
    model.load_state_dict(start)
    torch.manual_seed(1)
    seen = list(steps(model, phase, batches, look=lambda step: step % 2 == 0))
    assert distance(after, model) == 0.0
    assert [one.step for one in seen] == [2, 4, 5]  # the last one always
    for one in seen:
        assert replace(one, samples=4, flops=each[0].flops) == each[one.step - 1]
    for name in ("samples", "flops"):
        sums = [getattr(one, name) for one in seen]
        assert sums == [2 * getattr(each[0], name)] * 2 + [getattr(each[0], name)]


def test_a_loss_that_is_no_number_between_looks_is_named_by_its_own_step_and_never_shown(
    model: CodeFusionModel,
) -> None:
    good, bad = batch(model.config), batch(model.config)
    bad["noise"] = torch.full_like(bad["noise"], torch.nan)
    stream = steps(
        model, Phase(steps=9), iter([good, good, good, bad, good, good]), look=lambda s: s % 3 == 0
    )
    assert next(stream).step == 3
    with pytest.raises(TrainingError, match="nan at step 4,"):
        next(stream)


def test_a_result_tells_the_arithmetic_and_the_time_of_its_steps(model: CodeFusionModel) -> None:
    one = batch(model.config)
    for result in steps(model, Phase(steps=2, train_encoder=True), repeat(one)):
        assert result.flops == step_flops(model, one, train_encoder=True)
        assert result.seconds > 0.0


def weights_at(checkpoint: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(checkpoint / "state" / "model.safetensors")


def parts_changed(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> set[str]:
    assert before.keys() == after.keys()
    return {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}


@pytest.fixture
def two_phase_run(recipe_content: Content, tmp_path: Path) -> list[Path]:
    """Return the checkpoints of a run: after 2 and 4 steps of each phase."""
    for _ in run(recipe_from(recipe_content()), tmp_path / "run"):
        pass
    return whole_checkpoints(tmp_path / "run")


def test_phase_one_leaves_the_encoder_alone_and_phase_two_trains_every_part(
    two_phase_run: list[Path],
) -> None:
    first, second, third, fourth = map(weights_at, two_phase_run)
    assert parts_changed(first, second) == {"embedding", "denoiser", "decoder", "head"}
    assert parts_changed(third, fourth) == {
        "encoder",
        "embedding",
        "denoiser",
        "decoder",
        "head",
    }


def test_the_checkpoint_ships_the_average_not_the_last_weights(two_phase_run: list[Path]) -> None:
    last = two_phase_run[-1]
    state = torch.load(last / "state" / "custom_checkpoint_0.pkl", weights_only=True)
    assert state["updates"] == 8  # one for each step of both phases
    shipped = CodeFusionPipeline.from_pretrained(last / "pipeline").model
    for name, parameter in shipped.named_parameters():
        assert torch.equal(parameter, state["average"][name])
    averaged = {name: shipped.get_parameter(name) for name in weights_at(last)}
    assert "denoiser" in parts_changed(weights_at(last), averaged)


def test_the_encoder_is_bit_identical_after_the_whole_of_phase_one(
    recipe_content: Content, tmp_path: Path
) -> None:
    content = recipe_content(finetuning__steps=0, monitoring__save_every=1)
    for _ in run(recipe_from(content), tmp_path / "run"):
        pass
    checkpoints = whole_checkpoints(tmp_path / "run")
    assert len(checkpoints) == 4
    assert "encoder" not in parts_changed(weights_at(checkpoints[0]), weights_at(checkpoints[-1]))


def test_a_phase_of_no_steps_is_left_out(recipe_content: Content, tmp_path: Path) -> None:
    content = recipe_content(pretraining__steps=0, finetuning__steps=2)
    events = list(run(recipe_from(content), tmp_path / "run"))
    assert [one.phase for one in events if isinstance(one, PhaseStarted)] == [2]
    assert [path.name for path in whole_checkpoints(tmp_path / "run")] == ["checkpoint-2-00000002"]


def test_a_run_tells_what_it_read_trained_evaluated_and_saved_in_order(
    recipe_content: Content, tmp_path: Path
) -> None:
    content = recipe_content(
        pretraining__steps=2,
        finetuning__steps=2,
        data__validation={"path": "validation.jsonl"},
        monitoring__evaluate_every=1,
        monitoring__evaluation_steps=2,
    )
    events = list(run(recipe_from(content), tmp_path / "run"))
    kinds = [type(event) for event in events]
    assert kinds == [
        *(Prepared, PhaseStarted, StepResult, StepResult, Saved),
        *(PhaseStarted, StepResult, Evaluated, StepResult, Evaluated, Saved, Ended),
    ]
    prepared = events[0]
    assert isinstance(prepared, Prepared)
    assert (prepared.pairs, prepared.snippets, prepared.left_out) == (12, 12, 0)
    evaluated = events[-3]
    assert isinstance(evaluated, Evaluated)
    assert (evaluated.evaluation.n, evaluated.language) == (2, "bash")
    assert events[-1] == Ended(0)


def test_evaluating_along_the_way_changes_nothing_about_the_training(
    recipe_content: Content, tmp_path: Path
) -> None:
    for name, every in (("quiet", 0), ("watched", 1)):
        content = recipe_content(
            pretraining__steps=0,
            data__validation={"path": "validation.jsonl"},
            monitoring__evaluate_every=every,
            monitoring__evaluation_steps=2,
        )
        for _ in run(recipe_from(content), tmp_path / name):
            pass
    last = [weights_at(whole_checkpoints(tmp_path / name)[-1]) for name in ("quiet", "watched")]
    assert not parts_changed(*last)


def test_a_missing_source_a_bad_width_and_a_tiny_vocabulary_stop_a_run_in_one_line(
    recipe_content: Content, tmp_path: Path
) -> None:
    from codefusion.errors import CodeFusionError

    for number, changes in enumerate(
        [
            {"data__pairs": []},
            {"data__pairs": [{"path": "none.jsonl"}]},
            {"data__bucket_widths": [8, 16]},
            {"data__bucket_widths": [32, 16]},
            {"data__language": "bsah"},
            {"tokenizer__vocab_size": 100},
            {"model__preset": "tniy"},
            {"model__overrides": {"hiden_size": 3}},
            {"model__overrides": {"num_heads": 5}},
            {"sampling": {"scheduler": "ddmp"}},
        ]
    ):
        with pytest.raises(CodeFusionError) as caught:
            for _ in run(recipe_from(recipe_content(**changes)), tmp_path / str(number)):
                pass
        assert "\n" not in str(caught.value), changes


def test_the_rows_evaluated_along_the_way_are_spread_over_the_file():
    rows = list(range(10))
    assert spread(rows, 5) == [0, 2, 4, 6, 8]
    assert spread(rows, 3) == [0, 3, 6]
    assert spread(rows, 99) == rows
