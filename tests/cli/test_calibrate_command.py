"""`codefusion calibrate` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codefusion.data.examples import Example, write_jsonl
from codefusion.pipeline import load_pipeline

REQUESTS = [f"list the files of folder number {n}" for n in range(24)]


@pytest.fixture
def model(make_pipeline: Callable[..., Any], tmp_path: Path) -> Path:
    make_pipeline().save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def pairs(model: Path, tmp_path: Path) -> Path:
    """Pairs for which the model is right where its first candidate has many votes, else wrong."""
    found = load_pipeline(model)(REQUESTS, language="bash", num_samples=4, num_inference_steps=2)
    usual = sorted(each[0].score for each in found)[len(found) // 2]
    golds = [each[0].code if each[0].score >= usual else "true" for each in found]
    path = tmp_path / "pairs.jsonl"
    write_jsonl(path, (Example(*one, "bash") for one in zip(REQUESTS, golds, strict=True)))
    return path


def settings(model: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((model / "model" / "config.json").read_text())
    return content


def candidates(model: Path) -> list[list[tuple[str, float]]]:
    found = load_pipeline(model)(REQUESTS, language="bash", num_samples=4, num_inference_steps=2)
    return [[(one.code, one.score) for one in each] for each in found]


def test_calibrating_changes_scores_and_nothing_else(
    codefusion: Callable[..., Any], model: Path, pairs: Path
) -> None:
    before, kept = candidates(model), settings(model)
    done = codefusion("calibrate", model, pairs, "--samples", 4, "--steps", 2)
    assert done.code == 0, done.stderr
    after = candidates(model)
    assert [[code for code, _ in each] for each in after] == [
        [code for code, _ in each] for each in before
    ]
    assert after != before
    for each in after:
        assert [score for _, score in each] == sorted((s for _, s in each), reverse=True)
    numbers = settings(model).pop("score_calibration")
    assert numbers[0] > 0
    assert settings(model) == {**kept, "score_calibration": numbers}


def test_evaluate_prints_a_smaller_error_after_calibrating(
    codefusion: Callable[..., Any], model: Path, pairs: Path
) -> None:
    def error() -> float:
        drawing = ("--samples", 4, "--steps", 2, "--json")
        printed = json.loads(codefusion("evaluate", model, pairs, *drawing).stdout)
        return float(printed["calibration_error"])

    before = error()
    codefusion("calibrate", model, pairs, "--samples", 4, "--steps", 2)
    assert error() < before


def test_a_model_that_is_never_right_is_left_as_it_was(
    codefusion: Callable[..., Any], model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "pairs.jsonl"
    write_jsonl(path, [Example(one, "true", "bash") for one in REQUESTS[:3]])
    kept = settings(model)
    line = codefusion("calibrate", model, path, "--samples", 2, "--steps", 2).refusal(1)
    assert "right and wrong" in line
    assert settings(model) == kept


def test_a_name_that_is_no_folder_is_refused(
    codefusion: Callable[..., Any], tmp_path: Path, pairs: Path
) -> None:
    line = codefusion("calibrate", tmp_path / "nothing", pairs).refusal(2)
    assert "no folder of a checkpoint" in line
