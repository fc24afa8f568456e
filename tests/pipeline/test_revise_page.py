"""docs/revise.md says what the program does."""

import re
from pathlib import Path

from codefusion.checkpoints import resolve_folder
from codefusion.models import CodeFusionConfig
from codefusion.pipeline.draft import FEWER, MORE
from codefusion.pipeline.revision import DEFAULT_STRENGTH

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "revise.md").read_text(encoding="utf-8")


def row(title):
    (found,) = re.findall(rf"^\| {title} \|(.*)\|$", PAGE, re.MULTILINE)
    return [float(cell) for cell in found.split("|")]


def test_the_noise_at_each_strength_is_that_of_the_shipped_model():
    schedule = CodeFusionConfig.from_pretrained(resolve_folder("cf") / "model").schedule()
    signal = schedule.alpha_bar()
    for strength, said in zip(row("strength"), row("noise"), strict=True):
        noise = 100 * (1 - float(signal[round(strength * schedule.num_steps) - 1]))
        digits = len(f"{said:g}".partition(".")[2])
        assert round(noise, digits) == said


def test_the_numbers_that_the_page_gives_are_those_of_the_program():
    assert f"where a draft is noised and it is not said, {DEFAULT_STRENGTH} |" in PAGE
    assert f"at most {FEWER} tokens shorter or {MORE} longer" in PAGE
