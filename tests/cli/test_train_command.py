from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Run = Callable[..., Any]


@pytest.fixture
def recipe(pairs_file: Path, tmp_path: Path) -> Path:
    phase = {"steps": 2, "batch_size": 4, "warmup": 1}
    content = {
        "name": "tiny",
        "threads": 1,
        "data": {
            "language": "bash",
            "folder": str(pairs_file.parent),
            "pairs": [{"path": pairs_file.name}],
            "validation": {"path": pairs_file.name, "limit": 2},
        },
        "tokenizer": {"vocab_size": 300},
        "model": {"preset": "tiny"},
        "pretraining": phase,
        "finetuning": {**phase, "train_encoder": True},
        "monitoring": {"evaluate_every": 2, "evaluation_steps": 2, "save_every": 0},
    }
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def test_a_recipe_is_trained_evaluated_saved_and_generated_from(
    codefusion: Run, recipe: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    trained = codefusion("train", recipe, "--out", out)
    assert trained.code == 0
    assert trained.stdout == f"{out}\n"  # the folder, for a script to go on with
    said = trained.stderr
    for word in ("8 pairs", "phase 1: 2 steps", "phase 2: 2 steps", "exact match", "saved"):
        assert word in said
    generated = codefusion("generate", "who", "-m", out, "--steps", 2, "--json")
    assert generated.code in (0, 3)
    assert generated.json["results"][0]["candidates"]
    assert codefusion("evaluate", out, recipe.parent / "x").refusal(1)
    assert "total" in codefusion("info", out).stdout


def test_a_setting_changes_the_run_and_resume_goes_on(
    codefusion: Run, recipe: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    arguments = ("train", recipe, "--out", out, "--set", "finetuning.steps=0")
    assert "phase 2" not in codefusion(*arguments).stderr
    assert "--resume" in refusal(codefusion(*arguments), 1)
    assert codefusion(*arguments, "--resume").code == 0
    other = codefusion("train", recipe, "--out", out, "--resume", "--set", "seed=9")
    assert "another recipe" in refusal(other, 1)


def refusal(done: Any, code: int) -> str:
    return str(done.refusal(code))


def test_without_an_out_the_folder_is_named_after_the_recipe(
    codefusion: Run, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = codefusion("train", recipe, "--set", "pretraining.steps=0")
    assert done.stdout == "runs/tiny\n"
    assert list((tmp_path / "runs" / "tiny").glob("checkpoint-*"))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("pretraining.stesp=3", "did you mean 'steps'?"),
        ("pretraining.steps=many", "pretraining.steps must be int"),
        ("pretraining.cpd=2", "cpd must be in [0, 1]"),
        ("steps", "a.b=value"),
        ("data.language=bsah", "did you mean 'bash'?"),
        ("model.preset=tinny", "did you mean 'tiny'?"),
        ("model.overrides.hiden_size=3", "did you mean 'hidden_size'?"),
        ("tokenizer.vocab_size=10", "261"),
        ("sampling.scheduler=dpm", "did you mean"),
    ],
)
def test_a_wrong_setting_is_one_line_that_says_what_to_write(
    codefusion: Run, recipe: Path, tmp_path: Path, setting: str, said: str
) -> None:
    done = codefusion("train", recipe, "--out", tmp_path / "run", "--set", setting)
    assert done.code == 2
    assert done.stdout == ""
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("codefusion: ")]
    assert said in line
    assert "Traceback" not in done.stderr


def test_an_unknown_key_in_the_file_is_one_line(codefusion: Run, recipe: Path) -> None:
    recipe.write_text(recipe.read_text() + "lose: {}\n")
    assert "did you mean 'loss'?" in codefusion("train", recipe).refusal(2)


def test_a_missing_recipe_is_one_line(codefusion: Run, tmp_path: Path) -> None:
    assert "none.yaml" in codefusion("train", tmp_path / "none.yaml").refusal(2)


def test_missing_and_broken_data_are_one_line(
    codefusion: Run, recipe: Path, tmp_path: Path
) -> None:
    out = ("--out", tmp_path / "run")
    done = codefusion("train", recipe, *out, "--set", "data.pairs.0.path=none.jsonl")
    assert "none.jsonl" in done.refusal(1)
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"utterance": "u", "code": "ls"}\n{"utterance"\n')
    done = codefusion("train", recipe, *out, "--set", f"data.pairs.0.path={broken}")
    assert f"{broken}:2: " in done.refusal(1)
