import pytest

from codefusion.data.examples import Example
from codefusion.errors import DataError
from codefusion.systems.retrieval import RetrievalSystem

ROWS = [Example(f"print {n}", f"echo {n} | tee {n}.txt", "bash") for n in range(40)]


def test_its_own_training_utterances_get_their_code_first() -> None:
    for row, one in zip(ROWS, RetrievalSystem(ROWS).predict(ROWS), strict=True):
        assert one.example == row
        assert one.candidates[0] == row.code
        assert one.error is None


def test_no_more_candidates_than_are_graded() -> None:
    assert {len(one.candidates) for one in RetrievalSystem(ROWS).predict(ROWS)} == {5}


def test_the_seed_changes_nothing_and_the_gold_has_no_say() -> None:
    system = RetrievalSystem(ROWS)
    blind = [Example(row.utterance, "?", row.language) for row in ROWS]
    seen = [one.candidates for one in system.predict(ROWS, seed=0)]
    assert [one.candidates for one in system.predict(blind, seed=9)] == seen


def test_with_slots_an_unseen_number_is_copied() -> None:
    row = Example("print 12345", "", "bash")
    (one,) = RetrievalSystem(ROWS, slots=True).predict([row])
    assert one.candidates == ("echo 12345 | tee 12345.txt",)


def test_it_describes_itself_by_its_settings() -> None:
    described = RetrievalSystem(ROWS, terms="pairs").describe()
    assert described == {"parameters": 0, "train": 40, "terms": "pairs", "slots": False}


def test_no_training_pairs_are_a_data_error() -> None:
    with pytest.raises(DataError, match="training examples"):
        RetrievalSystem([])
