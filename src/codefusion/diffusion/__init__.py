"""The noise process: schedules, the forward process, samplers. Knows nothing of text or files."""

from codefusion.diffusion.lag import lagged_time, level_of, sight
from codefusion.diffusion.process import (
    add_noise,
    clean_from_epsilon,
    epsilon_from_clean,
)
from codefusion.diffusion.schedules import SCHEDULES, NoiseSchedule

__all__ = [
    "SCHEDULES",
    "NoiseSchedule",
    "add_noise",
    "clean_from_epsilon",
    "epsilon_from_clean",
    "lagged_time",
    "level_of",
    "sight",
]
