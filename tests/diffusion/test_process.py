"""The forward process and the map between its two parameterisations."""

import pytest
import torch

from codefusion.diffusion import add_noise, clean_from_epsilon, epsilon_from_clean

SIGNAL = torch.tensor([0.999, 0.5, 0.01])


@pytest.fixture
def clean_and_noise():
    random = torch.Generator().manual_seed(0)
    return torch.randn((2, 3, 5, 4), generator=random)


def test_the_noise_can_be_had_back_from_the_clean_value(clean_and_noise):
    clean, noise = clean_and_noise
    noisy = add_noise(clean, noise, SIGNAL)
    assert torch.allclose(epsilon_from_clean(noisy, clean, SIGNAL), noise, atol=1e-4)


def test_the_clean_value_can_be_had_back_from_the_noise(clean_and_noise):
    clean, noise = clean_and_noise
    noisy = add_noise(clean, noise, SIGNAL)
    assert torch.allclose(clean_from_epsilon(noisy, noise, SIGNAL), clean, atol=1e-5)


def test_the_two_parameterisations_are_inverse_for_any_estimate(clean_and_noise):
    noisy, estimate = clean_and_noise
    epsilon = epsilon_from_clean(noisy, estimate, SIGNAL)
    assert torch.allclose(clean_from_epsilon(noisy, epsilon, SIGNAL), estimate, atol=1e-5)


def test_each_row_has_its_own_level():
    noisy = add_noise(torch.ones(2, 1, 1), torch.zeros(2, 1, 1), torch.tensor([0.25, 0.81]))
    assert noisy.flatten().tolist() == pytest.approx([0.5, 0.9])


@pytest.mark.parametrize("signal", [0.9, 0.5, 0.05])
def test_noising_keeps_unit_variance_and_the_promised_share_of_signal(signal):
    random = torch.Generator().manual_seed(1)
    clean, noise = torch.randn((2, 1, 200, 500), generator=random)
    noisy = add_noise(clean, noise, torch.tensor([signal]))
    assert float(noisy.var()) == pytest.approx(1.0, abs=0.02)
    assert float((noisy * clean).mean()) == pytest.approx(signal**0.5, abs=0.02)
