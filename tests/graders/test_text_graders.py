"""BLEU, chrF and edit distance: hand-computed cases, properties, and a second implementation."""

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu import metrics

from codefusion.errors import DataError, UsageError
from codefusion.graders.text import (
    Golds,
    Smoothing,
    bleu,
    bleu_counts,
    bleu_from_counts,
    brevity_penalty,
    chrf,
    chrf_counts,
    chrf_from_counts,
    code_tokens,
    edit_distance,
    normalised_edit_distance,
    sentence_bleu,
)

GOLDS = [
    "df.groupby('a').apply(lambda g: g.sort_values(by=['b']).head(2))",
    "print(max(len(word) for word in line.split()))",
    "subprocess.call('dir', shell=True)",
    "os.path.splitext(os.path.basename(path))[0]",
]
SMOOTHINGS: tuple[Smoothing, ...] = ("none", "floor", "add-one", "exp")
CAT_GOLD = "the cat is on the mat"
CAT_CANDIDATE = "the cat the cat on mat"

texts = st.text(alphabet=st.one_of(st.sampled_from("ab (.x\n"), st.characters()), max_size=30)


# BLEU


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_golds_score_a_hundred_under_every_smoothing(smoothing: Smoothing) -> None:
    assert bleu(GOLDS, GOLDS, smoothing=smoothing) == pytest.approx(100, abs=1e-12)
    for gold in GOLDS:
        assert sentence_bleu(gold, gold, smoothing=smoothing) == pytest.approx(100, abs=1e-12)


def test_golds_of_other_rows_score_near_nothing() -> None:
    assert bleu(GOLDS[1:] + GOLDS[:1], GOLDS) < 5


def test_bleu_by_hand() -> None:
    # One gold "a b c d e", candidate "a b c d f": precisions 4/5, 3/4, 2/3, 1/2, no penalty.
    expected = 100 * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25
    assert bleu(["a b c d f"], ["a b c d e"]) == pytest.approx(expected, abs=1e-12)
    # One token less, so every precision is 1 and only the penalty is left.
    assert bleu(["a b c d"], ["a b c d e"]) == pytest.approx(100 * math.exp(-1 / 4), abs=1e-12)


@pytest.mark.parametrize(
    ("smoothing", "precisions"),
    [
        # "the cat the cat on mat" shares 5 of 6 tokens and 1 of 5 pairs with "the cat is on the
        # mat", and none of 4 and 3 longer runs.
        ("none", (5 / 6, 1 / 5, 0, 0)),
        ("floor", (5 / 6, 1 / 5, 0.1 / 4, 0.1 / 3)),
        ("add-one", (5 / 6, 2 / 6, 1 / 5, 1 / 4)),
        ("exp", (5 / 6, 1 / 5, 1 / 2 / 4, 1 / 4 / 3)),
    ],
)
def test_each_smoothing_by_hand(smoothing: Smoothing, precisions: tuple[float, ...]) -> None:
    got = bleu([CAT_CANDIDATE], [CAT_GOLD], smoothing=smoothing)
    assert got == pytest.approx(100 * math.prod(precisions) ** 0.25, abs=1e-12)


def test_a_token_counts_no_more_often_than_in_the_gold_that_has_it_most() -> None:
    # Papineni et al. (2002), example 2: 2 of the 7 are matched.
    counts = bleu_counts("the the the the the the the", [CAT_GOLD, "there is a cat on the mat"])
    assert counts.tolist() == [2, 0, 0, 0, 7, 6, 5, 4, 7, 7]


def test_the_penalty_is_against_the_nearest_gold_and_the_shorter_of_two() -> None:
    assert bleu_counts("a b c", ["a", "a b c d e f", "a b c d"])[-1] == 4
    assert bleu_counts("a b c", ["a b c d", "a b"])[-1] == 2
    assert brevity_penalty(3, 4) == pytest.approx(math.exp(-1 / 3))
    assert brevity_penalty(4, 3) == 1
    assert brevity_penalty(0, 3) == 0


def test_a_short_gold_needs_the_effective_order_to_score_a_hundred() -> None:
    assert bleu(["x + y"], ["x + y"]) == 0
    assert bleu(["x + y"], ["x + y"], effective_order=True) == 100
    assert sentence_bleu("x", "x") == 100
    assert sentence_bleu("", "") == 0


