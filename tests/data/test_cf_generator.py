"""Properties of the conditional-formatting generator that a model trained on it relies on."""

from __future__ import annotations

import re

import pytest

from codefusion.data.cf_generator import GeneratedPair, generate_pairs

FUNCTIONS = (
    *("GreaterThan", "LessThan", "GreaterThanEqual", "LessThanEqual", "Between", "Equals"),
    *("NotEquals", "TextEquals", "TextContains", "TextStartsWith", "TextEndsWith"),
    *("StartsWith", "EndsWith", "LEN", "Blanks", "Errors", "Duplicate", "Duplicates"),
    *("top", "bottom", "Top", "Bottom", "TopPercent", "BottomPercent"),
    *("aboveAverage", "belowAverage", "AboveAverage", "BelowAverage"),
    *("ColorScale", "DataBar", "IconSet", "NOT", "AND", "OR"),
    *("Yesterday", "Today", "Tomorrow", "Last7Days", "LastWeek", "ThisWeek", "NextWeek"),
    *("LastMonth", "ThisMonth", "NextMonth"),
)
# An argument of the innermost function: no brackets but one balanced pair, as in `Tax (2021)`.
_LEAF = re.compile(
    r"(Text\w+|StartsWith|EndsWith|Equals|GreaterThan|LessThan|GreaterThanEqual|LessThanEqual|Between)"
    r"\(((?:[^()]|\([^()]*\))*)\)"
)


@pytest.fixture(scope="module")
def pairs() -> list[GeneratedPair]:
    return list(generate_pairs(20_000, seed=7))


def literals(code: str) -> list[str]:
    """The texts and numbers of a rule, without quotes and column references."""
    found = []
    for name, body in _LEAF.findall(code):
        for part in [body] if name.startswith("Text") and "c[" not in body else body.split(","):
            value = part.strip().strip("'\"")
            if value and not re.fullmatch(r"(LEN\()?c\[\d+\]\)?", value):
                found.append(value)
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_appears(pairs: list[GeneratedPair], function: str) -> None:
    assert any(re.search(rf"\b{function}\(", pair.code) for pair in pairs)


def test_literals_can_be_copied_from_the_utterance(pairs: list[GeneratedPair]) -> None:
    said = [value in pair.utterance for pair in pairs for value in literals(pair.code)]
    assert sum(said) / len(said) >= 0.95


def test_columns_exist(pairs: list[GeneratedPair]) -> None:
    for pair in pairs:
        for index in re.findall(r"c\[(\d+)\]", pair.code):
            assert int(index) < len(pair.table[0])


def test_tables_are_rectangular(pairs: list[GeneratedPair]) -> None:
    assert all(len(row) == len(pair.table[0]) for pair in pairs for row in pair.table)


def test_both_dialects_appear_with_their_tables(pairs: list[GeneratedPair]) -> None:
    named = sum("c[" in pair.code for pair in pairs)
    assert 0.1 < named / len(pairs) < 0.4
    for pair in pairs:
        assert (pair.table[0][:2] == ["Index", "Value"]) == ("c[" not in pair.code)


def test_most_pairs_are_distinct(pairs: list[GeneratedPair]) -> None:
    distinct = {(pair.utterance, pair.code) for pair in pairs[:10_000]}
    assert len(distinct) >= 7_000


def test_utterances_are_finished_sentences(pairs: list[GeneratedPair]) -> None:
    for pair in pairs:
        assert pair.utterance == pair.utterance.strip()
        assert "  " not in pair.utterance
        assert not re.search(r"<\w+>", pair.utterance)


@pytest.mark.parametrize("combinator", ["AND", "OR"])
@pytest.mark.parametrize("inside", ["Blanks", "Text", "Equals", "(GreaterThan|LessThan)", "Errors"])
def test_conditions_of_all_kinds_are_joined(
    pairs: list[GeneratedPair], combinator: str, inside: str
) -> None:
    codes = [pair.code for pair in pairs if pair.code.startswith(f"{combinator}(")]
    assert sum(bool(re.search(rf"\b{inside}", code)) for code in codes) > 20


def test_every_rule_parses(pairs: list[GeneratedPair]) -> None:
    from codefusion.languages import get_language

    language = get_language("cf")
    assert [pair.code for pair in pairs if not language.is_valid(pair.code)] == []
