import pytest
import torch

from codefusion.diffusion import add_noise, lagged_time, level_of


def times(first: float, lag: float, width: int = 5) -> list[float]:
    return lagged_time(torch.tensor([first]), torch.tensor([lag]), width)[0].tolist()


def test_without_a_lag_all_tokens_have_the_time_of_the_first() -> None:
    assert times(0.3, 0.0) == pytest.approx([0.3] * 5)


def test_each_token_is_later_than_its_left_neighbour_by_the_lag_until_it_is_noise() -> None:
    assert times(0.2, 0.25) == pytest.approx([0.2, 0.45, 0.7, 0.95, 1.0])


def test_what_has_been_clean_for_a_while_is_clean() -> None:
    assert times(-0.5, 0.25) == pytest.approx([0.0, 0.0, 0.0, 0.25, 0.5])


def test_at_a_lag_of_one_a_single_token_is_between_clean_and_noise() -> None:
    assert times(-1.4, 1.0) == pytest.approx([0.0, 0.0, 0.6, 1.0, 1.0])


def test_levels_rise_with_time_over_the_whole_schedule() -> None:
    levels = level_of(torch.linspace(0.0, 1.0, 101), 1200)
    assert (levels.diff() >= 0).all()
    assert (int(levels[0]), int(levels[-1])) == (0, 1199)


def test_noise_is_added_to_each_token_by_its_own_level() -> None:
    clean, noise = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    signal = torch.tensor([[1.0, 0.25, 0.0]]).expand(2, -1)
    noisy = add_noise(clean, noise, signal)
    torch.testing.assert_close(noisy[:, 0], clean[:, 0])
    torch.testing.assert_close(noisy[:, 1], 0.5 * clean[:, 1] + 0.75**0.5 * noise[:, 1])
    torch.testing.assert_close(noisy[:, 2], noise[:, 2])
