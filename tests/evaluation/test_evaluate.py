from typing import Any

import numpy as np
import pytest

from codefusion.data.examples import Example
from codefusion.evaluation.evaluate import evaluate, group_golds, predict
from codefusion.evaluation.grading import (
    Evaluation,
    Prediction,
    bootstrap,
    grade,
    same_text,
)

ROWS = [Example(f"print {n}", f"echo {n} | tee {n}.txt", "bash") for n in range(40)]


def grade_lists(candidates: list[list[str]]) -> Evaluation:
    rows = zip(ROWS, candidates, strict=False)
    return grade([Prediction(row, tuple(one)) for row, one in rows])


@pytest.mark.parametrize(
    ("candidate", "gold", "same"),
    [
        ("ls -l", "ls -l", True),
        ("  ls \t -l\n", "ls -l", True),
        ("if a:\n    b", "if a:\n\tb", True),
        ("ls -l", "ls-l", False),
        ("ls -l", "LS -l", False),
        ("echo 'a'", 'echo "a"', False),
        ("ls", "ls;", False),
        ("", "ls", False),
        ("", "  ", True),
    ],
)
def test_exact_match_ignores_the_length_of_white_space_and_nothing_else(
    candidate: str, gold: str, same: bool
) -> None:
    assert same_text(candidate, gold) is same
    assert same_text(gold, candidate) is same


def test_golds_score_a_hundred_on_every_metric_without_any_spread() -> None:
    result = grade_lists([[row.code] for row in ROWS])
    for metric in (result.exact_match, result.normal_form_match, result.validity):
        for one in metric.values():
            assert (one.value, one.low, one.high) == (100.0, 100.0, 100.0)
    assert result.n == len(ROWS)


def test_golds_of_other_rows_score_nothing() -> None:
    shifted = [row.code for row in ROWS[1:] + ROWS[:1]]
    result = grade_lists([[code] for code in shifted])
    for one in (*result.exact_match.values(), *result.normal_form_match.values()):
        assert (one.value, one.low, one.high) == (0.0, 0.0, 0.0)
    assert result.validity["top1"].value == 100.0


def test_shuffled_golds_score_near_nothing() -> None:
    order = np.random.default_rng(0).permutation(len(ROWS))
    result = grade_lists([[ROWS[i].code] for i in order])
    assert result.exact_match["top1"].value <= 10.0


@pytest.mark.parametrize("seed", range(5))
def test_top_five_is_never_below_top_three_nor_top_three_below_top_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    lists = [
        [row.code if random.random() < 0.3 else "ls" for _ in range(random.integers(0, 6))]
        for row in ROWS
    ]
    result = grade_lists(lists)
    for metric in (result.exact_match, result.normal_form_match):
        assert metric["top1"].value <= metric["top3"].value <= metric["top5"].value
    assert result.exact_match["top1"].value < result.exact_match["top5"].value


@pytest.mark.parametrize(("place", "hits"), [(0, (1, 1, 1)), (2, (0, 1, 1)), (4, (0, 0, 1))])
def test_a_gold_counts_from_the_place_it_stands_at(place: int, hits: tuple[int, ...]) -> None:
    candidates = ["ls"] * 5
    candidates[place] = ROWS[0].code
    result = grade_lists([candidates])
    assert tuple(one.value / 100 for one in result.exact_match.values()) == hits


def test_a_gold_past_the_fifth_place_does_not_count() -> None:
    result = grade_lists([["ls"] * 5 + [ROWS[0].code]])
    assert result.exact_match["top5"].value == 0.0


def test_another_spelling_of_the_gold_matches_in_normal_form_only() -> None:
    gold = Example("greet", "print('hi')", "python")
    result = grade([Prediction(gold, ('print("hi")',))])
    assert result.exact_match["top1"].value == 0.0
    assert result.normal_form_match["top1"].value == 100.0


def test_validity_is_the_share_of_valid_programs_among_those_shown() -> None:
    result = grade_lists([["ls", "if", "ls"], ["if"]])
    assert result.validity["top1"].value == 50.0
    assert result.validity["top3"].value == pytest.approx(100 * (2 / 3 + 0) / 2, abs=0.01)


