"""Execution match of conditional-formatting rules, with a table and without."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codefusion.graders.cf import TODAY, execution_match, table_decides
from codefusion.graders.cf_interpreter import coloured_cells
from codefusion.languages import get_language
from codefusion.languages.cf import parse
from codefusion.languages.cf_rules import FUNCTIONS, Argument

CF = get_language("cf")

SALES = (
    ("City", "2023", "2024"),
    ("Rome", "40", "7"),
    ("Oslo", "12", "90"),
    ("Rome", "3", "30"),
    ("Bern", "55", ""),
)

# No two of these mean the same.
GOLDS = [
    *("GreaterThan(25)", "GreaterThan(26)", "GreaterThanEqual(25)", "LessThan(25)"),
    *("LessThanEqual(25)", "Equals(25)", "NotEquals(25)", "Between(5, 10)", "NotBetween(5, 10)"),
    *("Between(5, 10.5)", "GreaterThan(2.5%)", "GreaterThan(0.25)", "GreaterThan($E$13)"),
    *("GreaterThan($E$14)", "LessThan($E$13)", "TextEquals($E$13)", "GreaterThan(3 days)"),
    *("TextEquals(Error)", "TextContains(Error)", "TextContains(Err)", "NOT(TextContains(Err))"),
    *("TextStartsWith(Err)", "TextEndsWith(Err)", "TextContains(90)"),
    *("OR(TextContains(Bull), TextContains(Bear))", "AND(TextContains(Bull), TextContains(Bear))"),
    *("AND(GreaterThan(0), LessThan(5))", "OR(LessThan(0), Blanks())", "NOT(Blanks())", "Blanks()"),
    *("Errors()", "NOT(Errors())", "Duplicates()", "Unique()", "AboveAverage()", "BelowAverage()"),
    *("Top(10)", "Top(11)", "Top(1)", "Top(10%)", "Top(11%)", "Top(200)", "Bottom(10)"),
    *("BottomPercent(10)", "AND(AboveAverage(), LessThan(50))", "AND(Top(10), GreaterThan(9))"),
    *(f"{name}()" for name in ("Yesterday", "Today", "Tomorrow", "Last7Days", "LastWeek")),
    *(f"{name}()" for name in ("ThisWeek", "NextWeek", "LastMonth", "ThisMonth", "NextMonth")),
    *("ColorScale()", "DataBar()", "IconSet()", "ColorScale(c[0])", "ColorScale(c[1])"),
    *("GreaterThan(c[1], 25)", "GreaterThan(c[2], 25)", "LessThan(c[2], c[1])", "Top(c[1], 10)"),
    *("LessThan(c[1], c[2])", "LessThanEqual(c[2], c[1])", "Top(c[2], 10)", "Duplicates(c[0])"),
    *("Duplicates(c[1])", "NOT(Duplicates(c[0]))", "AboveAverage(c[1])", "LastMonth(c[0])"),
    *("GreaterThan(LEN(c[0]), 6)", "GreaterThan(LEN(c[0]), 7)", "GreaterThan(LEN(c[1]), 6)"),
    *("Top(LEN(c[0]), 3)", "Top(c[0], 3)", "TextEquals(c[3], Yes)", "Blanks(c[999999])"),
    "AND(StartsWith(c[0], A), EndsWith(c[0], X))",
    "AND(GreaterThan(c[2], 0), TextEquals(c[3], Worldwide))",
    "AND(TextEquals(c[1], Yes), TextEquals(c[2], Yes), TextEquals(c[3], Yes))",
    "AND(TextEquals(c[1], Yes), TextEquals(c[2], Yes))",
    "AND(Top(c[1], 5), TextEquals(c[0], North))",
    "OR(Top(c[1], 5), TextEquals(c[0], North))",
]
HEADER = (("Index", "Value", "Point", "Count"),)


@pytest.mark.parametrize("table", [(), HEADER, SALES], ids=["none", "header", "rows"])
def test_a_gold_matches_itself_and_its_other_spellings(table):
    for gold in GOLDS:
        assert execution_match(gold, gold, table)
        assert execution_match(f" {gold.lower()} ".replace(", ", " ,"), gold, table)


def test_without_rows_no_two_neighbours_in_the_list_match():
    pairs = [pair for n in range(1, 5) for pair in zip(GOLDS, GOLDS[n:], strict=False)]
    assert [pair for pair in pairs if execution_match(*pair)] == []


def test_with_rows_few_different_rules_match():
    # Not neighbours: those differ in a literal of which so small a table knows nothing.
    pairs = [pair for n in range(9, 30, 4) for pair in zip(GOLDS, GOLDS[n:], strict=False)]
    matches = [pair for pair in pairs if execution_match(*pair, SALES)]
    assert len(matches) <= 0.05 * len(pairs), matches


@pytest.mark.slow
def test_without_rows_no_two_rules_of_the_list_match():
    assert [pair for pair in combinations(GOLDS, 2) if execution_match(*pair, HEADER)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GreaterThan(25)", "AND(GreaterThan(25))"),
        ("Between(5, 10)", "AND(GreaterThanEqual(5), LessThanEqual(10))"),
        ("Between(5, 10)", "Between(10, 5)"),
        ("AND(Blanks(), LessThan(5))", "AND(LessThan(5), Blanks())"),
        ("NOT(Blanks())", "NotBlanks()"),
        ("NotEquals(3)", "NOT(Equals(3))"),
        ("NOT(TextContains(US))", "TextNotContains(us)"),
        ("NOT(OR(Blanks(), Errors()))", "AND(NotBlanks(), NotErrors())"),
        ("LessThan(c[2], c[1])", "GreaterThan(c[1], c[2])"),
        ("Top(10)", "Top()"),
        ("TopPercent(c[0])", "Top(c[0], 10%)"),
        ("TextEquals(abc)", "Equals('ABC')"),
        ("Equals(10%)", "Equals(0.1)"),
        ("GreaterThan($E$13)", "AND(GreaterThan($E$13))"),
        ("LastMonth()", "AND(LastMonth(), NOT(ThisMonth()))"),
    ],
)
def test_rules_that_mean_the_same_match_without_rows_too(one, other):
    assert CF.normal_form(one) != CF.normal_form(other)
    for table in ((), HEADER, SALES):
        assert execution_match(one, other, table)
        assert execution_match(other, one, table)


def test_the_table_decides_where_it_tells_rules_apart():
    assert table_decides("GreaterThan(25)", SALES)
    assert execution_match("GreaterThan(25)", "GreaterThan(29)", SALES)
    assert execution_match("TextStartsWith(c[0], R)", "Duplicates(c[0])", SALES)
    assert not execution_match("GreaterThan(25)", "GreaterThan(30)", SALES)
    assert not execution_match("GreaterThan(c[1], 25)", "GreaterThan(c[2], 25)", SALES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GreaterThan(900)", "GreaterThan(901)"),
        ("NOT(Errors())", "NOT(TextEquals(Paris))"),
        ("Top(c[1], 10)", "Top(c[2], 10)"),
        ("Top(c[1], 20)", "Top(c[1], 30)"),
        ("GreaterThan($E$13)", "GreaterThan(0)"),
    ],
)
def test_rules_do_not_match_because_nothing_or_everything_is_coloured(one, other):
    assert not table_decides(one, SALES) or "$" in one
    assert not execution_match(other, one, SALES)


def test_a_rule_that_never_holds_matches_only_itself():
    never = "AND(Blanks(), Errors())"
    assert execution_match("and( blank(), error() )", never)
    assert not execution_match("AND(LessThan(0), GreaterThan(5))", never)
    assert not execution_match(f"NOT({never})", "NOT(AND(Today(), Tomorrow()))")


def test_one_column_makes_no_difference_between_its_cells_and_its_rows():
    prices = (("Price",), ("10",), ("70",))
    for table in (prices, prices[:1]):
        assert execution_match("GreaterThan(60)", "GreaterThan(c[0], 60)", table)
    assert not execution_match("GreaterThan(60)", "GreaterThan(c[0], 60)", HEADER)


@pytest.mark.parametrize(
    ("candidate", "gold", "expected"),
    [
        ("colorscale()", "ColorScale()", True),
        ("DataBar()", "ColorScale()", False),
        ("ColorScale(c[1])", "ColorScale(c[2])", False),
        ("ColorScale()", "GreaterThan(900)", False),
        ("GreaterThan(900)", "ColorScale()", False),
        ("NOT(ColorScale())", "ColorScale()", False),
        ("OR(GreaterThan(25), DataBar())", "OR(DataBar(), GreaterThan(25))", True),
        ("OR(GreaterThan(25), DataBar())", "OR(GreaterThan(25), IconSet())", False),
    ],
)
def test_visual_rules_match_by_kind_and_column(candidate, gold, expected):
    for table in ((), HEADER, SALES):
        assert execution_match(candidate, gold, table) is expected


def test_a_rule_relative_to_a_date_is_run_on_the_day_given():
    table = (("Date",), ("2024-02-10",), ("2024-03-10",))
    assert execution_match("LastMonth()", "Today()", table, today=date(2024, 2, 10)) is False
    assert table_decides("LastMonth()", table, today=date(2024, 3, 1))
    assert table_decides("LastMonth()", table, today=date(2024, 4, 1))
    assert not table_decides("LastMonth()", table, today=TODAY)


@pytest.mark.parametrize("today", [date(1900, 6, 1), TODAY, date(2024, 2, 29), date.max])
def test_without_rows_the_days_around_today_decide(today):
    assert execution_match("LastMonth()", "AND(LastMonth(), NOT(ThisMonth()))", today=today)
    assert not execution_match("ThisMonth()", "AND(ThisMonth(), NOT(Today()))", today=today)


def test_before_1900_a_rule_relative_to_a_date_matches_only_itself():
    assert execution_match("lastmonth()", "LastMonth()", today=date.min)
    assert not execution_match("AND(LastMonth())", "LastMonth()", today=date.min)


words = "AND OR NOT LEN c[0] c[3] ( ) ( ) , 10 5% 1E300 -1E307 1E-307 'a' \"\" $B$2 $XFD$9999999"
pieces = st.sampled_from([*FUNCTIONS, *words.split(), ", ", "Paris", "\ud800"])
codes = st.lists(pieces, max_size=12).map("".join) | st.text(max_size=20)
tables = st.lists(st.lists(st.text(max_size=5) | pieces, max_size=3), max_size=4)


@settings(max_examples=300, deadline=None)
@given(codes, codes, tables, st.dates())
@example("NOT(" * 5000, "Blanks()", [], TODAY)
@example("Equals(" + "9" * 5000 + ")", "Blanks()", [], TODAY)
@example("TopPercent(1E307)", "Bottom(-1E307)", [], TODAY)
def test_no_text_and_no_table_makes_it_fail(candidate, gold, table, today):
    match = execution_match(candidate, gold, table, today)
    if not (CF.is_valid(candidate) and CF.is_valid(gold)):
        assert match is False
    elif CF.normal_form(candidate) == CF.normal_form(gold):
        assert match is True


literals = {
    Argument.VALUE: st.sampled_from(["25", "25.0", "2.5E1", "-3", "10%", "north", "'Two words'"]),
    Argument.TEXT: st.sampled_from(["25", "north", "'Two words'", "Two words", "a, b"]),
    Argument.COUNT: st.sampled_from(["3", "10", "10%", "150"]),
}


@st.composite
def conditions(draw: st.DrawFn) -> str:
    function = draw(st.sampled_from(list(FUNCTIONS.values())))
    parts = [draw(literals[function.argument]) for _ in range(function.most)]
    subject = draw(st.sampled_from(["", "c[0]", "c[2]", "LEN(c[1])"]))
    name = draw(st.sampled_from([function.name, *function.aliases]))
    return f"{name}({', '.join(part for part in (subject, *parts) if part)})"


# Spellings of one literal each.
alike = {
    Argument.VALUE: [
        *(["25", "25.0", "+2.5E1", " 25 "], ["-3", "-3.00"], ["10%", "10.0 %"], ["0", "-0", ".0"]),
        *(["north", "'north'", '"north"'], ["Two words", "'Two words'"], ["$b$2", "$B$2"]),
    ],
    Argument.TEXT: [
        *(["25", "'25'", ' "25" '], ["north", "'north'"], ["a, b", "'a, b'"], ["", "''"]),
        *(["it's", '"it\'s"', "'it''s'"], ["$b$2", "$B$2"]),
    ],
    Argument.COUNT: [["3", "3.0", "+3", " 3"], ["10%", "1E1%"], ["150", "150.00"]],
}


@st.composite
def spelled_twice(draw: st.DrawFn, depth: int = 2) -> tuple[str, str]:
    """Return a rule written in two ways."""
    if depth and draw(st.booleans()):
        operator = draw(st.sampled_from(["AND", "OR", "NOT"]))
        size = 1 if operator == "NOT" else draw(st.integers(1, 2))
        rules = [draw(spelled_twice(depth - 1)) for _ in range(size)]
        one, other = (", ".join(rule[n] for rule in rules) for n in (0, 1))
        return f"{operator}({one})", f" {operator.lower()}( {other} )"
    function = draw(st.sampled_from(list(FUNCTIONS.values())))
    chosen = [draw(st.sampled_from(alike[function.argument])) for _ in range(function.most)]
    subject = draw(st.sampled_from(["", "c[0]", "c[2]", "LEN(c[1])"]))
    texts = []
    for space in ("", " "):
        name = draw(st.sampled_from([function.name, *function.aliases]))
        name = draw(st.sampled_from([name, name.lower(), name.upper()]))
        parts = [subject, *(draw(st.sampled_from(spellings)) for spellings in chosen)]
        texts.append(f"{name}{space}({f',{space}'.join(part for part in parts if part)})")
    return texts[0], texts[1]


@settings(max_examples=150, deadline=None)
@given(spelled_twice(), tables)
def test_rules_with_one_canonical_form_colour_the_same_cells(spellings, table):
    rows = [*table, ["25", "north", "-3"], ["0.1", "", "TWO WORDS"], ["it's", "a, b", "0"]]
    form, other_form = map(CF.normal_form, spellings)
    assert form == other_form == CF.normal_form(form)
    one, other, canonical = map(parse, (*spellings, form))
    cells = coloured_cells(canonical, rows, TODAY)
    assert coloured_cells(one, rows, TODAY) == coloured_cells(other, rows, TODAY) == cells
    assert execution_match(*spellings, rows)


@settings(max_examples=40, deadline=None)
@given(conditions(), conditions(), st.sampled_from(["AND", "OR"]))
def test_a_match_is_mutual_and_does_not_see_the_order_of_a_combination(one, other, operator):
    assert execution_match(one, other) is execution_match(other, one)
    there, back = f"{operator}({one},{other})", f"{operator}({other},{one})"
    match = execution_match(there, back)
    assert match is execution_match(back, there)
    # What never or always holds is told from nothing else, so only that may fail to match.
    assert match or not execution_match(f"NOT(NOT({there}))", there)
