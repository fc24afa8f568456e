import re

from codefusion.benchmark.layout import Table, escaped, latex, markdown
from codefusion.benchmark.paper import TABLE_1, TABLE_4, TABLE_6

TABLE = Table("Title", "50 % of a_b", ("system", "top-1"), (("a|b", "1.0"), ("c", "–")))


def test_markdown_has_a_ruler_as_wide_as_the_header_and_keeps_bars_apart() -> None:
    lines = markdown(TABLE).splitlines()
    assert lines[0] == "## Title"
    assert lines[4:6] == ["| system | top-1 |", "|---|---:|"]
    assert lines[6] == "| a\\|b | 1.0 |"


def test_latex_leaves_no_sign_of_its_own_unescaped() -> None:
    text = escaped("a_b & 50 % of {x} #1 $2 ~ ^ \\n")
    assert not re.search(r"(?<!\\)[&%#_]", text)
    assert text.count("\\_") == text.count("\\&") == text.count("\\%") == 1


def test_every_row_of_latex_has_as_many_cells_as_the_header() -> None:
    body = latex(TABLE).split("\\toprule")[1].split("\\bottomrule")[0]
    rows = [line for line in body.splitlines() if line.endswith("\\\\")]
    assert len(rows) == 3
    assert {line.count("&") for line in rows} == {1}


def test_the_papers_rows_never_fall_from_top_one_to_top_five() -> None:
    for table in (TABLE_1, TABLE_6):
        for languages in table.values():
            assert all(one <= three <= five for one, three, five in languages)


def test_the_papers_full_model_is_the_same_in_two_tables() -> None:
    assert TABLE_4["full"] == tuple(tops[0] for tops in TABLE_1["CodeFusion (75M)"])
