"""Properties of the Bash generator that a model trained on it relies on."""

from __future__ import annotations

import random
import re

import pytest

from codefusion.data.bash_generator import generate_pairs
from codefusion.data.bash_generator.generate import BOOKS
from codefusion.data.bash_generator.names import MAKERS, SPOKEN
from codefusion.data.bash_generator.templates import fill
from codefusion.languages import get_language

# `${DIR}` is a variable of the shell, `{dir}` a slot that nobody filled.
_SLOT = re.compile(r"(?<!\$)\{([a-zA-Z]+2?)\}")
# Awk's `{print}` looks like a slot and is none.
_AWK = {"print"}


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str]]:
    return list(generate_pairs(4_000, seed=7))


@pytest.fixture(scope="module")
def find_pairs(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(utterance, code) for utterance, code in pairs if code.startswith("find ")]


def _is_said(value: str, utterance: str) -> bool:
    """Whether a value stands in an utterance by itself: 1 does not in "10 MB"."""
    bounded = rf"(?<![A-Za-z0-9]){re.escape(value)}(?!\d)"
    return re.search(bounded, utterance, re.IGNORECASE) is not None


def test_commands_are_valid_bash(pairs: list[tuple[str, str]]) -> None:
    bash = get_language("bash")
    assert [code for _, code in pairs if not bash.is_valid(code)] == []


def test_utterances_are_one_line_without_marks_of_their_patterns(
    pairs: list[tuple[str, str]],
) -> None:
    for utterance, _ in pairs:
        assert utterance == " ".join(utterance.split())
        assert not re.search(r"<\w+>|\[\w+\||@\d", utterance), utterance
        assert not _SLOT.search(utterance), utterance


def test_no_slot_of_a_find_command_stays_empty(find_pairs: list[tuple[str, str]]) -> None:
    assert [code for _, code in find_pairs if set(_SLOT.findall(code)) - _AWK] == []


@pytest.mark.parametrize(
    ("pattern", "least"),
    [
        (r" -user (\S+)", 50),
        (r" -group (\S+)", 20),
        (r" -newer (\S+)", 20),
        (r" -inum (\d+)", 10),
        (r" -size [+-]?([1-9]\d*)[ckMG]", 100),
    ],
)
def test_what_find_compares_with_is_in_the_utterance(
    pattern: str, least: int, find_pairs: list[tuple[str, str]]
) -> None:
    checked = 0
    for utterance, code in find_pairs:
        for value in re.findall(pattern, code):
            assert _is_said(value, utterance), (utterance, code)
            checked += 1
    assert checked >= least


def test_the_folder_that_is_searched_is_in_the_utterance(
    find_pairs: list[tuple[str, str]],
) -> None:
    checked = 0
    for utterance, code in find_pairs:
        folder = code.split()[1].strip("\"'")
        if folder.startswith(("/", "~/", "$")) and folder not in ("/", "~/", "$HOME"):
            assert folder.rstrip("/") in utterance, (utterance, code)
            checked += 1
    assert checked > 500


def test_what_is_looked_for_by_name_is_in_the_utterance(
    find_pairs: list[tuple[str, str]],
) -> None:
    checked = 0
    for utterance, code in find_pairs:
        for glob in re.findall(r" -i?name [\"'\\]*([^\s\"']+)", code):
            name = (
                glob.replace("\\", "").strip("*.") or "hidden"
            )  # the name of hidden files is `.*`
            assert _is_said(name, utterance) or _is_said(SPOKEN.get(name, name), utterance), (
                utterance,
                code,
            )
            checked += 1
    assert checked > 1_000


def test_most_pairs_are_distinct_and_find_has_most_of_them(
    pairs: list[tuple[str, str]], find_pairs: list[tuple[str, str]]
) -> None:
    assert len(set(pairs)) > 0.95 * len(pairs)
    assert 0.5 < len(find_pairs) / len(pairs) < 0.8


def test_every_slot_of_every_command_has_a_maker() -> None:
    for templates, _ in BOOKS:
        for template in templates.options:
            slots = set(_SLOT.findall(" ".join(template.commands)))
            assert slots <= MAKERS.keys() | _AWK, template


def test_every_utterance_has_all_its_phrases_and_slots() -> None:
    rng = random.Random(0)
    for templates, book in BOOKS:
        for template in templates.options:
            utterance, _ = template.draw(rng, book)
            assert not _SLOT.search(utterance), template


def test_braces_that_are_no_slots_stay() -> None:
    filled = fill("awk '{print $1}' {file} | xargs -I {} echo {}", {"file": "a.txt"})
    assert filled == "awk '{print $1}' a.txt | xargs -I {} echo {}"
