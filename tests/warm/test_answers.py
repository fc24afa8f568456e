"""What is answered to a question: different programs, drawn or searched for."""

from dataclasses import replace

import pytest

from codefusion.errors import UsageError
from codefusion.pipeline import TokenPipeline
from codefusion.warm.answers import answer
from codefusion.warm.protocol import Question


@pytest.fixture(scope="module")
def left_to_right(make_baseline, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("left-to-right")
    TokenPipeline(make_baseline("autoregressive"), None, tokenizer).save_pretrained(folder)
    return Question(str(folder), "list files", "bash", 3, 8, 0)


def test_a_model_that_searches_gives_its_most_probable_programs_whatever_the_seed(left_to_right):
    answers = answer(left_to_right)
    assert len({one.code for one in answers}) == len(answers) == 3
    assert all(0.0 < one.score <= 1.0 for one in answers)
    assert answer(replace(left_to_right, seed=7)) == answers


def test_a_model_that_writes_from_the_left_refuses_to_revise(left_to_right):
    with pytest.raises(UsageError, match="writes from left to right"):
        answer(replace(left_to_right, draft="ls -l"))