def test_bleu_is_of_the_corpus_and_not_a_mean_of_rows() -> None:
    rows = [bleu_counts(c, g) for c, g in zip(GOLDS[1:] + GOLDS[:1], GOLDS, strict=True)]
    assert bleu_from_counts(sum(rows[1:], rows[0])) == bleu(GOLDS[1:] + GOLDS[:1], GOLDS)
    # Nothing of the second row is right, but it doesn't halve the score of the first.
    assert bleu(["a b c d e", "z"], ["a b c d e", "y"]) == pytest.approx(100 * (5 / 6) ** 0.25)


def test_code_is_cut_at_every_sign_and_not_within_words() -> None:
    assert code_tokens(" df2.loc[:,'é_1']\n") == [
        *("df2", ".", "loc", "[", ":", ",", "'", "é_1", "'", "]")
    ]


# chrF


def test_golds_have_a_chrf_of_a_hundred_and_foreign_texts_none() -> None:
    assert chrf(GOLDS, GOLDS) == pytest.approx(100)
    assert chrf(["zzz"], ["aaa"]) == 0
    assert chrf([""], [""]) == 0


def test_chrf_by_hand() -> None:
    # "abc" against "abd e", white space aside: 2 of 3 and of 4 characters, 1 of 2 and of 3 pairs,
    # 0 of 1 and of 2 triples; longer runs are missing in the candidate.
    precision = (2 / 3 + 1 / 2 + 0) / 3
    recall = (2 / 4 + 1 / 3 + 0) / 3
    expected = 100 * 5 * precision * recall / (4 * precision + recall)
    assert chrf(["abc"], ["abd e"]) == pytest.approx(expected)


def test_chrf_weighs_recall_over_precision() -> None:
    assert chrf(["abcdefgh"], ["abcdef"]) > chrf(["abcdef"], ["abcdefgh"])


def test_chrf_takes_the_better_gold_and_sums_counts_over_rows() -> None:
    assert chrf(["abc"], [["xyz", "abc"]]) == pytest.approx(100)
    rows = [chrf_counts(c, g) for c, g in zip(GOLDS[1:] + GOLDS[:1], GOLDS, strict=True)]
    assert chrf_from_counts(sum(rows[1:], rows[0])) == chrf(GOLDS[1:] + GOLDS[:1], GOLDS)


# Numbers computed with sacrebleu 2.6.0: BLEU(tokenize="none", smooth_method=…, force=True) on
# space-separated tokens, CHRF() on the texts as they are.

FROZEN_CANDIDATES = ["sorted ( x , key = d . get )", "x = { int ( i ) }", "len ( a )"]
FROZEN_GOLDS: list[Golds] = [
    [
        "sorted ( d . items ( ) , key = itemgetter ( 1 ) )",
        "sorted ( d , key = lambda k : d [ k ] )",
    ],
    ["x = [ float ( i ) for i in s ]", "x = list ( map ( int , s ) )"],
    ["len ( b )", "a . __len__ ( )"],
]


@pytest.mark.parametrize(
    ("smoothing", "expected"),
    [
        ("none", 0.0000000000),
        ("floor", 9.8141707540),
        ("add-one", 18.9874678298),
        ("exp", 14.6756082756),
    ],
)
def test_bleu_with_two_golds_is_that_of_sacrebleu(smoothing: Smoothing, expected: float) -> None:
    got = bleu(FROZEN_CANDIDATES, FROZEN_GOLDS, tokenize=str.split, smoothing=smoothing)
    assert got == pytest.approx(expected, abs=1e-9)


def test_a_sentence_and_a_corpus_have_the_scores_of_sacrebleu() -> None:
    assert sentence_bleu(CAT_CANDIDATE, CAT_GOLD) == pytest.approx(20.4124145232, abs=1e-9)
    assert chrf(FROZEN_CANDIDATES, FROZEN_GOLDS) == pytest.approx(27.2202033558, abs=1e-9)
    assert chrf([CAT_CANDIDATE], [CAT_GOLD]) == pytest.approx(40.4189933060, abs=1e-9)


