from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codefusion.models.presets import PAPER_LEAVES_OPEN, PRESETS
from codefusion.pipeline import CodeFusionPipeline

Run = Callable[..., Any]
PARTS = ("E (encoder)", "L (embedding)", "N (denoiser)", "D (decoder)", "H (head)")


def counts(stdout: str) -> dict[str, int]:
    """Return the numbers behind the parts' names, and the total."""
    return {
        name: int(line.removeprefix(name).split()[0].replace(",", ""))
        for line in stdout.splitlines()
        for name in (*PARTS, "total")
        if line.startswith(name)
    }


def test_the_papers_model_has_about_75_million_parameters_in_five_parts_that_add_up(
    codefusion: Run,
) -> None:
    done = codefusion("info", "paper")
    assert (done.code, done.stderr) == (0, "")
    found = counts(done.stdout)
    assert set(found) == {*PARTS, "total"}
    assert sum(found[part] for part in PARTS) == found["total"]
    assert 74e6 < found["total"] < 76e6


def test_what_the_paper_leaves_open_is_listed_with_the_choice_made(codefusion: Run) -> None:
    listed = codefusion("info", "paper").stdout.split("leaves open")[1]
    for field in PAPER_LEAVES_OPEN:
        assert field in listed
    assert str(PRESETS["paper"]["hidden_size"]) in listed
    assert "leaves open" not in codefusion("info", "tiny").stdout


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_has_an_answer_and_json_says_the_same(codefusion: Run, name: str) -> None:
    found = counts(codefusion("info", name).stdout)
    content = codefusion("info", name, "--json").json
    assert content["version"] == 1
    assert content["total"] == found.pop("total")
    assert content["parameters"] == found


def test_a_checkpoint_is_counted_as_it_loads(codefusion: Run, checkpoint: Path) -> None:
    found = counts(codefusion("info", checkpoint).stdout)
    model = CodeFusionPipeline.from_pretrained(checkpoint).model
    assert found["total"] == sum(parameter.numel() for parameter in model.parameters())


def test_without_a_name_the_presets_are_listed(codefusion: Run) -> None:
    done = codefusion("info")
    assert done.code == 0
    assert all(name in done.stdout for name in PRESETS)


def test_an_unknown_name_is_one_line(codefusion: Run) -> None:
    assert "papre" in codefusion("info", "papre").refusal(1)


def test_a_checkpoint_without_a_readable_configuration_is_one_line(
    codefusion: Run, tmp_path: Path
) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    assert str(tmp_path) in codefusion("info", tmp_path).refusal(1)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text('{"hidden')
    assert str(tmp_path) in codefusion("info", tmp_path).refusal(1)
