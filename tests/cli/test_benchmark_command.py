import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from codefusion import checkpoints
from codefusion.benchmark import runner
from codefusion.pipeline import TokenPipeline, jury
from codefusion.pipeline.jury import SETTINGS

Run = Callable[..., Any]


@pytest.fixture
def plan(checkpoint: Path, pairs_file: Path, tmp_path: Path) -> Path:
    content = {
        "name": "small",
        "split": "own pairs",
        "folder": str(pairs_file.parent),
        "tasks": {"bash": {"file": pairs_file.name, "train": pairs_file.name}},
        "reference": "nearest",
        "systems": {
            "ours": {
                "kind": "checkpoint",
                "models": {"bash": str(checkpoint)},
                "options": {"samples": 5, "steps": 2},
                "ablation": True,
            },
            "nearest": {"kind": "retrieval", "title": "Nearest utterance"},
        },
        "latency": {"systems": ["ours"], "repeats": 1, "warmup": 0},
        "steps": {"system": "ours", "counts": [1, 2], "traced": 2, "trace_steps": 3},
    }
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def test_a_benchmark_leaves_markdown_latex_json_and_pictures(
    codefusion: Run, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = codefusion("benchmark", plan, "--out", out)
    assert done.code == 0
    assert done.stdout == f"{out}/report.md\n"
    report = (out / "report.md").read_text()
    for said in ("own pairs", "Bash 8", "seeds: 0", "codefusion benchmark", "cores", "paper: T5"):
        assert said in report
    assert "| Nearest utterance | 100.0 [100.0, 100.0]" in report
    for file in ("systems-bash.png", "steps.png", "distance.png"):
        assert (out / file).read_bytes().startswith(b"\x89PNG")
        assert f"({file})" in report
    content = json.loads((out / "report.json").read_text())
    assert [one["system"] for one in content["results"]] == ["ours", "nearest"]
    assert [one["steps"] for one in content["steps"]["bash"]] == [1, 2]
    assert content["distance"]["bash"][-1] == {"step": 3, "mean": 0.0}
    (timing,) = content["timings"]
    assert timing["system"] == "ours"
    assert timing["ratio"] == 1.0
    assert timing["memory"] > 50
    latex = (out / "report.tex").read_text()
    assert latex.count(r"\begin{table}") == latex.count(r"\end{table}") >= 6


def test_a_lagged_model_is_traced_to_its_last_pass_and_what_it_cannot_read_left_out(
    codefusion: Run, plan: Path, pairs_file: Path, make_pipeline: Run, tmp_path: Path
) -> None:
    make_pipeline(lagged=True, self_conditioning=False).save_pretrained(tmp_path / "lagged")
    long = json.dumps({"utterance": "list " * 500, "code": "ls", "language": "bash"})
    (tmp_path / "pairs").write_text(pairs_file.read_text() + long + "\n")
    settings = (
        f"systems.ours.models.bash={tmp_path / 'lagged'}",
        f"tasks.bash.file={tmp_path / 'pairs'}",
        "systems.ours.options.num_beams=0",
        "steps.traced=9",
        "latency=null",
    )
    asked = [part for one in settings for part in ("--set", one)]
    out = tmp_path / "out"
    done = codefusion("benchmark", plan, "--out", out, *asked)
    assert done.code == 0, done.stderr
    content = json.loads((out / "report.json").read_text())
    passes = content["distance"]["bash"]
    assert len(passes) > 3  # more than a token's own: they begin one after the other
    assert passes[0]["mean"] > 0.0
    assert passes[-1] == {"step": len(passes), "mean": 0.0}
    none = [*asked[:2], "--set", "steps.traced=1", "--set", "tasks.bash.file=long", *asked[4:]]
    (pairs_file.parent / "long").write_text(long + "\n")
    refused = codefusion("benchmark", plan, "--out", out, *none)
    assert refused.code == 2
    assert "none of 1 utterances to trace can be read" in refused.stderr.splitlines()[-1]


def test_a_model_without_denoising_steps_is_refused_before_anything_is_answered(
    codefusion: Run, plan: Path, make_baseline: Run, tokenizer: Any, tmp_path: Path
) -> None:
    model = TokenPipeline(make_baseline("autoregressive"), None, tokenizer)
    model.save_pretrained(tmp_path / "left")
    asked = ("--out", tmp_path / "out", "--set", f"systems.ours.models.bash={tmp_path / 'left'}")
    assert "has no denoising steps" in codefusion("benchmark", plan, *asked).refusal(2)
    assert not list((tmp_path / "out").rglob("*.jsonl"))


def test_what_was_answered_before_is_read_back_and_gives_the_same_report(
    codefusion: Run, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    codefusion("benchmark", plan, "--out", out)
    first = json.loads((out / "report.json").read_text())["results"]
    again = codefusion("benchmark", plan, "--out", out)
    assert again.stderr.count("answered before") == 2
    assert json.loads((out / "report.json").read_text())["results"] == first


def test_another_setting_is_answered_anew_and_the_rest_is_kept(
    codefusion: Run, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    codefusion("benchmark", plan, "--out", out)
    again = codefusion("benchmark", plan, "--out", out, "--set", "systems.ours.options.steps=3")
    assert "nearest on bash, seed 0: answered before" in again.stderr
    assert "ours on bash, seed 0: 8 utterances" in again.stderr


def test_what_ranks_by_another_jury_is_answered_anew(
    codefusion: Run, plan: Path, checkpoint: Path, tmp_path: Path
) -> None:
    out, model, lender = (tmp_path / name for name in ("out", "model", "lender"))
    shutil.copytree(checkpoint, model)
    shutil.copytree(checkpoint, lender)
    (lender / "jury.json").write_text('{"known": 0.0}')
    asked = ("benchmark", plan, "--out", out, "--set", f"systems.ours.models.bash={model}")
    for setting, own in (("null", ""), ("null", '{"beams": 9}'), (str(lender), '{"beams": 9}')):
        if own:
            (model / "jury.json").write_text(own)
        again = codefusion(*asked, "--set", f"systems.ours.options.jury={setting}")
        assert "ours on bash, seed 0: 8 utterances" in again.stderr
    (lender / "jury.json").write_text('{"known": 0.0, "own": 0.5}')
    again = codefusion(*asked, "--set", f"systems.ours.options.jury={lender}")
    assert "ours on bash, seed 0: 8 utterances" in again.stderr
    again = codefusion(*asked, "--set", f"systems.ours.options.jury={lender}")
    assert again.stderr.count("answered before") == 2


def test_what_is_ranked_by_another_judge_that_ships_is_answered_anew(
    codefusion: Run,
    plan: Path,
    checkpoint: Path,
    make_baseline: Run,
    tokenizer: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, model, judges = (tmp_path / name for name in ("out", "model", "judges"))
    shutil.copytree(checkpoint, model)
    judge = TokenPipeline(make_baseline("autoregressive"), None, tokenizer)
    judge.save_pretrained(judges / "judge")
    settings = {"beams": 9, "judges": [{"model": "judge", "weight": 0.5}]}
    (model / SETTINGS).write_text(json.dumps(settings))
    (weights,) = (judges / "judge").glob("model/*.safetensors")
    asked = ("benchmark", plan, "--out", out, "--set", f"systems.ours.models.bash={model}")
    for place, where in (("JUDGES", jury), ("SHIPPED", checkpoints)):
        monkeypatch.setattr(where, place, judges)
        monkeypatch.setattr(runner, place, judges)
        for time, expected in ((1, "8 utterances"), (1, "answered before"), (2, "8 utterances")):
            os.utime(weights, (1, time))
            assert f"ours on bash, seed 0: {expected}" in codefusion(*asked).stderr
        monkeypatch.undo()


def test_half_an_answer_file_is_not_taken_for_a_whole_one(
    codefusion: Run, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    codefusion("benchmark", plan, "--out", out)
    file = out / "answers" / "nearest.bash.0.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:4]))
    again = codefusion("benchmark", plan, "--out", out)
    assert again.code == 0
    assert "nearest on bash, seed 0: 8 utterances" in again.stderr
    file.write_text("{broken\n")
    assert "remove it" in codefusion("benchmark", plan, "--out", out).stderr


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("systems.ours.options.step=3", "did you mean .steps."),
        ("tasks.bash.train=null", "needs pairs"),
        ("tasks.bash.file=none.jsonl", "none.jsonl"),
        ("systems.nearest.options.hops=3", "unknown option"),
        ("systems.ours.models.bash=nowhere/at/all", "nowhere/at/all"),
    ],
)
def test_a_mistake_in_a_plan_ends_in_one_line(
    codefusion: Run, plan: Path, tmp_path: Path, setting: str, message: str
) -> None:
    done = codefusion("benchmark", plan, "--out", tmp_path / "out", "--set", setting)
    assert done.code in (1, 2)
    assert done.stdout == ""
    assert re.search(message, done.stderr.splitlines()[-1])
    assert "Traceback" not in done.stderr


def test_a_missing_plan_is_told(codefusion: Run, tmp_path: Path) -> None:
    assert "no recipe" in codefusion("benchmark", tmp_path / "no.yaml").refusal(2)
