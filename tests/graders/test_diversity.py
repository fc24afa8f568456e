"""Diversity of the candidates of one utterance."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codefusion.errors import UsageError
from codefusion.graders.diversity import (
    ORDERS,
    Diversity,
    Spread,
    distinct_share,
    diversity,
    mean_diversity,
    pairwise,
)


def test_five_equal_candidates_have_a_fifth_of_their_ngrams_and_no_distance() -> None:
    result = diversity(["a b c d"] * 5)
    assert result.distinct == (1 / 5, 1 / 5, 1 / 5, 1 / 5)
    assert result.edit_distance == Spread(0, 0, 0)
    assert result.similarity is None


def test_candidates_without_anything_in_common_are_wholly_distinct() -> None:
    result = diversity(["a b c d", "e f g h", "i j k l"])
    assert result.distinct == (1, 1, 1, 1)


def test_distinct_ngrams_by_hand() -> None:
    # Tokens: x + 1 | x + 2. Three and four of six are distinct: {x, +, 1, 2}; {x +, + 1, + 2} of
    # four pairs; two of two triples; no run of four.
    result = diversity(["x + 1", "x + 2"])
    assert result.distinct == (4 / 6, 3 / 4, 2 / 2, None)
    assert diversity(["x + 1", "x + 2"], per="tokens").distinct == (4 / 6, 3 / 6, 2 / 6, 0)


def test_an_ngram_does_not_reach_from_one_candidate_into_the_next() -> None:
    assert distinct_share([["a"], ["b"]], 2) is None
    assert distinct_share([["a"], ["b"]], 2, per="tokens") == 0


def test_edit_distance_is_over_characters_and_the_longer_text_of_each_pair() -> None:
    result = diversity(["abcd", "abxd", "ab"])
    # 1 of 4, 2 of 4, 2 of 4.
    assert result.edit_distance is not None
    assert astuple(result.edit_distance) == pytest.approx((0.25, 0.5, 1.25 / 3))


def test_similarity_is_asked_once_for_each_unordered_pair() -> None:
    asked: list[tuple[str, str]] = []

    def similarity(first: str, second: str) -> float:
        asked.append((first, second))
        return len(asked) / 10

    result = diversity(["a", "b", "c"], similarity=similarity)
    assert asked == [("a", "b"), ("a", "c"), ("b", "c")]
    assert result.similarity is not None
    assert astuple(result.similarity) == pytest.approx((0.1, 0.3, 0.2))


@pytest.mark.parametrize("candidates", [[], ["a"]])
def test_fewer_than_two_candidates_have_no_pairs(candidates: list[str]) -> None:
    assert pairwise(candidates, lambda first, second: 1.0) is None
    assert diversity(candidates).edit_distance is None


def test_the_mean_leaves_out_what_an_utterance_does_not_have() -> None:
    rows = [
        Diversity((0.5, 0.5, None, None), Spread(0, 1, 0.5), None),
        Diversity((1.0, 0.75, 0.2, None), Spread(0.5, 1, 0.75), Spread(0.9, 1, 0.95)),
        Diversity((None, None, None, None), None, None),
    ]
    result = mean_diversity(rows)
    assert result.distinct == (0.75, 0.625, 0.2, None)
    assert result.edit_distance == Spread(0.25, 1, 0.625)
    assert result.similarity == Spread(0.9, 1, 0.95)
    assert mean_diversity([]) == Diversity((None,) * len(ORDERS), None, None)


def test_an_unknown_denominator_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean 'tokens'"):
        distinct_share([["a"]], 1, per="token")  # type: ignore[arg-type]


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_candidates_give_shares_between_nothing_and_one(candidates: list[str]) -> None:
    result = diversity(candidates)
    assert all(share is None or 0 < share <= 1 for share in result.distinct)
    spread = result.edit_distance
    assert (spread is None) is (len(candidates) < 2)
    if spread:
        assert 0 <= spread.min <= spread.mean + 1e-12
        assert spread.mean <= spread.max + 1e-12 <= 1 + 1e-12


@given(st.lists(st.text(alphabet="ab (", max_size=10), min_size=2, max_size=5))
def test_the_order_of_candidates_does_not_matter(candidates: list[str]) -> None:
    forward, backward = diversity(candidates), diversity(candidates[::-1])
    assert forward.distinct == backward.distinct
    assert forward.edit_distance == backward.edit_distance
