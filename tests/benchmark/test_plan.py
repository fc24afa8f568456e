from pathlib import Path
from typing import Any

import pytest

from codefusion.benchmark.plan import Plan, load_plan
from codefusion.errors import RecipeError
from codefusion.settings import build

PLAN: dict[str, Any] = {
    "name": "small",
    "split": "validation",
    "tasks": {"bash": {"file": "bash.jsonl", "train": "train.jsonl"}},
    "systems": {"nearest": {"kind": "retrieval"}},
}


def test_a_plan_is_read_from_plain_mappings() -> None:
    plan = build(Plan, {**PLAN, "seeds": [0, 1], "reference": "nearest"})
    assert plan.tasks["bash"].train == "train.jsonl"
    assert plan.systems["nearest"].measures("bash")
    assert plan.seeds == (0, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"systems": {"x": {"kind": "retreival"}}}, "did you mean 'retrieval'"),
        ({"tasks": {"bsh": {"file": "a.jsonl"}}}, "did you mean 'bash'"),
        ({"tasks": {"bash": {"file": "a.jsonl", "every": 0}}}, "at least 1"),
        ({"tasks": {}}, "needs tasks"),
        ({"reference": "nearst"}, "did you mean 'nearest'"),
        ({"sedes": [1]}, "did you mean 'seeds'"),
        ({"steps": {"system": "nearest"}}, "no denoising steps"),
        ({"systems": {"x": {"kind": "checkpoint", "models": {"cf": "cf"}}}}, "which is no task"),
        ({"tasks": {"bash": "a.jsonl"}}, "must hold keys and values"),
    ],
)
def test_a_plan_that_cannot_be_run_is_refused_in_one_line(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecipeError, match=message) as refused:
        build(Plan, {**PLAN, **change})
    assert "\n" not in str(refused.value)


def test_every_plan_in_the_repository_can_be_read() -> None:
    plans = sorted(Path(__file__).parents[2].glob("recipes/benchmarks/*.yaml"))
    assert plans
    for path in plans:
        assert load_plan(path).systems
