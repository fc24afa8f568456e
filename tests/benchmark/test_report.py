import re

import pytest

from codefusion.benchmark.figures import colours
from codefusion.benchmark.layout import Table
from codefusion.benchmark.plan import Plan, SystemPlan, Task
from codefusion.benchmark.report import tables
from codefusion.benchmark.results import collect
from codefusion.benchmark.runner import Answers
from codefusion.data.examples import Example
from codefusion.evaluation.grading import Prediction

LITERAL = [Example(f"print {n}", f"echo {n}", "bash") for n in range(3)]
NONE = [Example("list all", "ls", "bash"), Example("show all", "ls -a", "bash")]
RULES = [Example("mark blanks", "Blanks()", "cf")]
PLAN = Plan(
    name="small",
    split="own pairs",
    tasks={"bash": Task("bash.jsonl"), "cf": Task("cf.jsonl")},
    systems={"a": SystemPlan("retrieval", title="First"), "b": SystemPlan("retrieval")},
)


def shown(rows: list[Example], code: str | None = None) -> dict[str, Table]:
    """The tables of a system that is always right and one that always says `code`."""
    answers = [
        Answers(
            system,
            language,
            0,
            {},
            tuple(
                Prediction(row, (row.code if system == "a" else code or "",))
                for row in rows
                if row.language == language
            ),
        )
        for language in dict.fromkeys(row.language for row in rows)
        for system in PLAN.systems
    ]
    return {table.title: table for table in tables(PLAN, collect(answers))}


def test_literal_fidelity_has_a_table_of_its_own_that_says_how_many_rows_have_literals() -> None:
    table = shown(LITERAL + NONE, "echo 1 or 2")["Literal fidelity"]
    assert re.search(r"Bash 5;.*Bash 3\.$", table.caption)
    assert [row[:2] for row in table.rows] == [
        ("First", "100.0 [100.0, 100.0]"),
        ("b", "66.7 [0.0, 100.0]"),
    ]


def test_a_language_without_literals_has_no_columns_in_the_table_of_literal_fidelity() -> None:
    table = shown(LITERAL + RULES)["Literal fidelity"]
    assert table.header == ("system", *(f"Bash literal fidelity top-{k}" for k in (1, 3, 5)))
    assert "Literal fidelity" not in shown(NONE + RULES)


def test_a_metric_of_some_rows_says_of_how_many_beside_those_of_all() -> None:
    names = [row[1] for row in shown(LITERAL + NONE)["Bash: every metric"].rows]
    assert "literal fidelity (n=3)" in names
    assert "exact match" in names


@pytest.mark.parametrize("count", [1, 10, 11, 30])
def test_no_two_systems_of_a_figure_have_one_colour(count):
    assert len({tuple(one) for one in colours(count)}) == count
