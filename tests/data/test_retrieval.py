import pytest

from codefusion.data.examples import Example
from codefusion.data.retrieval import Retriever
from codefusion.errors import DataError, UsageError

TRAIN = [
    Example("list all files in the current folder", "ls", "bash"),
    Example("remove the file a.txt", "rm a.txt", "bash"),
    Example("list all files, hidden ones too", "ls -a", "bash"),
    Example("list the hidden files", "ls  -a", "bash"),
    Example("color cells where c[2] is more than 3", "GreaterThan(c[2], 3)", "cf"),
]


@pytest.mark.parametrize("sublinear_tf", [True, False])
def test_a_training_utterance_finds_its_own_code_first(sublinear_tf: bool) -> None:
    retriever = Retriever(TRAIN, sublinear_tf)
    for example in TRAIN:
        assert retriever.top(example.utterance, 1)[0].split() == example.code.split()


def test_codes_that_differ_in_white_space_alone_are_one_answer() -> None:
    answers = Retriever(TRAIN).top("list all hidden files", 5)
    assert sum(answer.split() == ["ls", "-a"] for answer in answers) == 1


def test_fewer_answers_are_the_beginning_of_more_answers() -> None:
    retriever = Retriever(TRAIN)
    answers = retriever.top("list the files in a folder", 5)
    assert len(answers) == 3
    for k in range(1, 3):
        assert retriever.top("list the files in a folder", k) == answers[:k]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    rows = [Example("show the log", "log", "bash"), Example("show the disk", "df", "bash")]
    rows += [Example(f"show the number {n}", f"echo {n}", "bash") for n in range(20)]
    assert Retriever(rows).top("the show of disk", 1) == ["df"]


def test_word_order_breaks_ties_between_the_same_words() -> None:
    rows = [Example("copy b to a", "cp b a", "bash"), Example("copy a to b", "cp a b", "bash")]
    assert Retriever(rows).top("copy a to b", 1) == ["cp a b"]


def test_signs_and_digits_are_words_of_their_own() -> None:
    assert Retriever(TRAIN).top("[2]", 1) == ["GreaterThan(c[2], 3)"]


def test_case_is_ignored_and_equal_scores_keep_the_training_order() -> None:
    rows = [Example("List", "ls", "bash"), Example("list", "dir", "bash")]
    assert Retriever(rows).top("LIST", 2) == ["ls", "dir"]


def test_an_utterance_without_a_known_word_gets_no_code() -> None:
    assert Retriever(TRAIN).top("zyzzyva", 3) == []
    assert Retriever(TRAIN).top("", 3) == []


def test_nothing_to_search_or_to_return_is_refused() -> None:
    with pytest.raises(DataError, match="needs training examples"):
        Retriever([])
    with pytest.raises(UsageError, match="at least 1, got 0"):
        Retriever(TRAIN).top("list", 0)
