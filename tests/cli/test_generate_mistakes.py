"""`codefusion generate`: each mistake in its arguments, input or model is told in one line."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

Run = Callable[..., Any]


def test_an_unknown_language_is_one_line_with_the_nearest_one(codefusion: Run) -> None:
    message = codefusion("generate", "-l", "pyhton", "print").refusal(2)
    assert message.startswith("codefusion: unknown language 'pyhton'; did you mean 'python'?")


def test_an_unknown_sampler_is_one_line_with_the_nearest_one(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, "--scheduler", "unpic")
    assert "did you mean 'unipc'?" in done.refusal(2)


def test_neither_language_nor_model_is_one_line_that_says_what_to_add(codefusion: Run) -> None:
    assert "--language" in codefusion("generate", "list files").refusal(2)


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_an_empty_utterance_is_one_line(codefusion: Run, checkpoint: Path, blank: str) -> None:
    assert "empty" in codefusion("generate", blank, "-m", checkpoint).refusal(2)


def test_an_empty_input_is_one_line(codefusion: Run, checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n \n")
    for arguments in ([], ["--file", "-"], ["--file", tmp_path / "empty.txt"]):
        done = codefusion("generate", "-m", checkpoint, *arguments, stdin=b"\n")
        assert "empty" in done.refusal(2)


def test_an_utterance_longer_than_the_model_reads_is_one_line_with_both_lengths(
    codefusion: Run, checkpoint: Path
) -> None:
    message = codefusion("generate", "word " * 300, "-m", checkpoint).refusal(2)
    assert "too long" in message
    assert "64" in message


def test_more_steps_than_the_model_was_trained_with_is_one_line(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, "--steps", 5000)
    assert "1200" in done.refusal(2)


def test_an_utterance_and_a_file_together_are_one_line(codefusion: Run, checkpoint: Path) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, "--file", "x.txt")
    assert "not both" in done.refusal(2)


def test_an_argument_that_is_no_text_is_one_line(codefusion: Run, checkpoint: Path) -> None:
    assert "UTF-8" in codefusion("generate", "who \udcff", "-m", checkpoint).refusal(2)


def test_a_missing_file_of_utterances_is_one_line(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    done = codefusion("generate", "-m", checkpoint, "--file", tmp_path / "none.txt")
    assert "none.txt" in done.refusal(1)


def test_utterances_that_are_no_text_are_one_line(codefusion: Run, checkpoint: Path) -> None:
    assert "UTF-8" in codefusion("generate", "-m", checkpoint, stdin=b"\xff\xfe").refusal(1)


@pytest.mark.parametrize("name", ["nowhere", "/no/such/folder", "./none"])
def test_a_missing_model_is_one_line(codefusion: Run, name: str) -> None:
    assert name in codefusion("generate", "who", "-m", name).refusal(1)


def test_a_hub_model_without_a_network_is_one_line(codefusion: Run) -> None:
    assert "some/model" in codefusion("generate", "who", "-m", "some/model").refusal(1)


def test_a_folder_without_a_model_is_one_line(codefusion: Run, tmp_path: Path) -> None:
    assert str(tmp_path) in codefusion("generate", "who", "-m", tmp_path).refusal(1)


PARTS = [
    "model_index.json",
    "model/config.json",
    "model/model.safetensors",
    "scheduler/scheduler_config.json",
    "tokenizer/tokenizer.json",
    "tokenizer/tokenizer_config.json",
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("damage", ["truncated", "garbled", "emptied"])
def test_a_corrupt_checkpoint_is_one_line_that_names_it(
    codefusion: Run, checkpoint: Path, tmp_path: Path, part: str, damage: str
) -> None:
    copytree(checkpoint, tmp_path / "model")
    file = tmp_path / "model" / part
    content = file.read_bytes()
    if damage == "truncated":
        file.write_bytes(content[: len(content) // 2])
    else:
        file.write_bytes(b"\x00\xffgarbage{" if damage == "garbled" else b"")
    message = codefusion("generate", "who", "-m", tmp_path / "model").refusal(1)
    assert str(tmp_path / "model") in message


@pytest.mark.parametrize("part", ["model/config.json", "model/model.safetensors", "scheduler"])
def test_an_incomplete_checkpoint_is_one_line_that_names_it(
    codefusion: Run, checkpoint: Path, tmp_path: Path, part: str
) -> None:
    copytree(checkpoint, tmp_path / "model")
    (tmp_path / "model" / part).rename(tmp_path / "elsewhere")
    message = codefusion("generate", "who", "-m", tmp_path / "model").refusal(1)
    assert str(tmp_path / "model") in message


def test_weights_of_other_shapes_than_the_configuration_says_are_one_line(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    copytree(checkpoint, tmp_path / "model")
    file = tmp_path / "model" / "model" / "config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "hidden_size": 64}))
    assert str(tmp_path / "model") in codefusion(
        "generate", "who", "-m", tmp_path / "model"
    ).refusal(1)
