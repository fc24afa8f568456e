import pytest
import torch
from torch import nn

from codefusion.training.ema import ExponentialMovingAverage


def model_at(value: float) -> nn.Module:
    model = nn.Linear(2, 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)
    return model


def move(model: nn.Module, value: float) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)


def test_updates_by_hand_the_decay_rises_from_2_over_11_to_its_limit() -> None:
    model = model_at(0.0)
    ema = ExponentialMovingAverage(model, decay=0.25)
    expected = 0.0
    for update, value in enumerate([1.0, 2.0, 5.0, -1.0], start=1):
        move(model, value)
        ema.update(model)
        decay = min(0.25, (1 + update) / (10 + update))  # 2/11, 3/12, then 0.25
        expected = decay * expected + (1 - decay) * value
        for average in ema.average.values():
            assert average == pytest.approx(torch.full_like(average, expected), abs=1e-6)


def test_the_average_starts_as_a_copy_not_as_the_weights_themselves() -> None:
    model = model_at(1.0)
    ema = ExponentialMovingAverage(model, decay=0.9)
    move(model, 7.0)
    assert all((average == 1.0).all() for average in ema.average.values())


def test_a_restored_average_goes_on_as_if_it_had_never_been_saved() -> None:
    model = model_at(0.0)
    ema = ExponentialMovingAverage(model, decay=0.999)
    for value in (1.0, 2.0, 3.0):
        move(model, value)
        ema.update(model)
    restored = ExponentialMovingAverage(model_at(9.0), decay=0.999)
    restored.load_state_dict(ema.state_dict())
    assert restored.updates == 3
    move(model, 4.0)
    ema.update(model)
    restored.update(model)
    for name, average in ema.average.items():
        assert torch.equal(average, restored.average[name])


def test_without_its_counter_a_restored_average_would_differ() -> None:
    model = model_at(0.0)
    ema = ExponentialMovingAverage(model, decay=0.999)
    ema.update(model_at(1.0))
    forgetful = ExponentialMovingAverage(model, decay=0.999)
    forgetful.load_state_dict({**ema.state_dict(), "updates": 0})
    ema.update(model_at(2.0))
    forgetful.update(model_at(2.0))
    assert not torch.equal(ema.average["weight"], forgetful.average["weight"])


def test_another_models_state_is_refused() -> None:
    state = ExponentialMovingAverage(nn.Linear(1, 1), 0.9).state_dict()
    with pytest.raises(AssertionError):
        ExponentialMovingAverage(nn.Bilinear(1, 1, 1, bias=False), 0.9).load_state_dict(state)


def test_applied_puts_the_average_in_and_the_weights_back_even_after_an_error() -> None:
    model = model_at(1.0)
    ema = ExponentialMovingAverage(model, decay=0.9)
    move(model, 5.0)
    with ema.applied(model):
        assert (model.weight == 1.0).all()  # type: ignore[operator]
    assert (model.weight == 5.0).all()  # type: ignore[operator]
    with pytest.raises(RuntimeError), ema.applied(model):
        raise RuntimeError
    assert (model.weight == 5.0).all()  # type: ignore[operator]
    assert (ema.average["weight"] == 1.0).all()


def test_frozen_weights_keep_their_value_in_the_average() -> None:
    model = model_at(0.1)
    model.requires_grad_(False)
    ema = ExponentialMovingAverage(model, decay=0.9)
    for _ in range(5):
        ema.update(model)
    for name, parameter in model.named_parameters():
        assert torch.equal(ema.average[name], parameter)
