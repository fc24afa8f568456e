"""Several languages in one model, each row in its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codefusion.cli.main import main
from codefusion.data.codec import Codec
from codefusion.data.examples import Snippet
from codefusion.errors import DataError, RecipeError, UsageError
from codefusion.pipeline import load_pipeline
from codefusion.training.corpus import encode_snippets, read_corpus
from codefusion.training.events import Evaluated
from codefusion.training.recipe import recipe_from
from codefusion.training.run import run

Content = Callable[..., dict[str, Any]]
ROWS = {
    "python": [("sort a list x", "x.sort()"), ("length of x", "len(x)")],
    "cf": [("cells above 3", "GreaterThan(3)"), ("empty cells", "Blanks()")],
}


@pytest.fixture
def content(recipe_content: Content, data_folder: Path, tmp_path: Path) -> dict[str, Any]:
    """The tiny recipe with Python rows that name no language, and CF rows that do."""
    for language, rows in ROWS.items():
        named = {"language": language} if language == "cf" else {}
        lines = [json.dumps({"utterance": u, "code": c, **named}) for u, c in rows]
        (tmp_path / f"{language}.jsonl").write_text("\n".join(lines) + "\n")
    python = {"path": str(tmp_path / "python.jsonl"), "language": "python"}
    return recipe_content(
        data__pairs=[{"path": "pairs.jsonl"}, python, {"path": str(tmp_path / "cf.jsonl")}],
        data__validation={"paths": ["validation.jsonl", str(tmp_path / "cf.jsonl")]},
        pretraining__steps=2,
        finetuning__steps=2,
        monitoring__evaluate_every=2,
        monitoring__evaluation_steps=2,
        monitoring__evaluation_samples=1,
    )


def test_a_source_says_the_language_of_rows_that_name_none(content: dict[str, Any]) -> None:
    corpus = read_corpus(recipe_from(content).data)
    assert corpus.languages == ["bash", "python", "cf"]
    of = {pair.code: pair.language for pair in corpus.pairs}
    assert (of["pwd"], of["len(x)"], of["Blanks()"]) == ("bash", "python", "cf")
    # Phase 1 reads the code of the pairs, each in its own language.
    assert {(one.code, one.language) for one in corpus.snippets} == set(of.items())


def test_one_model_is_trained_on_all_and_evaluated_on_each(
    content: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "run"
    events = list(run(recipe_from(content), out))
    scored = [(one.language, one.evaluation.n) for one in events if isinstance(one, Evaluated)]
    assert scored == [("bash", 2), ("cf", 2)]
    pipeline = load_pipeline(out)
    assert pipeline.model.config.languages == ["bash", "python", "cf"]
    with pytest.raises(UsageError, match="pyhton"):
        pipeline("sort x", language="pyhton")
    mixed, predicted = tmp_path / "mixed.jsonl", tmp_path / "predicted.jsonl"
    rows = [("bash", "count lines of a.txt", "wc -l a.txt"), ("cf", "empty cells", "Blanks()")]
    mixed.write_text(
        "".join(json.dumps({"language": x, "utterance": u, "code": c}) + "\n" for x, u, c in rows)
    )
    options = ["--samples", "1", "--steps", "2", "--json", "--predictions", str(predicted)]
    monkeypatch.setattr(sys, "argv", ["codefusion", "evaluate", str(out), str(mixed), *options])
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code
    assert json.loads(capsys.readouterr().out)["n"] == 2
    done = [json.loads(line) for line in predicted.read_text().splitlines()]
    assert [one["language"] for one in done] == ["bash", "cf"]
    # It has read each prompt as training wrote it: in the row's own language.
    assert not any("error" in one for one in done)
    assert all(one["candidates"] for one in done)


def test_phase_one_masks_by_each_snippets_own_grammar_and_names_its_language(
    tokenizer: Any,
) -> None:
    codec = Codec(tokenizer)
    both = [Snippet("ls -l x", "python"), Snippet("ls -l x", "bash")]
    snippets, left_out = encode_snippets(both, codec, 16)
    assert left_out == 0
    first, second = snippets.prefixes
    assert first == tuple(codec.marked("python: ", []))
    assert second == tuple(codec.marked("bash: ", []))
    assert snippets.pieces[0] != snippets.pieces[1]


def test_a_source_has_one_path_or_several_but_not_both(content: dict[str, Any]) -> None:
    content["data"]["validation"]["path"] = "validation.jsonl"
    with pytest.raises(RecipeError, match="exactly one of path, paths"):
        recipe_from(content)


def test_an_unknown_language_of_a_source_is_told_in_one_line(content: dict[str, Any]) -> None:
    content["data"]["pairs"][1]["language"] = "pyhton"
    with pytest.raises((UsageError, DataError), match="did you mean 'python'"):
        read_corpus(recipe_from(content).data)
