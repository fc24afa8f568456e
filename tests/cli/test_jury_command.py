"""`codefusion jury` and `--jury` as a user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from codefusion.data.examples import Example, write_jsonl
from codefusion.pipeline import TokenPipeline, load_pipeline
from codefusion.pipeline.jury import KNOWN, SETTINGS

REQUESTS = [f"list the files of folder number {n}" for n in range(20)]


@pytest.fixture
def model(make_baseline: Callable[..., Any], tokenizer: Any, tmp_path: Path) -> Path:
    made = make_baseline("autoregressive")
    with torch.random.fork_rng():
        torch.manual_seed(5)
        torch.nn.init.normal_(made.decoder.output.weight, std=0.3)
    TokenPipeline(made, None, tokenizer).save_pretrained(tmp_path / "m")
    return tmp_path / "m"


@pytest.fixture
def pairs(model: Path, tmp_path: Path) -> Path:
    """Pairs whose program is not the model's first."""
    found = load_pipeline(model)(REQUESTS, language="bash", num_beams=6)
    write_jsonl(
        tmp_path / "pairs",
        (Example(said, each[2].code, "bash") for said, each in zip(REQUESTS, found, strict=True)),
    )
    return tmp_path / "pairs"


def test_a_model_ranks_by_its_jury_from_then_on_and_can_do_without(
    codefusion: Callable[..., Any],
    model: Path,
    pairs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A tiny random model writes nothing valid.
    monkeypatch.setattr("codefusion.languages.base.Language.is_valid", lambda self, code: True)
    alone = codefusion("evaluate", model, pairs, "--beams", 6, "--json").json
    assert alone["exact_match"]["top1"] == 0.0
    asked = ("--judge", model, "--reviewer", model, "--known", pairs, "--beams", 6)
    done = codefusion("jury", model, pairs, *asked)
    assert done.code == 0, done.stderr
    assert "alone: 0.0 / " in done.stdout
    assert "with the jury: " in done.stdout
    settings = json.loads((model / SETTINGS).read_text())
    assert settings["known"] > 1.0
    assert settings["own"] > 0.0
    assert settings["beams"] == 6
    assert [(one["model"], one["reviews"]) for one in settings["judges"]] == [
        ("m", False),
        ("m", True),
    ]
    together = codefusion("evaluate", model, pairs, "--json").json
    assert together["beams"] == 6
    assert together["exact_match"]["top1"] > 0.0
    without = codefusion("evaluate", model, pairs, "--beams", 6, "--jury", "none", "--json").json
    assert (without["exact_match"], without["jury"]) == (alone["exact_match"], "none")
    (model / SETTINGS).rename(tmp_path / SETTINGS)
    (model / KNOWN).rename(tmp_path / KNOWN)
    (model / "jury").rename(tmp_path / "jury")
    (tmp_path / "model_index.json").write_text("{}")
    lent = codefusion("evaluate", model, pairs, "--beams", 6, "--jury", tmp_path, "--json").json
    assert lent["exact_match"] == together["exact_match"]


def test_what_cannot_have_a_jury_is_told_so_and_left_as_it_is(
    codefusion: Callable[..., Any],
    make_pipeline: Callable[..., Any],
    model: Path,
    pairs: Path,
    tmp_path: Path,
) -> None:
    assert "a --judge, a --reviewer or" in codefusion("jury", model, pairs).refusal(2)
    assert "no folder of a checkpoint" in codefusion(
        "jury", "bash", pairs, "--known", pairs
    ).refusal(2)
    make_pipeline().save_pretrained(tmp_path / "drawn")
    drawn = codefusion("jury", tmp_path / "drawn", pairs, "--known", pairs)
    assert "does not search" in drawn.refusal(2)
    other = codefusion("jury", model, pairs, "--judge", tmp_path / "drawn")
    assert "cannot judge" in other.refusal(1)
    write_jsonl(tmp_path / "never", [Example("list files", "no such program", "bash")])
    assert "nothing to fit" in codefusion(
        "jury", model, tmp_path / "never", "--known", pairs
    ).refusal(1)
    assert not (model / SETTINGS).exists()
    assert not (model / KNOWN).exists()
    assert "has no jury" in codefusion("evaluate", model, pairs, "--jury", model).refusal(1)
    retrieval = codefusion("evaluate", "retrieval", pairs, "--train", pairs, "--jury", "none")
    assert "'retrieval' is none" in retrieval.refusal(2)
