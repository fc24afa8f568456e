import pytest

from codefusion.data.examples import Example
from codefusion.data.literals import literals_of
from codefusion.evaluation.literal_fidelity import literal_fidelity

SALES = (("City", "Net worth", "Status"), ("Rome", "40", "on hold"), ("Oslo", "12", "done"))


def score(utterance: str, gold: str, *candidates: str) -> list[float] | None:
    return literal_fidelity(Example(utterance, gold, "bash"), [gold], candidates)


def score_rule(utterance: str, gold: str, *candidates: str) -> list[float] | None:
    return literal_fidelity(Example(utterance, gold, "cf", SALES), [gold], candidates)


@pytest.mark.parametrize(
    ("utterance", "gold"),
    [
        ("show the first 20 lines of /var/log/syslog", "head -n 20 /var/log/syslog"),
        ("files larger than 1,500 kB", "find . -size +1500k"),
        ('search "not found" in *.log', "grep 'not found' *.log"),
        ("count TODO in notes.txt", "grep -c TODO notes.txt"),
        ("sort the dictionary `ages` by value", "sorted(ages.items(), key=lambda a: a[1])"),
    ],
)
def test_a_gold_has_all_of_its_literals_and_an_empty_program_none(
    utterance: str, gold: str
) -> None:
    assert score(utterance, gold, gold, "", "ls") == [1.0, 0.0, 0.0]


def test_the_score_is_the_share_of_the_golds_literals() -> None:
    gold = "head -n 20 a.txt > b.txt"
    candidates = ("head a.txt", "head -n 20 a.txt", "cp a.txt b.txt 20")
    shares = score("write 20 lines of a.txt to b.txt", gold, *candidates)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_a_literal_that_the_gold_does_not_repeat_is_not_wanted() -> None:
    assert score("on GNU systems, print 3 lines of a.txt", "head -3 a.txt", "head -3 a.txt") == [1]


def test_where_a_literal_stands_is_not_asked() -> None:
    assert score("copy a.txt to b.txt", "cp a.txt b.txt", "cp b.txt a.txt") == [1.0]


def test_a_literal_counts_once_however_often_the_utterance_or_a_program_repeats_it() -> None:
    gold = "cp a.txt a.txt.old; rm a.txt; touch b.txt"
    utterance = "save a.txt, remove 'a.txt' and make b.txt"
    assert score(utterance, gold, "rm a.txt", "rm a.txt a.txt a.txt") == [0.5, 0.5]


def test_a_number_is_the_same_literal_with_quotes_and_without() -> None:
    gold = "echo 7 8"
    assert score("print '7', then 7 and 8", gold, "echo 7") == [0.5]


@pytest.mark.parametrize(
    "candidate", ["head -n 15 x", "head -n 50 x", "head -n 1.5 x", "head x[5]"]
)
def test_a_number_within_a_longer_one_or_an_index_is_no_use_of_it(candidate: str) -> None:
    assert score("print 5 lines", "head -n 5", candidate) == [0.0]


def test_a_path_within_another_literal_is_no_use_of_it() -> None:
    utterance = "move everything from /srv/a to /srv/a/old"
    gold = "mv /srv/a/* /srv/a/old"
    assert score(utterance, gold, "ls /srv/a/old", "ls /srv/a") == [0.5, 0.5]


def test_spelling_and_case_have_to_be_the_utterances() -> None:
    assert score("find README.md", "find . -name README.md", "find . -name readme.md") == [0.0]


def test_plain_words_are_not_wanted_though_programs_are_called_like_them() -> None:
    assert score("find and sort files with echo", "find . | sort | xargs echo", "ls") is None


def test_a_row_whose_gold_repeats_no_literal_has_no_score_whatever_the_candidates() -> None:
    assert score("list /home and 3 more", "ls ~", "ls /home", "ls 3") is None
    assert score("list files", "ls", "ls") is None


def test_a_row_without_candidates_applies_all_the_same() -> None:
    assert score("list /home", "ls /home") == []


def test_of_several_golds_the_most_favourable_counts() -> None:
    row = Example("print 2 lines of a.txt", "head -n 2 a.txt", "bash")
    golds = ["head -n 2 a.txt", "sed 2q a.txt", "sed -n 1,2p < a.txt", "tail +2"]
    assert literal_fidelity(row, golds, ["seq 2", "cat a.txt"]) == [1.0, 0.5]


def test_no_literal_is_needed_where_one_of_the_golds_does_without() -> None:
    row = Example("list the files of '.'", "ls .", "bash")
    assert literal_fidelity(row, ["find .", "ls"], ["ls ."]) is None


def test_the_program_has_no_say_in_what_counts_as_a_literal() -> None:
    rows = [Example("print 2 of City", code, "cf", SALES) for code in ("Top(2)", "Blanks()")]
    found = [literals_of(row.utterance, row.table) for row in rows]
    assert found[0] == found[1]


@pytest.mark.parametrize("utterance", ["net worths above 10", "column B above 10"])
def test_a_column_that_the_utterance_calls_by_name_or_letter_is_wanted(utterance: str) -> None:
    gold = "GreaterThan(c[1], 10)"
    candidates = (gold, "LessThan(LEN(c[1]), 10)", "GreaterThan(c[2], 10)", "GreaterThan(10)")
    assert score_rule(utterance, gold, *candidates) == [1.0, 1.0, 0.5, 0.5]


def test_a_column_that_the_utterance_does_not_name_is_not_wanted() -> None:
    gold = "TextEquals(c[0], Rome)"
    assert score_rule("rows of Rome", gold, "TextEquals(c[2], Rome)") == [1.0]


def test_the_text_of_a_cell_is_one_literal_however_many_plain_words_it_has() -> None:
    gold = "TextEquals(on hold)"
    candidates = (gold, "TextEquals(hold)", "TextEquals(on)")
    assert score_rule("colour what is on hold", gold, *candidates) == [1.0, 0.0, 0.0]
