"""What the options mean that several commands share: the same in each of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