def test_every_row_is_judged_by_the_grammar_of_its_own_language() -> None:
    code = "x = [1, 2]"
    rows = [Example("u", code, "python"), Example("u", code, "cf")]
    result = grade([Prediction(row, (code,)) for row in rows])
    assert result.validity["top1"].value == 50.0


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_contains_the_mean_and_lies_within_the_percents(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = (random.random(50) < random.random()).astype(float)
    one = bootstrap(list(scores))
    assert one.value == pytest.approx(100 * scores.mean())
    assert 0.0 <= one.low <= one.value <= one.high <= 100.0
    assert one.low < one.high


@pytest.mark.parametrize("score", [0.0, 1.0])
@pytest.mark.parametrize("n", [1, 30])
def test_the_interval_of_equal_scores_is_a_point(score: float, n: int) -> None:
    one = bootstrap([score] * n)
    assert (one.low, one.value, one.high) == (100 * score,) * 3


def test_the_interval_narrows_with_the_number_of_rows_as_theory_says() -> None:
    for n in (100, 1600):
        one = bootstrap([0.0, 1.0] * (n // 2))
        expected = 2 * 1.96 * 100 * 0.5 / n**0.5
        assert one.high - one.low == pytest.approx(expected, rel=0.15)


def test_the_interval_is_the_same_whenever_it_is_computed() -> None:
    scores = [0.0, 1.0, 1.0, 0.0, 1.0]
    assert bootstrap(scores) == bootstrap(scores)


def test_an_utterance_the_model_cannot_read_counts_as_wrong_and_keeps_the_reason(
    pipeline: Any, examples: list[Example]
) -> None:
    long = Example("word " * 200, "ls", "bash")
    rows = [examples[0], long, examples[1]]
    result = evaluate(pipeline, rows, samples=5, steps=2)
    readable, unreadable, other = result.predictions
    assert unreadable.candidates == ()
    assert unreadable.error is not None
    assert "too long" in unreadable.error
    assert "\n" not in unreadable.error
    assert readable.error is other.error is None
    assert len(readable.candidates) == len(other.candidates) == 5
    assert result.n == 3
    assert result.validity["top1"].value <= 66.67


def test_one_unreadable_utterance_changes_nothing_for_its_neighbours(
    pipeline: Any, examples: list[Example]
) -> None:
    options = {"samples": 3, "steps": 2, "candidates": 3}
    alone = list(predict(pipeline, examples[:2], **options))
    long = Example("word " * 200, "ls", "bash")
    beside = list(predict(pipeline, [*examples[:2], long], **options))
    assert beside[:2] == alone


def test_rows_of_several_languages_each_keep_their_place(
    pipeline: Any, examples: list[Example]
) -> None:
    python = Example("print hello", "print('hello')", "python")
    rows = [examples[0], python, examples[1], examples[2]]
    done = list(predict(pipeline, rows, samples=2, steps=2, candidates=2))
    assert [one.example for one in done] == rows
    alone = list(predict(pipeline, [python], samples=2, steps=2, candidates=2))
    assert done[1] == alone[0]


def test_how_many_utterances_are_sampled_at_once_changes_no_candidate(
    pipeline: Any, examples: list[Example]
) -> None:
    options = {"samples": 2, "steps": 2, "candidates": 2}
    one = list(predict(pipeline, examples[:5], utterances_at_once=1, **options))
    two = list(predict(pipeline, examples[:5], utterances_at_once=2, **options))
    assert one == two


def test_evaluating_again_with_the_same_seed_gives_the_same_candidates(
    pipeline: Any, examples: list[Example]
) -> None:
    def candidates(seed: int) -> list[tuple[str, ...]]:
        result = evaluate(pipeline, examples[:3], samples=3, steps=2, seed=seed)
        return [one.candidates for one in result.predictions]

    assert candidates(1) == candidates(1)
    assert candidates(1) != candidates(2)


def test_the_gold_has_no_say_in_what_is_predicted(pipeline: Any, examples: list[Example]) -> None:
    other = [Example(row.utterance, "something else", row.language) for row in examples[:3]]
    options = {"samples": 4, "steps": 2}
    with_gold = list(predict(pipeline, examples[:3], **options))
    without = list(predict(pipeline, other, **options))
    assert [one.candidates for one in with_gold] == [one.candidates for one in without]


@pytest.mark.parametrize(
    ("language", "gold", "wrong", "metric"),
    [
        ("bash", "find . -name '*.py'", "ls -l", "template_match"),
        ("bash", "find . -name '*.py'", "ls -l", "soft_template_score"),
        ("bash", "find . -name '*.py'", "ls -l", "nlc2cmd_score"),
        ("cf", "GreaterThan(25)", "LessThan(25)", "execution_match"),
        ("python", "x = f(y)", "del z", "code_bleu"),
        ("python", "x = f(y)", "del z", "chrf"),
    ],
)
def test_the_metrics_of_a_language_are_the_best_of_the_first_k(language, gold, wrong, metric):
    row = Example("do it", gold, language)
    graded = grade([Prediction(row, (wrong, gold)), Prediction(row, (gold,))])
    scores = {top: one.value for top, one in graded.further[metric].items()}
    assert scores["top3"] == scores["top5"] == 100.0
    assert scores["top1"] < 75.0


def test_a_row_without_candidates_has_the_least_score():
    row = Example("do it", "ls", "bash")
    graded = grade([Prediction(row, ())])
    assert graded.further["nlc2cmd_score"]["top1"].value == -100.0
    assert graded.further["template_match"]["top5"].value == 0.0


def test_equal_utterances_are_one_row_with_all_their_programs() -> None:
    rows = [
        Example("List  files", "ls", "bash"),
        Example("show date", "date", "bash"),
        Example("list files", "ls -a", "bash"),
        Example("list files", "ls", "bash"),
    ]
    grouped = group_golds(rows)
    assert [(row.utterance, golds) for row, golds in grouped] == [
        ("List  files", ("ls", "ls -a")),
        ("show date", ("date",)),
    ]


def test_equal_utterances_over_other_tables_stay_apart() -> None:
    rows = [Example("mark it", "Duplicate()", "cf", ((name,),)) for name in ("a", "b")]
    assert len(group_golds(rows)) == 2


def test_any_gold_counts_as_right() -> None:
    row = Example("list files", "ls", "bash")
    right = Prediction(row, ("ls -a",), golds=("ls", "ls -a"))
    assert grade([right]).exact_match["top1"].value == 100.0
    assert grade([Prediction(row, ("ls -a",))]).exact_match["top1"].value == 0.0


# The second program repeats nothing of its utterance.
NAMED = [
    Example("count a.txt", "wc a.txt", "bash"),
    Example("list all", "ls", "bash"),
    Example("copy b.txt to c.txt", "cp b.txt c.txt", "bash"),
]


def test_literal_fidelity_is_the_mean_over_the_rows_that_have_literals() -> None:
    answers = [("wc", "wc a.txt"), ("ls",), ("cat b.txt",)]
    graded = grade([Prediction(row, one) for row, one in zip(NAMED, answers, strict=True)])
    one = graded.further["literal_fidelity"]
    assert [one[top].value for top in ("top1", "top3", "top5")] == [25.0, 75.0, 75.0]
    assert {top.n for top in one.values()} == {2}
    assert graded.n == graded.exact_match["top1"].n == 3


def test_a_row_without_candidates_counts_against_literal_fidelity() -> None:
    graded = grade([Prediction(NAMED[0], (), "too long"), Prediction(NAMED[2], (NAMED[2].code,))])
    assert graded.further["literal_fidelity"]["top1"].value == 50.0


def test_literal_fidelity_is_left_out_where_it_applies_to_no_row() -> None:
    graded = grade([Prediction(NAMED[1], ("ls a.txt",))])
    assert "literal_fidelity" not in graded.further
    assert graded.further["template_match"]["top1"].n == 1
