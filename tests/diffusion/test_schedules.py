"""The noise schedules: the published curves, and what every sampler relies on."""

import math

import pytest
import torch

from codefusion.diffusion import SCHEDULES, NoiseSchedule
from codefusion.errors import UsageError

T = 1200


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("shift", [0.0, -2.7725887, 2.0])
def test_the_signal_falls_strictly_and_never_quite_vanishes(name, shift):
    signal = NoiseSchedule(name, T, shift).alpha_bar()
    assert signal.shape == (T,)
    assert (signal.diff() < 0).all()
    assert 0 < signal[-1] < signal[0] < 1


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_step_adds_some_noise_but_never_all(name):
    betas = NoiseSchedule(name, T).betas()
    assert (betas > 0).all()
    assert (betas <= 0.999).all()


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_first_level_is_nearly_clean_and_the_last_nearly_noise(name):
    signal = NoiseSchedule(name, T).alpha_bar()
    assert signal[0] > 0.96
    assert signal[-1] < 1e-5


# Worked out by hand from the papers, at t / T = 1/1200, 1/2 and 3/4.
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sqrt", (0.9694495, 0.2928225, 0.1339169)),  # 1 - sqrt(t + 0.0001)
        ("cosine", (0.9999659, 0.4938436, 0.1442721)),  # f(t) / f(0)
        ("linear", (0.9999993, 0.5, 0.1)),  # (1-t)^2 / ((1-t)^2 + t^2)
    ],
)
def test_the_curves_are_those_of_the_papers(name, expected):
    signal = NoiseSchedule(name, T).alpha_bar()
    found = [float(signal[step - 1]) for step in (1, T // 2, T * 3 // 4)]
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("shift", [-2.7725887, 1.5])
def test_a_shift_adds_exactly_that_to_the_log_signal_to_noise_ratio(name, shift):
    plain = NoiseSchedule(name, T).alpha_bar().logit()
    shifted = NoiseSchedule(name, T, shift).alpha_bar().logit()
    # The last step is clipped, so that some signal is left.
    assert torch.allclose((shifted - plain)[:-1], torch.tensor(shift).double(), atol=1e-6)


def test_a_shift_of_twice_log_c_is_a_scaling_of_the_embeddings_by_c():
    plain, shifted = NoiseSchedule("linear", T), NoiseSchedule("linear", T, 2 * math.log(0.25))
    signal, noise = plain.alpha_bar(), 1 - plain.alpha_bar()
    ratio = 0.25**2 * signal / noise
    assert torch.allclose(shifted.alpha_bar()[:-1], (ratio / (1 + ratio))[:-1])


def test_the_betas_give_back_the_signal():
    schedule = NoiseSchedule("sqrt", 7)
    signal = 1.0
    for beta, expected in zip(schedule.betas().tolist(), schedule.alpha_bar(), strict=True):
        signal *= 1 - beta
        assert signal == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "sqr"}, "did you mean 'sqrt'"),
        ({"num_steps": 1}, "at least 2 steps, got 1"),
        ({"log_snr_shift": math.nan}, "got nan"),
        ({"log_snr_shift": 1000.0}, "got 1000.0"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_in_one_line(fields, message):
    with pytest.raises(UsageError, match=message) as caught:
        NoiseSchedule(**fields)
    assert "\n" not in str(caught.value)
