"""Properties of pairs whose programs are a teacher's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codefusion.data.examples import Example, read_examples, write_jsonl
from codefusion.data.tokenization import train_tokenizer
from codefusion.evaluation.grading import Prediction
from codefusion.languages import get_language
from codefusion.pipeline import TokenPipeline, load_committee
from codefusion.training.distillation import distilled

ASKED = Example("count lines of a.txt", "cat a.txt | wc -l", "bash")
DATE = Example("print the date", "date", "bash")


def test_the_first_valid_candidate_takes_the_place_of_the_gold() -> None:
    prediction = Prediction(ASKED, ("wc -l a.txt |", "wc -l a.txt", "wc a.txt"))
    (pair,) = distilled([prediction])
    assert pair == Example(ASKED.utterance, "wc -l a.txt", "bash")


def test_what_the_teacher_cannot_answer_is_left_out() -> None:
    unread = Prediction(ASKED, (), error="too long")
    assert list(distilled([unread, Prediction(ASKED, ("if", "(("))])) == []


def test_the_command_writes_the_programs_that_the_teacher_ranks_first(
    make_pipeline: Callable[..., Any], codefusion: Callable[..., Any], tmp_path: Path
) -> None:
    model, pairs, out, predicted = (tmp_path / name for name in ("m", "in", "out", "predicted"))
    make_pipeline().save_pretrained(model)
    write_jsonl(pairs, [ASKED, DATE])
    codefusion("data", "distil", model, pairs, "--out", out, "--samples", 4)
    codefusion("evaluate", model, pairs, "--samples", 4, "--predictions", predicted)
    rows = [json.loads(line) for line in predicted.read_text().splitlines()]
    is_valid = get_language("bash").is_valid
    firsts = [(row["utterance"], list(filter(is_valid, row["candidates"]))[:1]) for row in rows]
    assert any(first for _, first in firsts)  # untrained, but valid now and then
    written = [(pair.utterance, [pair.code]) for pair in read_examples(out)]
    assert written == [one for one in firsts if one[1]]


def test_several_models_write_and_are_measured_as_one(
    make_baseline: Callable[..., Any],
    tokenizer: Any,
    codefusion: Callable[..., Any],
    tmp_path: Path,
) -> None:
    pairs, out, predicted = (tmp_path / name for name in ("in", "out", "predicted"))
    for name, layers in (("one", 1), ("two", 2)):
        model = make_baseline("autoregressive", denoiser_layers=layers)
        TokenPipeline(model, None, tokenizer).save_pretrained(tmp_path / name)
    write_jsonl(pairs, [ASKED, DATE])
    both = (tmp_path / "one", pairs, "--with", tmp_path / "two")
    codefusion("data", "distil", *both, "--out", out)
    said = codefusion("evaluate", *both, "--predictions", predicted, "--json")
    assert said.json["with"] == [str(tmp_path / "two")]
    firsts = [json.loads(line)["candidates"][0] for line in predicted.read_text().splitlines()]
    together = load_committee([tmp_path / "one", tmp_path / "two"])
    assert firsts == [together(one.utterance, language="bash")[0].code for one in (ASKED, DATE)]
    written = [pair.code for pair in read_examples(out)]
    assert written == [one for one in firsts if get_language("bash").is_valid(one)]


def test_a_model_of_another_kind_or_tokenizer_is_not_read_together(
    make_pipeline: Callable[..., Any],
    make_baseline: Callable[..., Any],
    codefusion: Callable[..., Any],
    tmp_path: Path,
) -> None:
    pairs = tmp_path / "in"
    write_jsonl(pairs, [ASKED])
    make_pipeline().save_pretrained(tmp_path / "diffusion")
    other = train_tokenizer(["abc abc"] * 2, 270)
    model = make_baseline("autoregressive", vocab_size=len(other))
    TokenPipeline(model, None, other).save_pretrained(tmp_path / "other")
    for names, said in (
        (("diffusion", "diffusion"), "auto-regressive"),
        (("diffusion", "other"), "another tokenizer"),
    ):
        first, second = (tmp_path / name for name in names)
        assert said in codefusion("evaluate", first, pairs, "--with", second).refusal(2)


def test_what_is_no_model_of_ours_is_not_read_together_with_one(
    codefusion: Callable[..., Any], tmp_path: Path
) -> None:
    pairs = tmp_path / "in"
    write_jsonl(pairs, [ASKED])
    with_retrieval = ("evaluate", "retrieval", pairs, "--train", pairs, "--with", "bash")
    assert "'retrieval' is none" in codefusion(*with_retrieval).refusal(2)
    hub = ("data", "distil", "any", pairs, "--out", tmp_path / "out", "--with", "bash")
    assert "not for a --template" in codefusion(*hub, "--template", "{utterance}").refusal(2)
    assert not (tmp_path / "out").exists()
