import pytest

from codefusion.data.examples import Example
from codefusion.errors import UsageError
from codefusion.languages import language_names
from codefusion.systems.prompts import (
    INSTRUCTIONS,
    check_template,
    code_of,
    few_shot_messages,
    few_shot_text,
    fill,
)

QUESTION = Example("show  {hidden} files", "?", "bash")
SHOTS = [Example("list files", "ls\n", "bash"), Example("who is there", "who", "bash")]


def test_there_is_an_instruction_for_every_language() -> None:
    assert sorted(INSTRUCTIONS) == language_names()


def test_a_template_is_filled_once_and_keeps_other_braces() -> None:
    filled = fill("{language}|{utterance}|{prompt}|{x}", Example("say {prompt}", "?", "bash"))
    assert filled == "bash|say {prompt}|bash: say {prompt}|{x}"


def test_columns_are_in_the_prompt_and_the_gold_is_not() -> None:
    rule = Example("above 3", "GreaterThan(c[1], 3)", "cf", (("Region", "Sales"), ("a", "4")))
    assert fill("{prompt}", rule) == "cf: above 3 | 0 Region | 1 Sales"


def test_a_template_without_the_utterance_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\{prompt\} or \{utterance\}"):
        check_template("write {language}")


def test_the_nearest_shot_stands_next_to_the_question() -> None:
    text = few_shot_text("# {utterance}\n", SHOTS, QUESTION)
    assert text == "# who is there\nwho\n\n# list files\nls\n\n# show {hidden} files\n"


def test_messages_alternate_and_end_with_the_question() -> None:
    messages = few_shot_messages(SHOTS, QUESTION)
    roles = [one["role"] for one in messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert INSTRUCTIONS["bash"] in messages[0]["content"]
    assert [one["content"] for one in messages[3:]] == [
        "bash: list files",
        "ls",
        "bash: show {hidden} files",
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("ls -l", "ls -l"),
        ("\n ls -l \n", "ls -l"),
        ("```bash\nls -l\n```", "ls -l"),
        ("Here you are:\n\n```\nls -l\nls\n```\nIt lists.", "ls -l\nls"),
        ("```python\nfor x in y:\n    z\n```\n```\nother\n```", "for x in y:\n    z"),
        ("```bash\nls -l", "ls -l"),
        ("```python\n    indented\n```", "    indented"),
        ("`ls -l`", "ls -l"),
        ("```ls -l```", "ls -l"),
        ("echo `date` `hostname`", "echo `date` `hostname`"),
        ("", ""),
    ],
)
def test_code_is_taken_out_of_its_wrapping(answer: str, code: str) -> None:
    assert code_of(answer) == code
