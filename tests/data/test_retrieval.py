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


@pytest.mark.parametrize("slots", [False, True])
@pytest.mark.parametrize("terms", ["words", "pairs"])
def test_a_training_utterance_finds_its_own_code_first(terms: str, slots: bool) -> None:
    retriever = Retriever(TRAIN, terms, slots)
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


def test_word_order_counts_with_pairs_only() -> None:
    rows = [Example("copy b to a", "cp b a", "bash"), Example("copy a to b", "cp a b", "bash")]
    assert Retriever(rows, "pairs").top("copy a to b", 1) == ["cp a b"]
    assert Retriever(rows, "words").top("copy a to b", 1) == ["cp b a"]


def test_signs_are_terms_and_with_pairs_digits_too() -> None:
    for terms in ("words", "pairs"):
        assert Retriever(TRAIN, terms).top("[2]", 1) == ["GreaterThan(c[2], 3)"]
    assert Retriever(TRAIN, "pairs").top("c2", 1) == ["GreaterThan(c[2], 3)"]
    assert Retriever(TRAIN, "words").top("c2", 1) == []


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
    with pytest.raises(UsageError, match="did you mean 'words'"):
        Retriever(TRAIN, "word")


SLOTTED = [
    Example("highlight cells above 10", "GreaterThan(10)", "cf"),
    Example("highlight cells between 5 and 7", "Between(5,7)", "cf"),
    Example("highlight cells that contain 'red'", 'TextContains("red")', "cf"),
]


def test_slots_put_the_literals_of_the_query_in_the_place_of_those_found() -> None:
    retriever = Retriever(SLOTTED, slots=True)
    assert retriever.top("highlight cells above 250", 1) == ["GreaterThan(250)"]
    assert retriever.top("highlight cells between 1 and 3", 1) == ["Between(1,3)"]
    assert retriever.top("highlight cells that contain 'a b'", 1) == ['TextContains("a b")']


def test_a_program_that_needs_more_literals_than_the_query_has_is_passed_over() -> None:
    answers = Retriever(SLOTTED, slots=True).top("highlight cells between 5 and many", 3)
    assert answers == ["GreaterThan(5)"]
    assert Retriever(SLOTTED).top("highlight cells between 5 and many", 1) == ["Between(5,7)"]


def test_a_literal_twice_in_the_utterance_is_one_slot() -> None:
    rows = [Example("copy x1.txt, yes x1.txt, to y2.txt", "cp x1.txt y2.txt", "bash")]
    assert Retriever(rows, slots=True).top("copy a.c to b.c", 1) == ["cp a.c b.c"]


def test_programs_that_become_equal_by_filling_are_one_answer() -> None:
    rows = [Example(f"show line {n}", f"sed -n {n}p", "bash") for n in range(5)]
    assert Retriever(rows, slots=True).top("show line 77", 5) == ["sed -n 77p"]


def test_slots_change_what_is_answered_not_what_is_near() -> None:
    plain, slotted = Retriever(SLOTTED), Retriever(SLOTTED, slots=True)
    for utterance in ("highlight cells above 3", "contain 5 and 'red'", "nothing of it"):
        assert plain.neighbours(utterance, 3) == slotted.neighbours(utterance, 3)


def test_neighbours_begin_with_the_examples_whose_codes_are_on_top() -> None:
    retriever = Retriever(TRAIN)
    for utterance in ("list all hidden files", "remove a file"):
        codes = [example.code for example in retriever.neighbours(utterance, 4)]
        top = retriever.top(utterance, 4)
        assert codes[: len(top)] == top
        assert len(codes) == 4


def test_neighbours_are_as_many_as_asked_for_even_where_nothing_is_alike() -> None:
    assert len(Retriever(TRAIN).neighbours("zyzzyva", 3)) == 3
    assert len(Retriever(TRAIN).neighbours("zyzzyva", 9)) == 4


def test_a_training_utterance_is_wholly_like_itself_and_others_are_less():
    train = [Example("list all files", "ls", "bash"), Example("list all users", "who", "bash")]
    (first, same), (second, less) = Retriever(train).scored("list all files", 2)
    assert (first, second) == ("ls", "who")
    assert same == pytest.approx(1.0)
    assert 0.0 < less < 1.0
