"""Ranking: by what the draws themselves say, never by a reference."""

import inspect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codefusion.errors import UsageError
from codefusion.ranking import Found, Sample, distinct, rank, varied


def samples(*codes, likelihoods=None):
    likelihoods = likelihoods or [-1.0] * len(codes)
    return [
        Sample(code, i, value)
        for i, (code, value) in enumerate(zip(codes, likelihoods, strict=True))
    ]


def codes(ranked):
    return [entry.sample.code for entry in ranked]


def test_a_valid_program_comes_before_an_invalid_one_with_more_votes():
    ranked = rank(samples("echo 'a", "echo 'a", "echo 'a", "ls -l"), "bash")
    assert codes(ranked)[0] == "ls -l"
    assert [entry.valid for entry in ranked] == [True, False, False, False]


def test_the_program_most_draws_agree_on_comes_first():
    ranked = rank(samples("pwd", "ls", "ls", likelihoods=[-0.1, -9.0, -9.0]), "bash")
    assert codes(ranked)[0] == "ls"
    assert [entry.votes for entry in ranked] == [2, 1, 2]


def test_draws_that_differ_in_formatting_only_vote_together():
    ranked = rank(samples("pwd", "pwd", "ls   -l", "ls -l", "ls -l "), "bash")
    assert ranked[0].votes == 3
    assert ranked[0].sample.code in ("ls   -l", "ls -l", "ls -l ")


def test_the_spelling_most_draws_chose_speaks_for_them():
    ranked = rank(samples("ls  -l", "ls -l", "ls -l", likelihoods=[-0.1, -5.0, -5.0]), "bash")
    assert codes(ranked)[0] == "ls -l"


def test_equal_votes_are_decided_by_likelihood_and_then_by_seed():
    ranked = rank(samples("ls", "pwd", "who", likelihoods=[-2.0, -1.0, -2.0]), "bash")
    assert codes(ranked) == ["pwd", "ls", "who"]


def test_repetitions_come_last_and_say_so():
    ranked = rank(samples("ls", "ls", "ls", "pwd", "echo 'a"), "bash")
    assert [entry.first for entry in ranked] == [True, True, True, False, False]
    assert codes(ranked) == ["ls", "pwd", "echo 'a", "ls", "ls"]


def test_votes_may_be_shared_and_what_was_only_held_possible_is_never_a_repetition():
    ranked = rank(
        [
            Sample("pwd", 0, -1.0, 0.3),
            Sample("ls  -l", 0, -1.0, 0.6, drawn=False),
            Sample("ls -l", 1, -1.0, 0.4),
            Sample("ls   -l", 1, -1.0, 0.2, drawn=False),
            Sample("who", 1, -1.0, 0.1, drawn=False),
        ],
        "bash",
    )
    assert codes(ranked) == ["ls -l", "pwd", "who"]  # as one of the draws spells it
    assert [entry.votes for entry in ranked] == pytest.approx([1.2, 0.3, 0.1])
    assert all(entry.first for entry in ranked)


@pytest.mark.parametrize("language", ["bash", "python", "cf", None])
def test_nothing_is_lost_or_invented(language):
    drawn = samples("ls", "", "ls", "x = 1", "\0", "ls  ", "GreaterThan(c[1], 3)")
    ranked = rank(drawn, language)
    assert sorted((entry.sample for entry in ranked), key=lambda s: s.seed) == drawn
    firsts = [entry for entry in ranked if entry.first]
    assert sum(entry.votes for entry in firsts) == len(drawn)


def test_without_a_language_nothing_is_known_to_be_valid():
    ranked = rank(samples("pwd", "ls  -l", "ls -l"), None)
    assert not any(entry.valid for entry in ranked)
    assert ranked[0].votes == 2


def test_the_order_draws_are_given_in_does_not_matter():
    drawn = samples("ls", "pwd", "ls ", "who", "echo 'a", likelihoods=[-3.0, -1.0, -2.0, -1.0, 0.0])
    assert rank(drawn, "bash") == rank(drawn[::-1], "bash")


def test_ranking_is_given_no_reference():
    assert list(inspect.signature(rank).parameters) == ["samples", "language"]
    assert set(Sample.__annotations__) == {"code", "seed", "log_likelihood", "vote", "drawn"}


def test_an_unknown_language_is_told_with_the_nearest_name():
    with pytest.raises(UsageError, match="did you mean 'python'"):
        rank(samples("ls"), "pyhton")


def test_no_samples_make_no_candidates():
    assert rank([], "bash") == []


def found(**probabilities):
    return [
        Found(sample, math.log(probability))
        for sample, probability in zip(samples(*probabilities), probabilities.values(), strict=True)
    ]


def test_what_was_found_comes_once_valid_ones_first_by_the_probability_of_all_spellings():
    ranked = distinct(
        found(**{"echo 'a": 0.5, "ls   -l": 0.1, "pwd": 0.15, "who": 0.05, "ls -l": 0.12}), "bash"
    )
    assert [one.sample.code for one, _ in ranked] == ["ls -l", "pwd", "who", "echo 'a"]
    assert [valid for _, valid in ranked] == [True, True, True, False]
    assert math.exp(ranked[0][0].log_probability) == pytest.approx(0.22)


LISTED = {
    "find . -name '*.py' -print": 0.4,
    "find . -name '*.py'": 0.3,
    "find . -name '*.py' -type f": 0.1,
    "find . -name '*.py' -type f -print": 0.08,
    "find . -name '*.py' -print0": 0.07,
    "ls **/*.py | sort | head": 0.03,
    "locate py": 0.002,
    "echo 'a": 0.01,
}


def texts(programs):
    return [one.sample.code for one, _ in programs]


def test_the_first_three_places_go_by_probability_and_the_others_to_what_is_new_as_well():
    programs = distinct(found(**LISTED), "bash")
    by_probability = texts(programs)
    chosen = texts(varied(programs, 5))
    assert chosen[:3] == by_probability[:3]
    assert "ls **/*.py | sort | head" in chosen[3:]  # before others of more than twice its share
    assert "locate py" not in chosen  # new, and far too improbable
    assert chosen == [code for code in by_probability if code in chosen]


@pytest.mark.parametrize("count", [1, 2, 3, 8, 20])
def test_where_there_is_nothing_to_choose_the_order_is_that_of_probability(count):
    programs = distinct(found(**LISTED), "bash")
    assert varied(programs, count) == programs[:count]


def test_an_invalid_program_is_chosen_last_however_new_it_is():
    programs = distinct(found(**LISTED), "bash")
    assert "echo 'a" not in texts(varied(programs, 7))


@given(
    st.lists(st.tuples(st.text("ab -|", max_size=12), st.floats(0.01, 1.0)), max_size=9),
    st.integers(1, 12),
)
def test_of_anything_found_as_many_are_chosen_as_there_are(listed, count):
    programs = distinct(found(**dict(listed)), "bash")
    chosen = varied(programs, count)
    assert len(chosen) == min(count, len(programs))
    assert chosen[:3] == programs[: min(3, count)]
    places = [programs.index(one) for one in chosen]
    assert places == sorted(set(places))
