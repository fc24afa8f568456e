"""What of an utterance counts as a literal, and where code repeats it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codefusion.data.literals import find_literals, find_uses

COMMON = {
    "find",
    "all",
    "files",
    "the",
    "cells",
    "greater",
    "than",
    "in",
    "of",
    "top",
    "older",
    "days",
}


def literals(utterance):
    found = find_literals(utterance, lambda word: word.lower() in COMMON)
    assert all(0 <= one.start < one.end <= len(utterance) for one in found)
    return [(one.kind, one.text) for one in found]


@pytest.mark.parametrize(
    ("utterance", "expected"),
    [
        ("find all files", []),
        ("cells greater than 25.", [("number", "25")]),
        ("cells greater than 70,000", [("number", "70000")]),
        ("files older than +7days", [("number", "7")]),
        ("top 10% of $2.50", [("number", "10"), ("number", "2.50")]),
        ("the 3rd and -4", [("number", "3"), ("word", "and"), ("number", "4")]),
        ('find "New York" in the files', [("text", "New York")]),
        ("find 'it' all", [("text", "it")]),
        ("find `user1' in", [("text", "user1")]),
        ("find “a b”, ‘c’", [("text", "a b"), ("text", "c")]),
        ("find '25'", [("number", "25")]),
        ("find ''", []),
        ("the user's files", [("word", "user's")]),
        (
            "find *.php, (~/.npm) and /tmp/x;",
            [
                ("text", "*.php"),
                ("text", "~/.npm"),
                ("word", "and"),
                ("text", "/tmp/x"),
            ],
        ),
        ("find 2020-01-05", [("text", "2020-01-05")]),
        ("find zebra in Paris", [("word", "zebra"), ("word", "Paris")]),
        ("Find All", [("word", "All")]),
        ("find files. Find all", []),
        (
            "run f(x), (and $(pwd)).",
            [("word", "run"), ("text", "f(x)"), ("word", "and"), ("text", "$(pwd)")],
        ),
        ("the .txt files -- ... ?", [("text", ".txt")]),
        ("find naïve 中文", [("word", "naïve"), ("word", "中文")]),
    ],
)
def test_the_literals_of_an_utterance(utterance, expected):
    assert literals(utterance) == expected


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_literals_lie_in_order_without_overlap_in_any_text(utterance):
    found = find_literals(utterance, lambda word: len(word) < 4)
    for before, after in itertools.pairwise(found):
        assert before.end <= after.start
    for one in found:
        assert one.text
        assert utterance[one.start : one.end].replace(",", "") == one.text.replace(",", "")


def uses(code, *texts, kind="text"):
    return [code[start:end] for start, end, _ in find_uses(code, [(kind, t) for t in texts])]


def test_a_number_is_found_only_where_it_stands_whole():
    assert find_uses("a 5 25 5.5 1.5 x[5] 5> 5M", [("number", "5")]) == [
        (2, 3, "5"),
        (23, 24, "5"),
    ]


def test_a_word_is_found_only_where_it_stands_whole():
    assert uses("tmp /tmp tmpfs _tmp tmp1", "tmp") == ["tmp", "tmp", "tmp"]
    assert find_uses("*.txt a.txt", [("text", ".txt")]) == [(1, 5, ".txt"), (7, 11, ".txt")]


def test_the_longest_literal_is_found_first():
    assert uses("ls /tmp/a b", "/tmp", "/tmp/a", "b") == ["/tmp/a", "b"]


def test_case_counts():
    assert uses("France", "france") == []
