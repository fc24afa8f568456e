"""CoNaLa's BLEU and CodeBLEU: hand-computed cases and properties."""

import math
import random
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu import metrics

from codefusion.errors import DataError, UsageError
from codefusion.graders.python import (
    CodeBleu,
    code_bleu,
    conala_bleu,
    conala_tokens,
    python_tokens,
)

GOLDS = [
    "x = [int(i) for i in s.split()]",
    "df.groupby('a').apply(lambda g: g.sort_values(by=['b']).head(2))",
    "for key, value in d.items():\n    print(key, value)",
    "subprocess.call('dir', shell=True)",
    "with open(path) as f:\n    lines = f.readlines()",
    "a, b = b, a",
    "x",
]
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *("x", "y", " = ", "f(", ")", "[", "]", ", ", ": ", "lambda ", "for ", " in ", "if "),
            *("\n", "    ", "'a'", "1", " + ", ".a", "def f(a=x):", "import a", "with ", " as "),
            *("del ", "while ", "return ", "*", "{", "}", ":= ", "else ", "class A:", "try:", "#"),
            "+= ",
        ]
    ),
    max_size=25,
).map("".join)
TEXTS = st.one_of(FRAGMENTS, st.text(max_size=20))
PROGRAMS = st.sampled_from(GOLDS)


# CoNaLa


def test_conala_tokens_split_at_signs_and_humps_and_not_at_underscores() -> None:
    assert conala_tokens("myList2.sort_by(key='aBc')\n") == (
        ["my", "List2", ".", "sort_by", "(", "key", "=", "`", "a", "Bc", "`", ")"]
    )
    assert conala_tokens('  HTTPServer\t_aB é"') == ["HTTPServer", "_a", "B", "é", "`"]
    assert conala_tokens(" \n") == []


def test_quotes_and_white_space_make_no_difference_to_conala_bleu() -> None:
    candidate = 'subprocess . call( "dir",shell = True )'
    assert conala_bleu([candidate], ["subprocess.call('dir', shell=True)"]) == pytest.approx(100)


def test_conala_bleu_by_hand() -> None:
    # Eleven tokens each, the fifth of them wrong: it breaks one token, two pairs, three triples,
    # four runs of four.
    got = conala_bleu(["f(a, b)[0].x"], ["f(a, c)[0].x"])
    hits = (10 / 11, 8 / 10, 6 / 9, 4 / 8)
    assert got == pytest.approx(100 * math.prod(hits) ** 0.25)


def test_conala_bleu_of_golds_is_a_hundred_and_of_other_rows_near_nothing() -> None:
    assert conala_bleu(GOLDS, GOLDS) == pytest.approx(100)
    assert conala_bleu(GOLDS[1:] + GOLDS[:1], GOLDS) < 10


def test_conala_bleu_is_not_smoothed() -> None:
    assert conala_bleu(["a(b)"], ["a(c)"]) == 0


@pytest.mark.parametrize("seed", range(10))
def test_conala_bleu_of_random_corpora_is_that_of_sacrebleu_on_its_tokens(seed: int) -> None:
    rng = random.Random(seed)
    golds = rng.choices(GOLDS, k=6)
    candidates = [_perturbed(rng, gold) for gold in golds]
    theirs = metrics.BLEU(tokenize="none", smooth_method="none", force=True).corpus_score(
        [" ".join(conala_tokens(text)) for text in candidates],
        [[" ".join(conala_tokens(text)) for text in golds]],
    )
    assert conala_bleu(candidates, golds) == pytest.approx(theirs.score, abs=1e-9)


def _perturbed(rng: random.Random, code: str) -> str:
    tokens = python_tokens(code)
    for _ in range(rng.randint(0, 2)):
        tokens[rng.randrange(len(tokens))] = rng.choice(["myList", "x_1", "'a b'", "(", "df"])
    return " ".join(tokens)


# CodeBLEU


@pytest.mark.parametrize("gold", GOLDS)
def test_a_gold_scores_a_hundred_in_every_part_it_has(gold: str) -> None:
    result = code_bleu(gold, gold)
    assert result.score == pytest.approx(100)
    assert [result.ngram, result.weighted_ngram] == pytest.approx([100, 100])
    assert result.syntax == 100
    assert result.dataflow in (None, 100)


