"""The samplers: that no library default sneaks in, and that each ends where it should."""

from itertools import pairwise, permutations

import pytest
import torch

from codefusion.diffusion import NoiseSchedule, add_noise, epsilon_from_clean
from codefusion.diffusion.samplers import SCHEDULERS, make_scheduler, swap_scheduler
from codefusion.errors import UsageError

T = 1200
SCHEDULE = NoiseSchedule("sqrt", T)
MULTISTEP = ("dpm++", "unipc")


def assert_our_process(scheduler, prediction_type, schedule=SCHEDULE):
    config = scheduler.config
    # A missing key is as bad as a wrong one: the next scheduler made from it has its own default.
    assert config["thresholding"] is False
    assert config["clip_sample"] is False
    assert config["timestep_spacing"] == "trailing"
    assert config["prediction_type"] == prediction_type
    assert config["num_train_timesteps"] == schedule.num_steps
    assert torch.allclose(scheduler.alphas_cumprod.double(), schedule.alpha_bar(), rtol=1e-4)


@pytest.mark.parametrize("prediction_type", ["sample", "epsilon"])
@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_is_made_on_our_process(name, prediction_type):
    scheduler = make_scheduler(name, SCHEDULE, prediction_type)
    assert type(scheduler) is SCHEDULERS[name]
    assert_our_process(scheduler, prediction_type)


@pytest.mark.parametrize(("first", "second"), permutations(SCHEDULERS, 2))
def test_swapping_there_and_back_keeps_the_process(first, second):
    schedule = NoiseSchedule("linear", 50, -2.77)
    scheduler = make_scheduler(first, schedule, "sample")
    there = SCHEDULERS[second].from_config(scheduler.config)
    assert_our_process(there, "sample", schedule)
    back = SCHEDULERS[first].from_config(there.config)
    assert type(back) is type(scheduler)
    assert_our_process(back, "sample", schedule)
    shared = {key for key in scheduler.config if not key.startswith("_")}
    assert {key: back.config[key] for key in shared} == {
        key: scheduler.config[key] for key in shared
    }


@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("steps", [1, 2, 8, 16, 100])
def test_sampling_starts_at_the_noisiest_level_and_only_gets_cleaner(name, steps):
    scheduler = make_scheduler(name, SCHEDULE, "sample")
    scheduler.set_timesteps(steps)
    levels = scheduler.timesteps.tolist()
    assert len(levels) == steps
    assert levels[0] == T - 1
    assert all(before > after >= 0 for before, after in pairwise(levels))
    assert scheduler.init_noise_sigma == 1.0


@pytest.mark.parametrize("prediction_type", ["sample", "epsilon"])
@pytest.mark.parametrize("steps", [1, 2, 8, 30])
@pytest.mark.parametrize("name", SCHEDULERS)
def test_with_a_perfect_denoiser_every_scheduler_ends_at_the_clean_value(
    name, steps, prediction_type
):
    random = torch.Generator().manual_seed(0)
    # Far outside [-1, 1], where clipping or thresholding would show.
    clean = 3.0 * torch.randn((2, 4, 8), generator=random)
    scheduler = make_scheduler(name, SCHEDULE, prediction_type)
    scheduler.set_timesteps(steps)
    signal = SCHEDULE.alpha_bar().float()
    x = torch.randn(clean.shape, generator=random)
    for timestep in scheduler.timesteps:
        output = clean
        if prediction_type == "epsilon":
            output = epsilon_from_clean(x, clean, signal[timestep].expand(2))
        extra = {} if name == "unipc" else {"generator": random}
        x = scheduler.step(output, timestep, x, **extra).prev_sample
    assert torch.allclose(x, clean, atol=1e-2)


def one_step(name, timestep, x, clean, steps, seed, **extra):
    scheduler = make_scheduler(name, SCHEDULE, "sample")
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(seed)
    return scheduler.step(clean, timestep, x, generator=generator, **extra).prev_sample


