"""Properties of pairs whose programs are a teacher's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codefusion.data.examples import Example, read_examples, write_jsonl
from codefusion.evaluation.grading import Prediction
from codefusion.languages import get_language
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