def test_other_golds_score_far_below() -> None:
    others = [code_bleu(a, b).score for a, b in zip(GOLDS[1:] + GOLDS[:1], GOLDS, strict=True)]
    assert sum(others) / len(others) < 25


def test_a_gold_without_data_flow_leaves_its_weight_to_the_other_parts() -> None:
    result = code_bleu("f(2)", "f(1)")
    assert result.dataflow is None
    assert result.syntax == 100
    assert result.score == pytest.approx((result.ngram + result.weighted_ngram + 100) / 3)
    weighted = code_bleu("f(2)", "f(1)", weights=(0.1, 0.1, 0.4, 0.4))
    expected = (0.1 * result.ngram + 0.1 * result.weighted_ngram + 0.4 * 100) / 0.6
    assert weighted.score == pytest.approx(expected)


def test_a_gold_that_does_not_parse_leaves_only_the_ngrams() -> None:
    result = code_bleu("print(x)", "print x")
    assert (result.syntax, result.dataflow) == (None, None)
    assert result.score == pytest.approx((result.ngram + result.weighted_ngram) / 2)
    assert code_bleu("print x", "print x").score == pytest.approx(100)


@pytest.mark.parametrize("candidate", ["y = x + )", "", "# y = x + 1", "y = x + 1\x00"])
def test_a_candidate_that_does_not_parse_gets_nothing_for_syntax_and_data_flow(
    candidate: str,
) -> None:
    result = code_bleu(candidate, "y = x + 1")
    assert (result.syntax, result.dataflow) == (0, 0)
    assert result.score == pytest.approx((result.ngram + result.weighted_ngram) / 4)


def test_a_keyword_counts_five_times_as_much_as_another_token() -> None:
    # Of "not x", the keyword is right and the name is wrong, and the other way round.
    assert code_bleu("not x", "not y").weighted_ngram == pytest.approx(100 * 5 / 6)
    assert code_bleu("+ y", "not y").weighted_ngram == pytest.approx(100 * 1 / 2)
    assert code_bleu("not", "not y").weighted_ngram == pytest.approx(100 * math.exp(-1))


@pytest.mark.parametrize(
    ("candidate", "matched"),
    [
        # The gold's subtrees: program, assignment, sum.
        ("y = b + 2", 3),
        ("f(b + 2)", 1),
        ("x = a - 1", 0),
        ("x = a + 'c'", 0),
        ("x = a + 1\ny = b + 2", 2),
    ],
)
def test_syntax_by_hand(candidate: str, matched: int) -> None:
    assert code_bleu(candidate, "x = a + 1").syntax == pytest.approx(100 * matched / 3)


def test_a_subtree_counts_as_often_as_both_have_it() -> None:
    # Program, two statements, two sums; the candidate has one statement and one sum.
    assert code_bleu("a + b", "a + b\nc + d").syntax == pytest.approx(100 * 2 / 5)


def test_where_a_child_stands_makes_another_subtree() -> None:
    assert code_bleu("s[:1]", "s[1:]").syntax == 0


@pytest.mark.parametrize(
    ("gold", "candidate", "share"),
    [
        # y from x, z from y, and the reading of y: the second candidate breaks two of three.
        ("y = x\nz = y", "b = a\nc = b", 1),
        ("y = x\nz = y", "b = a\nc = a", 1 / 3),
        # The first mention of `a` stands for its origin, the second comes from it.
        ("f(a, a)", "f(b, b)", 1),
        ("f(a, a)", "f(a, b)", 0),
        # Pairs are set one by one.
        ("a, b = c, d", "a = c\nb = d", 1),
        # The variable of a loop is computed from what it runs over, and read in the body.
        ("for i in xs:\n    print(i)", "[j for j in ys]", 1),
        ("t += x", "t = t + x", 1),
        ("with open(p) as f:\n    f.read()", "f = open(p)\nf.read()", 1),
        ("f = lambda x: x", "def g(y):\n    return y", 1),
    ],
)
def test_data_flow_by_hand(gold: str, candidate: str, share: float) -> None:
    assert code_bleu(candidate, gold).dataflow == pytest.approx(100 * share)