@pytest.mark.parametrize("index", [0, 3, 7])
def test_ddim_with_eta_one_equals_ddpm(index):
    x, clean = torch.randn((2, 2, 3, 5), generator=torch.Generator().manual_seed(2))
    level = int(torch.arange(T - 1, -1, -T // 8)[index])
    ddim = one_step("ddim", level, x, clean, 8, seed=3, eta=1.0)
    ddpm = one_step("ddpm", level, x, clean, 8, seed=3)
    assert torch.allclose(ddim, ddpm, atol=5e-4)


@pytest.mark.parametrize("index", [0, 3, 6])
def test_renoising_equals_ddim_with_the_largest_variance(index):
    x, clean = torch.randn((2, 2, 3, 5), generator=torch.Generator().manual_seed(2))
    level = T - 1 - index * T // 8
    signal = SCHEDULE.alpha_bar()
    here, there = float(signal[level]), float(signal[level - T // 8])
    # sigma^2 = 1 - alpha_bar_s leaves nothing for the direction back to x_t (Song et al., eq. 12).
    ddpm_variance = (1 - there) / (1 - here) * (1 - here / there)
    eta = ((1 - there) / ddpm_variance) ** 0.5 * (1 - 1e-6)
    ddim = one_step("ddim", level, x, clean, 8, seed=3, eta=eta)
    renoised = one_step("renoising", level, x, clean, 8, seed=3)
    assert torch.allclose(ddim, renoised, atol=5e-3)


def test_renoising_arrives_with_the_distribution_of_the_forward_process():
    clean = torch.full((1, 100, 200), 2.0)
    x = torch.randn(clean.shape, generator=torch.Generator().manual_seed(4))
    arrived = one_step("renoising", T - 1, x, clean, 2, seed=5)
    signal = float(SCHEDULE.alpha_bar()[T // 2 - 1])
    assert float(arrived.mean()) == pytest.approx(2.0 * signal**0.5, abs=0.03)
    assert float(arrived.var()) == pytest.approx(1.0 - signal, abs=0.03)


def test_renoising_carries_no_noise_from_one_level_to_the_next():
    clean = torch.zeros(1, 100, 200)
    x = torch.randn(clean.shape, generator=torch.Generator().manual_seed(4))
    arrived = one_step("renoising", T - 1, x, clean, 2, seed=5)
    assert abs(float((arrived * x).mean())) < 0.03


def test_renoising_reads_epsilon_as_it_reads_the_clean_value():
    signal = SCHEDULE.alpha_bar().float()
    clean, noise = torch.randn((2, 1, 3, 5), generator=torch.Generator().manual_seed(6))
    x = add_noise(clean, noise, signal[599].expand(1))
    outputs = []
    for prediction_type, output in (("sample", clean), ("epsilon", noise)):
        scheduler = make_scheduler("renoising", SCHEDULE, prediction_type)
        scheduler.set_timesteps(4)
        generator = torch.Generator().manual_seed(0)
        outputs.append(scheduler.step(output, 599, x, generator=generator).prev_sample)
    assert torch.allclose(*outputs, atol=1e-5)


def test_one_generator_a_row_makes_each_row_independent_of_the_others():
    clean = torch.zeros(3, 2, 4)
    seeds = [torch.Generator().manual_seed(seed) for seed in (7, 8, 9)]
    scheduler = make_scheduler("renoising", SCHEDULE, "sample")
    scheduler.set_timesteps(2)
    three = scheduler.step(clean, T - 1, clean, generator=seeds).prev_sample
    alone = scheduler.step(
        clean[:1], T - 1, clean[:1], generator=[torch.Generator().manual_seed(8)]
    ).prev_sample
    assert torch.equal(three[1:2], alone)


@pytest.mark.parametrize("steps", [0, T + 1])
def test_more_steps_than_levels_are_refused(steps):
    scheduler = make_scheduler("renoising", SCHEDULE, "sample")
    with pytest.raises(UsageError, match=f"between 1 and {T}, got {steps}"):
        scheduler.set_timesteps(steps)


def test_an_unknown_scheduler_is_told_with_the_nearest_name():
    with pytest.raises(UsageError, match="did you mean 'ddim'"):
        make_scheduler("dim", SCHEDULE, "sample")
    with pytest.raises(UsageError, match="unknown scheduler"):
        swap_scheduler(make_scheduler("ddim", SCHEDULE, "sample"), "euler")


def test_a_scheduler_saved_beside_the_weights_comes_back_the_same(tmp_path):
    schedule = NoiseSchedule("linear", 40, -2.77)
    for name, kind in SCHEDULERS.items():
        make_scheduler(name, schedule, "sample").save_pretrained(tmp_path / name)
        assert_our_process(kind.from_pretrained(tmp_path / name), "sample", schedule)
