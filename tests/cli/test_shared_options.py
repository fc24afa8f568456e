"""What the options mean that several commands share: the same in each of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codefusion.checkpoints import shipped_for
from codefusion.errors import UsageError
from codefusion.pipeline import TokenPipeline

Run = Callable[..., Any]
COMMANDS = ("generate", "watch", "ask")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_language_for_which_no_model_ships_is_one_line_that_says_to_name_one(
    codefusion: Run, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("codefusion.checkpoints.SHIPPED", tmp_path)
    message = codefusion(command, "list files", "-l", "python").refusal(2)
    assert "no checkpoint ships for 'python'" in message
    assert "--model" in message


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_of_a_languages_name_is_not_taken_for_the_shipped_model(
    codefusion: Run, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("codefusion.checkpoints.SHIPPED", tmp_path / "none")
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "model_index.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    message = codefusion(command, "list files", "-l", "python").refusal(2)
    assert "no checkpoint ships for 'python'" in message


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_language_is_told_even_where_a_model_is_named(
    codefusion: Run, command: str, checkpoint: Path
) -> None:
    done = codefusion(command, "list files", "-l", "bsah", "-m", checkpoint)
    assert "did you mean 'bash'?" in done.refusal(2)


@pytest.fixture
def both_ship(
    checkpoint: Path,
    make_baseline: Run,
    tokenizer: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """For bash, a model that writes from the left and one that denoises."""
    left = TokenPipeline(make_baseline("autoregressive"), None, tokenizer)
    left.save_pretrained(tmp_path / "bash")
    (tmp_path / "bash-diffusion").symlink_to(checkpoint)
    monkeypatch.setattr("codefusion.checkpoints.SHIPPED", tmp_path)


@pytest.mark.parametrize("command", ["generate", "ask"])
@pytest.mark.usefixtures("both_ship")
def test_the_model_that_denoises_revises_and_the_other_answers(
    codefusion: Run, command: str
) -> None:
    asked = (command, "list files", "-l", "bash", "--json", "--steps", 2)
    for revising, name in (((), "bash"), (("--edit", "ls -l", "--keep", "ls"), "bash-diffusion")):
        done = codefusion(*asked, *revising)
        assert done.code in (0, 3)  # untrained: valid or not
        assert json.loads(done.stdout)["model"] == name


@pytest.mark.usefixtures("both_ship")
def test_what_is_watched_is_the_model_that_denoises(codefusion: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = codefusion("watch", "list files", "-l", "bash", "--steps", 2, "--export", page)
    assert done.code in (0, 3)
    assert "bash-diffusion" in page.read_text()


def test_where_only_a_model_that_denoises_ships_it_revises(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bash-diffusion").symlink_to(checkpoint)
    monkeypatch.setattr("codefusion.checkpoints.SHIPPED", tmp_path)
    assert shipped_for("bash", to_revise=True) == "bash-diffusion"
    with pytest.raises(UsageError, match="no checkpoint ships for 'bash'"):
        shipped_for("bash")
    (tmp_path / "cf").symlink_to(checkpoint)
    assert shipped_for("cf", to_revise=True) == "cf"


def test_a_search_is_chosen_and_left_by_its_option(
    codefusion: Run, checkpoint: Path, make_pipeline: Run, tmp_path: Path
) -> None:
    make_pipeline(lagged=True, self_conditioning=False).save_pretrained(tmp_path / "lagged")

    def seeds(*options: object) -> list[int]:
        asked = ("generate", "list files", "-m", tmp_path / "lagged", "--steps", 2, "--json")
        done = codefusion(*asked, "--seed", 5, *options)
        assert done.code in (0, 3)
        return [one["seed"] for one in json.loads(done.stdout)["results"][0]["candidates"]]

    assert set(seeds()) == set(seeds("--beams", 4)) == {5}  # nothing is drawn
    assert len(set(seeds("--beams", 0))) > 1
    refused = codefusion("generate", "list files", "-m", checkpoint, "--beams", 3)
    assert "no beams" in refused.refusal(2)
