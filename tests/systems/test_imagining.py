"""Pairs that a language model makes up after it has learned some, prompts and all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from codefusion.cli.data import app
from codefusion.data.benchmarks import held_out
from codefusion.data.examples import Example, read_examples, write_jsonl
from codefusion.errors import UsageError
from codefusion.languages import get_language
from codefusion.systems.fine_tuning import fine_tune
from codefusion.systems.hub_model import load_hub_model
from codefusion.systems.imagining import imagined

TEMPLATE = "# bash: {utterance}\n"
HELD_OUT = Example("count lines of a.txt", "wc -l a.txt", "bash")
KNOWN = [
    Example("list all files", "ls -a", "bash"),
    Example("print the date", "date", "bash"),
    Example("remove a.txt", "rm a.txt", "bash"),
    HELD_OUT,
]


@pytest.fixture(scope="module")
def taught(hub_models: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model that knows three pairs by heart, prompts too."""
    out = tmp_path_factory.mktemp("taught") / "model"
    options: dict[str, Any] = {"steps": 200, "batch_size": 4, "learning_rate": 3e-3, "warmup": 5}
    options |= {"template": TEMPLATE, "learn_prompts": True}
    list(fine_tune(hub_models["gpt2"], KNOWN, out, **options))
    return str(out)


def test_what_is_made_up_is_different_valid_and_the_same_for_a_seed(taught: str) -> None:
    hub = load_hub_model(taught)
    pairs = list(imagined(hub, TEMPLATE, "bash", 3, seed=5, at_once=16, max_new_tokens=16))
    assert pairs == list(imagined(hub, TEMPLATE, "bash", 3, seed=5, at_once=16, max_new_tokens=16))
    assert len({one.utterance.lower() for one in pairs}) == len(pairs) == 3
    assert all(get_language("bash").is_valid(one.code) for one in pairs)
    assert set(pairs) & set(KNOWN)  # it knows little else


def test_nothing_is_made_up_that_the_benchmark_would_hold_out(taught: str) -> None:
    assert held_out(HELD_OUT.utterance, "bash")
    hub = load_hub_model(taught)
    pairs = list(imagined(hub, TEMPLATE, "bash", 2, at_once=32, max_new_tokens=16))
    assert HELD_OUT.utterance not in {one.utterance for one in pairs}
    assert {one.utterance for one in pairs} & {one.utterance for one in KNOWN}


def test_it_gives_up_where_nothing_new_comes(taught: str) -> None:
    hub = load_hub_model(taught)
    with pytest.raises(UsageError, match="makes up nothing new"):
        list(imagined(hub, TEMPLATE, "bash", 5, at_once=2, max_new_tokens=1))


def test_a_template_or_a_model_that_cannot_is_refused(hub_models: dict[str, str]) -> None:
    gpt = load_hub_model(hub_models["gpt2"])
    with pytest.raises(UsageError, match="at the end of a line"):
        next(imagined(gpt, "{utterance} in bash:", "bash", 1))
    with pytest.raises(UsageError, match="reads and writes apart"):
        next(imagined(load_hub_model(hub_models["t5"]), TEMPLATE, "bash", 1))


def test_a_sequence_to_sequence_model_cannot_learn_its_prompts(
    hub_models: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="reads and writes apart"):
        next(fine_tune(hub_models["t5"], KNOWN, tmp_path / "m", steps=1, learn_prompts=True))


def test_the_commands_write_what_a_hub_model_makes_up_and_answers(
    taught: str, tmp_path: Path
) -> None:
    made, answered, asked = (str(tmp_path / name) for name in ("made", "answered", "asked"))
    how = ["--template", TEMPLATE.replace("\n", "\\n")]
    done = CliRunner().invoke(
        app, ["imagine", taught, "-l", "bash", "--count", "2", "--seed", "5", "--out", made, *how]
    )
    assert done.exit_code == 0, done.output
    assert len(read_examples(Path(made))) == 2
    write_jsonl(Path(asked), [Example(one.utterance, "true", "bash") for one in KNOWN])
    done = CliRunner().invoke(
        app, ["distil", taught, asked, "--beams", "1", "--out", answered, *how]
    )
    assert done.exit_code == 0, done.output
    assert set(read_examples(Path(answered))) & set(KNOWN)
