"""`codefusion generate` with a draft: what is kept of it, and what cannot be revised."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generating import QUICK, candidates

Run = Callable[..., Any]


def test_what_is_kept_of_a_draft_is_in_every_program_and_json_says_where(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion(
        *("generate", "list files", "-m", checkpoint, *QUICK, "--json"),
        *("--edit", "ls -l | wc", "--keep", "ls", "--keep", "| wc", "--strength", 0.5),
    )
    for one in candidates(done):
        kept = [one["code"][start:end] for start, end in one["pinned"]]
        assert kept == ["ls", "| wc"]


def test_a_draft_alone_pins_nothing_and_other_words_alone_give_it(
    codefusion: Run, checkpoint: Path
) -> None:
    arguments = ("generate", "list files", "-m", checkpoint, *QUICK, "--json")
    assert not any("pinned" in one for one in candidates(codefusion(*arguments, "--edit", "ls")))
    kept = candidates(codefusion(*arguments, "--keep", "ls"))
    assert all("ls" in one["code"] for one in kept)


@pytest.mark.parametrize(
    ("further", "message"),
    [
        (("--edit", "ls", "--keep", "grep"), "'grep' is not in the draft"),
        (("--edit", " "), "the draft is empty"),
        (("--keep", ""), "nothing to keep"),
        (("--edit", "ls", "--strength", 0), "strength must be above 0"),
        (("--strength", 0.5), "give a draft, or what to keep"),
    ],
)
def test_a_revision_that_cannot_be_is_one_line(
    codefusion: Run, checkpoint: Path, further: tuple[object, ...], message: str
) -> None:
    assert message in codefusion("generate", "who", "-m", checkpoint, *further).refusal(2)


def test_a_revision_of_several_utterances_is_one_line(codefusion: Run, checkpoint: Path) -> None:
    done = codefusion("generate", "-m", checkpoint, "--edit", "ls", stdin=b"one\ntwo\n")
    assert "of one utterance, got 2" in done.refusal(2)


def test_the_shipped_model_that_writes_from_the_left_says_that_it_cannot_revise(
    codefusion: Run,
) -> None:
    message = codefusion("generate", "who", "-m", "bash", "--edit", "w").refusal(2)
    assert "cannot revise" in message
    assert "take a diffusion model, such as `cf`, `bash-diffusion`" in message