@pytest.mark.parametrize(
    "gold", ["print('a')", "max(min(1, 2))", "x", "f(a, b)", "import re", "x = 1"]
)
def test_code_in_which_no_value_flows_has_no_data_flow(gold: str) -> None:
    assert code_bleu(gold, gold).dataflow is None


def test_a_value_may_come_from_either_branch_and_from_the_round_before() -> None:
    def edges(code: str, prefix: str) -> float:
        """Share of `code`'s edges that are left when only `prefix` is written."""
        share = code_bleu(prefix, code).dataflow
        assert share is not None
        return share

    # Reading x has two origins, so that dropping one branch drops one of two edges.
    assert edges("if c:\n    x = 1\nelse:\n    x = 2\nprint(x)", "x = 1\nprint(x)") == 50
    # t comes from before the loop and from the round before, is computed from t and from i, i
    # from xs, i from i: six edges; without the loop, the round before is lost.
    loop = "t = 0\nfor i in xs:\n    t = t + i"
    assert edges(loop, "t = 0\ni = xs\nt = t + i") == pytest.approx(100 * 5 / 6)


def test_a_comprehension_keeps_its_variable_to_itself() -> None:
    # Outside of it, x is what it was before: reading it comes from `x = a`, as without it.
    assert code_bleu("x = a\nprint(x)", "x = a\n[0 for x in ()]\nprint(x)").dataflow == 100


def test_the_best_gold_counts_and_alone_decides_the_parts() -> None:
    golds = ["y = x\nz = y", "f(1)"]
    assert code_bleu("f(1)", golds) == code_bleu("f(1)", "f(1)")
    assert code_bleu("f(1)", golds).score == pytest.approx(100)


def test_tokens_are_operators_strings_and_numbers_without_comments() -> None:
    code = "x**=1.5 != rb'a \\' b' # c\ny //= f\"{z}\" if'a'else n"
    assert python_tokens(code) == [
        *("x", "**=", "1.5", "!=", "rb'a \\' b'"),
        *("y", "//=", 'f"{z}"', "if", "'a'", "else", "n"),
    ]


@pytest.mark.parametrize(
    "weights",
    [(0.5, 0.5), (0, 0, 0.5, 0.5), (-1, 1, 1, 1), (math.nan, 1, 1, 1), (math.inf, 1, 1, 1)],
)
def test_weights_that_cannot_be_scaled_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="weights"):
        code_bleu("a", "a", weights=weights)  # type: ignore[arg-type]


def test_a_candidate_without_a_gold_is_refused() -> None:
    with pytest.raises(DataError, match="no gold"):
        code_bleu("a", [])


@pytest.mark.parametrize(
    "code",
    [
        "a" + ".b" * 3000,
        "+".join("a" * 3000),
        "(" * 500 + ")" * 500,
        "9" * 5000,
        "'\ud800'",
        "\n".join(" " * depth + "for x in x:" for depth in range(60)) + "\n" + " " * 60 + "x = x",
    ],
)
def test_code_too_large_for_a_parser_or_a_walk_gets_a_score_all_the_same(code: str) -> None:
    for candidate, gold in ((code, "y = x\nz = y"), ("y = x", code), (code, code)):
        assert 0 <= code_bleu(candidate, gold).score <= 100
    assert code_bleu(code, code).score == pytest.approx(100)


def test_an_invalid_escape_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert code_bleu("'\\d'", "'\\d'").score == pytest.approx(100)


def _parts(result: CodeBleu) -> list[float]:
    parts = (result.score, result.ngram, result.weighted_ngram, result.syntax, result.dataflow)
    return [part for part in parts if part is not None]


@given(candidate=st.one_of(TEXTS, PROGRAMS), gold=st.one_of(TEXTS, PROGRAMS))
def test_any_two_texts_have_scores_in_range(candidate: str, gold: str) -> None:
    assert all(0 <= part <= 100 + 1e-9 for part in _parts(code_bleu(candidate, gold)))
    assert 0 <= conala_bleu([candidate], [gold]) <= 100 + 1e-9


@given(gold=TEXTS, others=st.lists(PROGRAMS, max_size=2))
def test_any_gold_with_a_token_scores_a_hundred_among_others(gold: str, others: list[str]) -> None:
    if python_tokens(gold):
        assert code_bleu(gold, [*others, gold]).score == pytest.approx(100)
