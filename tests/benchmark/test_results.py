import pytest

from codefusion.benchmark.results import collect
from codefusion.benchmark.runner import Answers
from codefusion.data.examples import Example
from codefusion.evaluation.grading import Prediction

ROWS = [Example(f"print {n}", f"echo {n}", "bash") for n in range(8)]


def answers(system: str, right: int, seed: int = 0) -> Answers:
    """The first `right` rows are answered rightly, the others by another program."""
    predictions = [
        Prediction(row, (row.code if i < right else "pwd",), golds=(row.code,))
        for i, row in enumerate(ROWS)
    ]
    return Answers(system, "bash", seed, {}, tuple(predictions))


def test_several_seeds_are_averaged_row_by_row() -> None:
    (one,) = collect([answers("a", 8, seed=0), answers("a", 4, seed=1)])
    assert one.seeds == 2
    assert one.n == 8
    assert one.scores["exact_match"]["top1"] == [1.0] * 4 + [0.5] * 4
    assert one.estimates["exact_match"]["top1"].value == 75.0


def test_the_interval_is_over_rows_and_does_not_shrink_with_equal_seeds() -> None:
    (once,) = collect([answers("a", 4)])
    (twice,) = collect([answers("a", 4, seed=0), answers("a", 4, seed=1)])
    assert once.estimates == twice.estimates


def test_differences_are_taken_on_the_same_rows() -> None:
    better, reference = collect([answers("a", 6), answers("b", 2)], reference="b")
    assert reference.differences is None
    assert better.differences is not None
    difference = better.differences["exact_match"]["top1"]
    assert difference.value == 50.0
    assert difference.low < 50.0 < difference.high
    assert difference.low >= -100.0


def test_a_system_without_a_reference_has_no_differences() -> None:
    (one,) = collect([answers("a", 3)])
    assert one.differences is None


def test_rows_without_literals_are_left_out_of_their_mean_over_seeds_and_of_differences() -> None:
    rows = [Example("list all", "ls", "bash"), *ROWS[:3]]

    def answered(system: str, seed: int, right: int) -> Answers:
        codes = [row.code if i < right else "pwd" for i, row in enumerate(rows)]
        found = [Prediction(row, (code,)) for row, code in zip(rows, codes, strict=True)]
        return Answers(system, "bash", seed, {}, tuple(found))

    ours, _ = collect([answered("a", 0, 4), answered("a", 1, 2), answered("b", 0, 2)], "b")
    assert ours.scores["literal_fidelity"]["top1"] == [1.0, 0.5, 0.5]
    assert (ours.n, ours.estimates["literal_fidelity"]["top1"].n) == (4, 3)
    assert ours.differences is not None
    assert ours.differences["literal_fidelity"]["top1"].value == pytest.approx(33.33)


@pytest.mark.parametrize("golds", [("echo 0",), ("echo 0", "printf 0")])
def test_diversity_is_also_shown_for_utterances_with_several_golds(golds: tuple[str, ...]) -> None:
    row = Prediction(ROWS[0], ("echo 0", "printf 0"), golds=golds)
    (one,) = collect([Answers("a", "bash", 0, {}, (row,))])
    assert one.several == (1 if len(golds) > 1 else 0)
    assert (one.diversity_of_several is not None) == (len(golds) > 1)
