"""Which cells a preview shows, and what a terminal makes of it."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from books import coloured, region_of, save
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from codefusion.errors import DataError, UsageError
from codefusion.graders.cf_interpreter import coloured_cells
from codefusion.languages.cf import parse
from codefusion.spreadsheet.areas import Area
from codefusion.spreadsheet.drawing import MAX_COLUMNS, MAX_ROWS, draw, save_picture
from codefusion.spreadsheet.preview import Coloured, disagreement, preview
from codefusion.spreadsheet.styles import STYLES
from codefusion.spreadsheet.suggestions import (
    Draft,
    Suggestion,
    as_in_region,
    asks_for_rows,
    columns_to_show,
    suggest,
)
from codefusion.spreadsheet.workbook import Region

TODAY = date.today()
ROWS = [
    ["Name", "Amount", "Status", "Day"],
    ["a", 500, "open", TODAY],
    ["b", 1500, "open", TODAY - timedelta(days=400)],
    ["c", "2000", "Open", None],
    ["d", 2500, "paid", TODAY],
    ["e", None, None, "soon"],
]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    def edit(sheet: Any) -> None:
        sheet["H1"], sheet["H2"] = 1000, "OPEN"

    path = save(tmp_path_factory.mktemp("preview") / "b.xlsx", ROWS, edit)
    return region_of(path, cells="A1:D6")


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        ("GreaterThan(c[1], 1000)", "B3 B5"),
        ("GreaterThan(1000)", "B3 B5 D2 D3 D5"),
        ("TextEquals(c[2], open)", "C2 C3 C4"),
        ("AND(GreaterThan(c[1], 1000), TextEquals(c[2], open))", "B3 C3"),
        ("Today(c[3])", "D2 D5"),
        ("Blanks()", "B6 C6 D4"),
        ("GreaterThan(c[1], $H$1)", "B3 B5"),
        ("TextEquals($H$2)", "C2 C3 C4"),
        ("NOT(OR(TextEquals($H$2), Blanks(), GreaterThan($H$1)))", "A2 A3 A4 A5 A6 B2 B4 C5 D6"),
        ("LessThan(c[1], $B$3)", "B2 B6"),
        ("GreaterThan(LEN(c[1]), 3)", "B3 B4 B5"),
        ("Top(c[1], 1)", "B5"),
        ("Errors(c[1])", ""),
    ],
)
def test_a_rule_colours_these_cells(region, rule, cells):
    assert coloured(region, rule) == set(cells.split())


def test_with_whole_rows_every_column_is_coloured(region):
    rule = "AND(GreaterThan(c[1], 1000), TextEquals(c[2], open))"
    assert coloured(region, rule, rows=True) == {"A3", "B3", "C3", "D3"}


def test_a_column_beyond_the_range_is_refused(region):
    for rule in ("Blanks(c[4])", "LessThan(c[1], c[7])"):
        with pytest.raises(UsageError, match="columns of the range"):
            preview(parse(rule), region, False, TODAY)


@pytest.mark.parametrize(
    "rule",
    [
        "AND(GreaterThan(c[1], 1000), NOT(Blanks(c[3])))",
        "OR(Duplicates(c[2]), Bottom(c[1], 1))",
        "AND(GreaterThan(4), GreaterThan(c[1], 1000))",
        "NOT(Unique())",
    ],
)
def test_whole_rows_are_what_the_interpreter_colours(region, rule):
    table = [region.header, *region.rows]
    expected = {(row - 1, column) for row, column in coloured_cells(parse(rule), table, TODAY)}
    found = preview(parse(rule), region, True, TODAY)
    assert {(row, column) for column, rows in found.rows_of.items() for row in rows} == expected


def test_a_value_of_a_known_type_is_not_read_again_from_its_text(region):
    # The text 2000 is no number here, while in a table of texts it would be one.
    assert coloured(region, "Equals(c[1], 2000)") == set()
    assert coloured(region, "TextEquals(c[1], 2000)") == {"B4"}
    table = [["Amount"], ["2000"]]
    assert coloured_cells(parse("Equals(c[0], 2000)"), table, TODAY) == {(1, 0)}


answers = st.dictionaries(
    st.integers(0, 4), st.frozensets(st.integers(0, 9), min_size=1), max_size=5
).map(Coloured)


def positions(one: Coloured) -> set[tuple[int, int]]:
    return {(row, column) for column, rows in one.rows_of.items() for row in rows}


@given(st.lists(answers, min_size=1, max_size=4))
def test_a_disagreement_is_what_some_colour_but_not_all(several):
    sets = [positions(one) for one in several]
    assert positions(disagreement(several)) == set.union(*sets) - set.intersection(*sets)


@given(answers)
def test_areas_cover_each_coloured_cell_once_and_no_other(one):
    found = one.areas(Area(3, 2, 12, 6))
    cells = [
        (row - 3, column - 2)
        for area in found
        for row in range(area.first_row, area.last_row + 1)
        for column in range(area.first_column, area.last_column + 1)
    ]
    assert len(cells) == len(set(cells)) == len(one)
    assert set(cells) == positions(one)


# -- Suggestions -----------------------------------------------------------------------------


def test_rules_that_tell_no_cell_from_another_come_last_and_the_rest_stay_in_order(region):
    codes = ["GreaterThan(c[2], 1000)", "Blanks(c[1])", "NOT(Errors(c[1]))", "Top(c[1], 1)"]
    found, refused = suggest([Draft(code, 0.25) for code in codes], region, False, TODAY)
    assert [codes.index(one.code) for one in found] == [1, 3, 0, 2]
    assert not refused


def test_the_same_rule_twice_is_one_and_what_is_no_rule_is_refused_with_the_reason(region):
    codes = ["Blanks(c[1])", "blank( c[1] )", "Blanks(c[1]", "Blanks(c[9])"]
    found, refused = suggest([Draft(code) for code in codes], region, False, TODAY)
    assert [one.code for one in found] == ["Blanks(c[1])"]
    assert [one.code for one in refused] == ["Blanks(c[1]", "Blanks(c[9])"]
    assert "expected" in refused[0].reason


@pytest.mark.parametrize(
    ("utterance", "answer"),
    [
        ("highlight rows where the amount is above 1000", True),
        ("Colour every row with an open order", True),
        ("highlight amounts above 1000", False),
        ("show the arrows", False),
    ],
)
def test_whether_whole_rows_are_asked_for(utterance, answer):
    assert asks_for_rows(utterance) is answer


def test_a_model_that_reads_few_columns_is_shown_those_that_are_spoken_of():
    header = [f"column {n}" for n in range(20)] + ["Order status", "Total amount"]
    said = "the amount is above 5 and the status is open"
    assert columns_to_show(header, said, 12, lambda names: len(names) <= 3) == [0, 20, 21]
    assert columns_to_show(header, said, 12, lambda names: True) == [*range(10), 20, 21]
    assert columns_to_show(header[:4], said, 12, lambda names: True) == [0, 1, 2, 3]
    assert columns_to_show(header, said, 12, lambda names: False) == []


def test_columns_that_a_model_was_shown_become_those_of_the_range(region):
    rule = "AND(LessThan(c[1], LEN(c[0])), Blanks(c[2]))"
    assert as_in_region(rule, [0, 3], region) == "AND(LessThan(c[3], LEN(c[0])), Blanks(c[6]))"
    assert as_in_region("Blanks (c[1])", [0, 1, 2, 3], region) == "Blanks (c[1])"
    assert as_in_region("no rule", [0, 3], region) == "no rule"


# -- Drawing ---------------------------------------------------------------------------------


def drawn(region: Region, *codes: str, **options: Any) -> str:
    found, refused = suggest([Draft(code, 0.5) for code in codes], region, False, TODAY)
    console = Console(file=io.StringIO(), **{"width": 200, **options})
    draw(console, region, found, refused, STYLES["red"])
    return console.file.getvalue()


def test_the_rows_on_which_rules_disagree_are_shown_with_each_rules_columns(region):
    text = drawn(region, "GreaterThan(c[1], 1000)", "GreaterThan(c[1], 2000)", "Blanks(c[8])")
    assert "1 rows on which the rules disagree" in text
    (row,) = [line.split() for line in text.splitlines() if "1500" in line]
    assert row == ["3", "b", "1500", "open", str(TODAY - timedelta(days=400)), "B", "·"]
    assert "2500" not in text
    assert "columns of the range" in text


def test_where_rules_agree_the_coloured_rows_are_shown(region):
    text = drawn(region, "GreaterThan(c[1], 1000)", "NOT(LessThanEqual(c[1], 1000))")
    assert "rules disagree" in text  # on the text 2000
    assert "2 coloured rows" in drawn(region, "GreaterThan(c[1], 1000)")


def test_a_long_and_wide_table_is_shown_in_part_with_every_way_the_rules_differ(tmp_path):
    rows = [[f"h{n}" for n in range(30)], *([n] * 30 for n in range(300))]
    wide = region_of(save(tmp_path / "b.xlsx", rows))
    text = drawn(wide, "LessThan(c[20], 200)", "LessThan(c[20], 250)", "LessThan(c[20], 299)")
    lines = [line.split() for line in text.splitlines() if line.strip()[:1].isdigit()]
    table = [line for line in lines if len(line) == 1 + MAX_COLUMNS + 3]
    assert len(table) == MAX_ROWS
    assert {tuple(line[-3:]) for line in table} == {("·", "U", "U"), ("·", "·", "U")}
    assert "99 rows on which the rules disagree, 12 of them" in text


@pytest.mark.parametrize("width", [100, 80, 60, 40])
def test_on_a_narrow_terminal_cells_are_cut_short_and_not_what_the_rules_say_of_them(
    tmp_path, width
):
    rows = [["a long header"] * 6, *([10 * n, *["a long text"] * 5] for n in range(1, 9))]
    region = region_of(save(tmp_path / "b.xlsx", rows))
    codes = [f"GreaterThan(c[0], {number})" for number in (15, 35, 55)]
    lines = [line.split() for line in drawn(region, *codes, width=width).splitlines()]
    (head,) = [line for line in lines if line[:1] == ["row"]]
    assert head[-3:] == ["1", "2", "3"]
    marks = {line[0]: line[-3:] for line in lines if line[:1] in (["3"], ["4"], ["5"], ["6"])}
    assert marks == {
        "3": ["A", "·", "·"],
        "4": ["A", "·", "·"],
        "5": ["A", "A", "·"],
        "6": ["A", "A", "·"],
    }


def test_what_a_terminal_would_act_on_is_escaped(tmp_path):
    rows = [["\x1b[2Jhead", "[red]x"], ["[bold]y\x07", "\u202eevil"], ["z", "w"]]

    def edit(sheet: Any) -> None:
        for row, cells in enumerate(rows, start=1):
            for column, text in enumerate(cells, start=1):
                # The library refuses such texts, but files may hold them in escapes.
                cell = sheet.cell(row, column)
                cell.value = "".join(
                    one if one.isprintable() else f"_x{ord(one):04X}_" for one in text
                )

    text = drawn(region_of(save(tmp_path / "b.xlsx", [], edit)), "TextEquals(c[0], z)", "Blanks()")
    odd = drawn(region_of(tmp_path / "b.xlsx"), "NOT(TextEquals(z))")
    assert "[bold]y\\x07" in odd
    assert "\\u202eevil" in odd
    assert "[red]x" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text + odd)


def test_cells_of_the_first_rule_have_its_style_unless_colours_are_off(region, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    options: dict[str, Any] = {"force_terminal": True, "color_system": "truecolor"}
    assert "48;2;255;199;206" in drawn(region, "GreaterThan(c[1], 1000)", **options)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "48;2" not in drawn(region, "GreaterThan(c[1], 1000)", **options)


def test_a_picture_is_an_svg_that_needs_no_network(region, tmp_path: Path):
    found, refused = suggest([Draft("GreaterThan(c[1], 1000)")], region, False, TODAY)
    save_picture(tmp_path / "p.svg", "a <title>", region, found, refused, STYLES["red"])
    text = (tmp_path / "p.svg").read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace(
        "https://www.textualize.io", ""
    )
    assert "#ffc7ce" in text
    with pytest.raises(DataError, match="cannot write"):
        save_picture(tmp_path / "no" / "p.svg", "t", region, found, refused, STYLES["red"])


def test_a_rule_that_shades_has_no_cells_of_its_own(region):
    (one,), _ = suggest([Draft("ColorScale(c[1])")], region, True, TODAY)
    assert isinstance(one, Suggestion)
    assert one.shades
    assert one.summary == "by value"
    assert len(one.coloured) == 0