def _perturbed(rng: random.Random, text: str) -> str:
    words = text.split()
    for _ in range(rng.randint(0, 4)):
        words.insert(rng.randint(0, len(words)), rng.choice("abcdefgh"))
        words.pop(rng.randrange(len(words)))
    return " ".join(words)


def _random_corpus(rng: random.Random) -> tuple[list[str], list[list[str]]]:
    alternatives = rng.randint(1, 3)
    golds = [
        [" ".join(rng.choices("abcdefgh", k=rng.randint(1, 12))) for _ in range(alternatives)]
        for _ in range(rng.choice([1, 2, 10]))
    ]
    return [_perturbed(rng, rng.choice(row)) for row in golds], golds


@pytest.mark.parametrize("seed", range(25))
def test_random_corpora_score_as_with_sacrebleu(seed: int) -> None:
    candidates, golds = _random_corpus(random.Random(seed))
    transposed = [list(column) for column in zip(*golds, strict=True)]
    for smoothing in SMOOTHINGS:
        for effective_order in (False, True):
            theirs = metrics.BLEU(
                tokenize="none",
                smooth_method="add-k" if smoothing == "add-one" else smoothing,
                smooth_value=1 if smoothing == "add-one" else None,
                effective_order=effective_order,
                force=True,
            )
            ours = bleu(candidates, golds, smoothing=smoothing, effective_order=effective_order)
            expected = theirs.corpus_score(candidates, transposed).score
            assert ours == pytest.approx(expected, abs=1e-9)
    expected = metrics.CHRF().corpus_score(candidates, transposed).score
    assert chrf(candidates, golds) == pytest.approx(expected, abs=1e-9)


# Mistakes, and any text


@pytest.mark.parametrize("score", [bleu, chrf])
@pytest.mark.parametrize(
    ("candidates", "golds"),
    [([], []), (["a"], []), (["a"], ["a", "b"]), (["a"], [[]]), ("a", ["a"]), (["a"], "a")],
)
def test_rows_that_do_not_match_are_refused(
    score: Callable[..., float], candidates: list[str], golds: list[Golds]
) -> None:
    with pytest.raises(DataError):
        score(candidates, golds)


def test_an_unknown_smoothing_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean 'floor'"):
        bleu(["a"], ["a"], smoothing="flor")  # type: ignore[arg-type]


@given(candidate=texts, golds=st.lists(texts, min_size=1, max_size=3))
def test_every_score_of_any_text_is_in_its_range(candidate: str, golds: list[str]) -> None:
    for smoothing in SMOOTHINGS:
        assert 0 <= bleu([candidate], [golds], smoothing=smoothing) <= 100 + 1e-9
        assert 0 <= sentence_bleu(candidate, golds, smoothing=smoothing) <= 100 + 1e-9
    assert 0 <= chrf([candidate], [golds]) <= 100 + 1e-9
    assert 0 <= normalised_edit_distance(candidate, golds[0]) <= 1


@given(gold=texts, others=st.lists(texts, max_size=2))
def test_a_gold_among_others_scores_a_hundred_or_holds_no_token(
    gold: str, others: list[str]
) -> None:
    best = 100 if code_tokens(gold) else 0
    assert sentence_bleu(gold, [*others, gold]) == pytest.approx(best)
    assert chrf([gold], [[*others, gold]]) == pytest.approx(100 if gold.split() else 0)


# Edit distance


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("", "", 0), ("ab", "ba", 2)],
)
def test_edit_distance_by_hand(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == distance
    longer = max(len(first), len(second), 1)
    assert normalised_edit_distance(first, second) == distance / longer


def test_tokens_count_whole_where_characters_count_one_by_one() -> None:
    first, second = "max(values)", "min(values)"
    assert edit_distance(first, second) == 2
    assert edit_distance(code_tokens(first), code_tokens(second)) == 1
    assert normalised_edit_distance(code_tokens(first), code_tokens(second)) == 1 / 4


@given(a=texts, b=texts, c=texts)
def test_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    assert (edit_distance(a, b) == 0) is (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert edit_distance(a, b) >= abs(len(a) - len(b))
