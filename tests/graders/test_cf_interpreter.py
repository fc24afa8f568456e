"""Conditional-formatting rules over tables: what they colour."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.graders.cf_interpreter import (
    CELL_TESTS,
    DATE_TESTS,
    RANGE_TESTS,
    VISUALS,
    Kind,
    coloured_cells,
    data_cells,
    read_value,
)
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
    ("text", "number"),
    [
        ("1,234.5", 1234.5),
        ("$38.00", 38),
        ("-$5", -5),
        ("$-5", -5),
        ("(1,000)", -1000),
        ("12%", 0.12),
        (" 7 ", 7),
        ("5 €", 5),
        (".5", 0.5),
        ("1E+3", 1000),
        ("12,34,567", 1234567),
        ("144.69999999999999", 144.7),
        ("-0", 0),
        ("2022-12-31", 44926),
        ("2022-12-31 12:00", 44926.5),
        ("12/31/2022", 44926),
        ("31/12/2022", 44926),
        ("31-Dec-2022", 44926),
        ("December 31, 2022", 44926),
    ],
)
def test_numbers_and_dates_are_read_from_text(text, number):
    value = read_value(text)
    assert (value.kind, value.number) == (Kind.NUMBER, number)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Kind.BLANK),
        (" \t", Kind.BLANK),
        ("#N/A", Kind.ERROR),
        ("#div/0!", Kind.ERROR),
        ("#ERR", Kind.ERROR),
        ("#1", Kind.TEXT),
        ("1,2", Kind.TEXT),
        ("--5", Kind.TEXT),
        ("(5", Kind.TEXT),
        ("(-5)", Kind.TEXT),
        ("1E999", Kind.TEXT),
        ("٣", Kind.TEXT),
        ("12:30", Kind.TEXT),
        ("30/30/2022", Kind.TEXT),
        ("2022-02-30", Kind.TEXT),
        ("TRUE", Kind.TEXT),
        ("5 apples", Kind.TEXT),
    ],
)
def test_other_texts_are_blank_errors_or_texts(text, kind):
    assert read_value(text).kind is kind


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


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"\(?[-+]?[$]?[0-9,.]{0,9}(E[0-9]{1,4})?%?\)?"))
def test_reading_a_cell_never_fails(text):
    assert read_value(text).kind in Kind


# -- LibreOffice -----------------------------------------------------------------------------

# A number, a text, or a formula that ends in an error, with what the interpreter reads.
SHEET = ["25", "26", "-3", "0.5", "100", "26", "Error here", "ABC", "abc", "9 lives", "=NA()", ""]
DAYS = [(TODAY + timedelta(days=n)).isoformat() for n in range(-65, 66)]
# A formula over a range that holds an error is one, while the rules pass over it.
CLEAN = [cell for cell in SHEET if not cell.startswith("=")]
RANGE = f"[.$A$2:.$A${len(CLEAN) + 1}]"
DAY = "DATE(2024;2;29)"
FORMULAS = {
    # ISNUMBER, because here a text is never greater than a number.
    "GreaterThan(25)": "AND(NOT(ISTEXT({a}));{a}>25)",
    "GreaterThanEqual(25)": "AND(NOT(ISTEXT({a}));{a}>=25)",
    "LessThan(25)": "{a}<25",
    "LessThanEqual(25)": "{a}<=25",
    "Equals(0)": "{a}=0",
    "Between(0, 26)": "AND({a}>=0;{a}<=26)",
    "TextEquals(abc)": '{a}="ABC"',
    "TextContains(e)": 'ISNUMBER(SEARCH("e";{a}))',
    "TextNotContains(e)": 'ISERROR(SEARCH("e";{a}))',
    "TextStartsWith(a)": 'LEFT({a};1)="a"',
    "TextEndsWith(6)": 'RIGHT({a};1)="6"',
    "Blanks()": "LEN(TRIM({a}))=0",
    "Errors()": "ISERROR({a})",
    "NotErrors()": "NOT(ISERROR({a}))",
}
RANGE_FORMULAS = {
    "Top(2)": "AND(ISNUMBER({a});{a}>=LARGE({r};2))",
    "Bottom(2)": "AND(ISNUMBER({a});{a}<=SMALL({r};2))",
    "TopPercent(50)": "AND(ISNUMBER({a});{a}>=LARGE({r};MAX(1;INT(COUNT({r})*0.5))))",
    "BottomPercent(10)": "AND(ISNUMBER({a});{a}<=SMALL({r};MAX(1;INT(COUNT({r})*0.1))))",
    "AboveAverage()": "AND(ISNUMBER({a});{a}>AVERAGE({r}))",
    "BelowAverage()": "AND(ISNUMBER({a});{a}<AVERAGE({r}))",
    "Duplicates()": "AND(NOT(ISBLANK({a}));COUNTIF({r};{a})>1)",
    "Unique()": "AND(NOT(ISBLANK({a}));COUNTIF({r};{a})=1)",
}
DATE_FORMULAS = {
    "Yesterday()": "{a}={t}-1",
    "Today()": "{a}={t}",
    "Tomorrow()": "{a}={t}+1",
    "Last7Days()": "AND({t}-{a}<=6;{a}<={t})",
    "LastWeek()": "AND({t}-{a}>=WEEKDAY({t});{t}-{a}<WEEKDAY({t})+7)",
    "ThisWeek()": "AND({t}-{a}<=WEEKDAY({t})-1;{a}-{t}<=7-WEEKDAY({t}))",
    "NextWeek()": "AND({a}-{t}>7-WEEKDAY({t});{a}-{t}<15-WEEKDAY({t}))",
    "LastMonth()": "AND(MONTH({a})=MONTH(EDATE({t};-1));YEAR({a})=YEAR(EDATE({t};-1)))",
    "ThisMonth()": "AND(MONTH({a})=MONTH({t});YEAR({a})=YEAR({t}))",
    "NextMonth()": "AND(MONTH({a})=MONTH(EDATE({t};1));YEAR({a})=YEAR(EDATE({t};1)))",
}


PARTS = ("office", "table", "text")
# By default, texts are compared by case, and criteria are regular expressions.
AS_EXCEL = (
    '<table:calculation-settings table:case-sensitive="false" '
    'table:use-regular-expressions="false" table:use-wildcards="true"/>'
)


def cell_xml(content: str) -> str:
    """Return a cell of a flat OpenDocument sheet: a formula, a number, a date or a text."""
    if content.startswith("="):
        return f'<table:table-cell table:formula="of:{escape(content, {chr(34): "&quot;"})}"/>'
    value = read_value(content)
    if value.kind is Kind.NUMBER:
        return f'<table:table-cell office:value-type="float" office:value="{value.number}"/>'
    if value.kind is Kind.BLANK:
        return "<table:table-cell/>"
    text = f"<text:p>{escape(content)}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def calculate(rows: list[list[str]], folder: Path) -> list[list[str]]:
    """Return the sheet as LibreOffice calculates it."""
    names = {part: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in PARTS}
    spaces = " ".join(f'xmlns:{part}="{name}"' for part, name in names.items())
    body = "".join(
        f"<table:table-row>{''.join(map(cell_xml, row))}</table:table-row>" for row in rows
    )
    (folder / "sheet.fods").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.3" '
        'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body>'
        f"<office:spreadsheet>{AS_EXCEL}"
        f'<table:table table:name="s">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document>",
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "csv", "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "sheet.fods")], check=True, timeout=110)
    with (folder / "sheet.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_rules_colour_what_their_formulas_hold_for_in_libreoffice(tmp_path):
    kinds = ((FORMULAS, SHEET), (RANGE_FORMULAS, CLEAN), (DATE_FORMULAS, DAYS))
    for number, (formulas, content) in enumerate(kinds):
        rows = [["cell", *formulas]]
        for row, cell in enumerate(content, start=2):
            filled = (f.format(a=f"[.$A{row}]", r=RANGE, t=DAY) for f in formulas.values())
            # An error in a formula formats nothing.
            rows.append([cell, *(f"=IFERROR(IF({each};1;0);0)" for each in filled)])
        folder = tmp_path / str(number)
        folder.mkdir()
        calculated = calculate(rows, folder)
        read = ["#N/A" if cell == "=NA()" else cell for cell in content]
        for place, rule in enumerate(formulas, start=1):
            held = [
                cell for cell, row in zip(read, calculated[1:], strict=True) if row[place] == "1"
            ]
            assert column(rule, *read) == held, rule
