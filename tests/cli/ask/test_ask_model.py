"""`codefusion ask` and the model that it asks: different commands, and revised ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_a_model_offers_different_commands_and_says_how_many_samples_agree(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("ask", "list", "all", "files", "-m", checkpoint, "--steps", 2, "--json")
    content = done.json
    assert content["utterance"] == "list all files"
    codes = [" ".join(one["code"].split()) for one in content["candidates"]]
    assert len(set(codes)) == len(codes) == 5
    for one in content["candidates"]:
        assert 0.0 < one["score"] <= 1.0
    valid = [one["valid"] for one in content["candidates"]]
    assert valid == sorted(valid, reverse=True)
    assert done.code == (0 if any(valid) else 3)
    again = codefusion("ask", "list all files", "-m", checkpoint, "--steps", 2, "--json")
    assert again.stdout == done.stdout


def test_a_language_that_is_no_shells_is_offered_without_notes(
    codefusion: Run, hopeless: Path
) -> None:
    done = codefusion("ask", "-l", "cf", "-m", hopeless, "--steps", 2, "--json", "highlight")
    assert done.code == 3
    assert all(not one["dangers"] and not one["explanations"] for one in done.json["candidates"])


def test_a_revision_keeps_what_it_shall_in_every_command(codefusion: Run, checkpoint: Path) -> None:
    done = codefusion(
        *("ask", "list all files", "-m", checkpoint, "--steps", 2, "--json"),
        *("--edit", "ls -l | wc", "--keep", "ls -l"),
    )
    assert done.json["keep"] == ["ls -l"]
    assert all(one["code"].startswith("ls -l") for one in done.json["candidates"])
