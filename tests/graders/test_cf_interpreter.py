"""Conditional-formatting rules over tables: what they colour."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.graders.cf_functions import CELL_TESTS, DATE_TESTS, RANGE_TESTS, VISUALS
from codefusion.graders.cf_interpreter import coloured_cells, data_cells
from codefusion.graders.cf_values import read_value
from codefusion.languages.cf import parse
from codefusion.languages.cf_rules import FUNCTIONS, Argument, Rule, render

# A Thursday.
TODAY = date(2024, 2, 29)


def column(rule: str, *cells: str, today: date = TODAY) -> list[str]:
    """Return the cells that a rule colours in a table of one column."""
    table = [["header"], *([cell] for cell in cells)]
    coloured = coloured_cells(parse(rule), table, today)
    return [cell for row, cell in enumerate(cells, start=1) if (row, 0) in coloured]


def test_every_function_has_one_meaning():
    meanings = [*CELL_TESTS, *RANGE_TESTS, *DATE_TESTS, *VISUALS]
    assert sorted(meanings) == sorted(FUNCTIONS)


def test_the_page_lists_every_function_with_its_other_names():
    page = (Path(__file__).parents[2] / "docs/cf-rules.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*)\|", page, re.MULTILINE)
    listed = {name: tuple(re.findall(r"`(\w+)`", others)) for name, others in rows}
    assert listed == {name: function.aliases for name, function in FUNCTIONS.items()}


@pytest.mark.parametrize(
    ("rule", "cells", "coloured"),
    [
        ("GreaterThan(25)", "24 25 26 $1,000 abc #N/A", "26 $1,000"),
        ("GreaterThan(10%)", "10% 0.11 5% 11%", "0.11 11%"),
        ("LessThan(5)", "4 abc #N/A -7%", "4 -7%"),
        ("GreaterThan(M)", "apple Melon zoo 5", "Melon zoo"),
        ("Equals(0.30)", "0.3 30% .30000000000000004 abc", "0.3 30% .30000000000000004"),
        ("Equals(abc)", "ABC abcd", "ABC"),
        ("NotEquals(3)", "3 3.0 4 abc #N/A", "4 abc #N/A"),
        ("Between(5, 10)", "4 5 7 10 11 x", "5 7 10"),
        ("Between(10, 5)", "4 5 7 10 11 x", "5 7 10"),
        ("GreaterThan(2022-06-01)", "2022-05-31 06/02/2022", "06/02/2022"),
        ("TextEquals(yes)", "Yes YES yes! no", "Yes YES"),
        ("TextEquals(25)", "25 25.0 125", "25 25.0"),
        ("TextContains(9)", "190 19% #9 18", "190 19% #9"),
        ("TextContains(a*c)", "abc a*c", "a*c"),
        ("TextContains(N/A)", "N/A #N/A", "N/A"),
        ("TextNotContains(a)", "abc xyz #N/A", "xyz #N/A"),
        ("TextStartsWith(ab)", "ABC cab", "ABC"),
        ("TextEndsWith(ab)", "ABC cab", "cab"),
        ("Top(2)", "1 9 text 5 5 2", "9 5 5"),
        ("Bottom(1.9)", "1 9 1 5", "1 1"),
        ("Top(0)", "1 2", ""),
        ("Top(-3)", "1 2", ""),
        ("Top(1E300)", "1 2 x", "1 2"),
        ("Bottom()", "11 10 9 8 7 6 5 4 3 2 1", "10 9 8 7 6 5 4 3 2 1"),
        ("TopPercent(50)", "1 2 3 4 5 x y", "4 5"),
        ("Top(1%)", "1 2 3 4 5", "5"),
        ("BottomPercent(500)", "1 2 x", "1 2"),
        ("BottomPercent(0)", "1 2 x", ""),
        ("AboveAverage()", "1 2 9 text", "9"),
        ("AboveAverage()", "0.1 0.1 0.1", ""),
        ("BelowAverage()", "1E308 1E308 1", "1"),
        ("Duplicates()", "a A b 1 1.0 2 #N/A #N/A", "a A 1 1.0 #N/A #N/A"),
        ("Unique()", "a A b 1 1.0 2", "b 2"),
        ("Errors()", "#REF! #ERR 1", "#REF! #ERR"),
        ("NotErrors()", "#REF! x 1", "x 1"),
        ("GreaterThan(LEN(c[0]), 3)", "abc abcd 1234 #VALUE!", "abcd 1234"),
        ("GreaterThan($A$3)", "5 4 6", "5 6"),
        ("TextEquals($A$1)", "Header x", "Header"),
        ("GreaterThan($XFD$9)", "-1 0 1", "1"),
        ("ColorScale()", "1 2", ""),
    ],
)
def test_a_rule_colours(rule, cells, coloured):
    assert " ".join(column(rule, *cells.split())) == coloured


def test_a_blank_cell_is_zero_or_the_empty_text_but_in_no_rank():
    cells = ("", " ", "0", "-1", "text")
    assert column("Blanks()", *cells) == ["", " "]
    assert column("NotBlanks()", *cells) == ["0", "-1", "text"]
    assert column("Equals(0)", *cells) == ["", " ", "0"]
    assert column("LessThan(1)", *cells) == ["", " ", "0", "-1"]
    assert column("TextEquals()", *cells) == ["", " "]
    assert column("TextEquals(0)", *cells) == ["0"]
    assert column("Bottom(9)", *cells) == ["0", "-1"]
    assert column("BelowAverage()", *cells) == ["-1"]
    assert column("Duplicates()", *cells) == []
    assert column("Unique()", *cells) == ["0", "-1", "text"]


@pytest.mark.parametrize(
    ("function", "first", "last"),
    [
        ("Yesterday", "2024-02-28", "2024-02-28"),
        ("Today", "2024-02-29", "2024-02-29"),
        ("Tomorrow", "2024-03-01", "2024-03-01"),
        ("Last7Days", "2024-02-23", "2024-02-29"),
        ("LastWeek", "2024-02-18", "2024-02-24"),
        ("ThisWeek", "2024-02-25", "2024-03-02"),
        ("NextWeek", "2024-03-03", "2024-03-09"),
        ("LastMonth", "2024-01-01", "2024-01-31"),
        ("ThisMonth", "2024-02-01", "2024-02-29"),
        ("NextMonth", "2024-03-01", "2024-03-31"),
    ],
)
def test_a_function_of_the_calendar_holds_from_a_day_to_a_day(function, first, last):
    days = [(TODAY + timedelta(days=n)).isoformat() for n in range(-100, 100)]
    held = column(f"{function}()", *days, "text", "", "1E9", "-1E9")
    assert held == days[days.index(first) : days.index(last) + 1]
    serial = str(int(read_value(first).number))
    assert column(f"{function}()", serial, f"{serial}.75") == [serial, f"{serial}.75"]


TABLE = [
    ["Name", "2019", "2020", "Where"],
    ["Apple", "5", "7", "Worldwide"],
    ["Pear", "9", "3", "USA"],
    ["Plum", "0", "0"],
]


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("LessThan(c[2], c[1])", {2}),
        ("AND(GreaterThan(c[2], 0), TextEquals(c[3], 'Worldwide'))", {1}),
        ("Top(c[1], 1)", {2}),
        ("NOT(Blanks(c[3]))", {1, 2}),
        ("Blanks(c[99])", {1, 2, 3}),
        ("Equals(LEN(c[0]), 4)", {2, 3}),
        ("Top(LEN(c[0]), 1)", {1}),
    ],
)
def test_a_rule_on_columns_colours_whole_rows(rule, rows):
    coloured = coloured_cells(parse(rule), TABLE, TODAY)
    assert coloured == {(row, column) for row in rows for column in range(4)}


def test_a_rule_without_columns_colours_single_cells_of_the_whole_table():
    assert coloured_cells(parse("Top(2)"), TABLE, TODAY) == {(1, 2), (2, 1)}
    assert coloured_cells(parse("Blanks()"), TABLE, TODAY) == {(3, 3)}
    mixed = parse("AND(GreaterThan(4), GreaterThan(c[2], 5))")
    assert coloured_cells(mixed, TABLE, TODAY) == {(1, 1), (1, 2)}


# -- Properties ------------------------------------------------------------------------------

cells = st.text("ab #/NA019.,%$-(: ", max_size=6) | st.sampled_from(
    ["", "10", "1,000", "50%", "#REF!", "2024-02-20", "45350", "abc", "1E308", "-1E308", "ab\nc"]
)
tables = st.lists(st.lists(cells, max_size=3), max_size=8)
references = st.sampled_from(["c[0]", "c[1]", "c[7]", "LEN(c[0])"])
arguments = {
    Argument.VALUE: cells.map(lambda text: '"' + text + '"')
    | st.sampled_from(["10", "50%", "abc", "c[1]", "LEN(c[0])", "$A$2", "$ZZ$99", "-1E307"]),
    Argument.TEXT: st.sampled_from(["", "a", "10", "abc", "$B$2", "c[1]"]),
    Argument.COUNT: st.sampled_from(["1", "2", "0", "-1", "50%", "1E300", "1E-300", "2.5"]),
}


@st.composite
def conditions(draw: st.DrawFn) -> Rule:
    function = draw(st.sampled_from(list(FUNCTIONS.values())))
    count = draw(st.integers(function.fewest, function.most))
    parts = [draw(arguments[function.argument]) for _ in range(count)]
    first_is_reference = bool(parts) and parts[0].startswith(("c[", "LEN"))
    subject = draw(references if first_is_reference else st.just("") | references)
    return parse(f"{function.name}({', '.join(part for part in (subject, *parts) if part)})")


def joined(operator: str, *rules: Rule) -> Rule:
    return parse(f"{operator}({', '.join(map(render, rules))})")


rules = st.recursive(
    conditions(),
    lambda inner: (
        st.builds(joined, st.sampled_from(["AND", "OR"]), inner, inner)
        | inner.map(lambda rule: joined("NOT", rule))
    ),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(rules, rules, tables, st.dates())
def test_combinations_are_set_algebra_below_the_header(one, other, table, today):
    def run(rule: Rule) -> frozenset[tuple[int, int]]:
        return coloured_cells(rule, table, today)

    assert run(one) <= data_cells(table)
    assert run(joined("NOT", one)) == data_cells(table) - run(one)
    assert run(joined("AND", one, other)) == run(one) & run(other)
    assert run(joined("OR", one, other)) == run(one) | run(other)


@settings(max_examples=200, deadline=None)
@given(conditions(), tables, st.randoms())
def test_a_condition_does_not_depend_on_case_or_on_the_order_of_rows(rule, table, random):
    # A fixed cell changes with the order.
    table, order = table or [[]], list(range(1, len(table)))
    random.shuffle(order)
    if "$" in render(rule):
        order.sort()
    moved = [table[0], *([cell.swapcase() for cell in table[row]] for row in order)]
    coloured = coloured_cells(rule, table, TODAY)
    expected = {(new, c) for new, row in enumerate(order, 1) for r, c in coloured if r == row}
    assert coloured_cells(rule, moved, TODAY) == expected
