"""Rules as formulas and as Excel's own kinds; whether they hold is LibreOffice's to say."""

from __future__ import annotations

import pytest
from books import region_of, save
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer

from codefusion.errors import UsageError
from codefusion.languages.cf import parse
from codefusion.languages.cf_rules import FUNCTIONS, Argument
from codefusion.spreadsheet.formatting import make_formatting
from codefusion.spreadsheet.formula import MAX_FORMULA
from codefusion.spreadsheet.workbook import Region

# Functions of every Excel since 2007, which a file needs no prefix for.
KNOWN = {
    *("AND", "OR", "NOT", "IF", "IFERROR", "ISNUMBER", "ISLOGICAL", "ISERROR", "N", "MIN", "MAX"),
    *("LEN", "TRIM", "SEARCH", "FIND", "LOWER", "LEFT", "RIGHT", "LARGE", "SMALL", "AVERAGE"),
    *("COUNT", "INT", "SUMPRODUCT", "TODAY", "WEEKDAY", "DATE", "YEAR", "MONTH"),
}
ROWS = [
    ["Name", "Amount", "Status", "Mixed"],
    ["ab", 1, "open", "x"],
    ["cd", 2, "closed", "#N/A"],
    ["ef", 3, "open", 7],
    ["gh", 4, "late", None],
]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return region_of(save(tmp_path_factory.mktemp("formulas") / "b.xlsx", ROWS))


@pytest.fixture(scope="module")
def logical(tmp_path_factory: pytest.TempPathFactory) -> Region:
    rows = [["Name", "Done"], ["ab", True], ["cd", False], ["ef", 1]]
    return region_of(save(tmp_path_factory.mktemp("logical") / "b.xlsx", rows))


def of_rows(rule: str, region: Region) -> str:
    formatting = make_formatting(parse(rule), region, True)
    assert formatting.format.type == "expression"
    assert formatting.range == str(region.area)
    return str(formatting.formula)


@pytest.mark.parametrize(
    ("rule", "formula"),
    [
        ("GreaterThan(c[1], 1000)", "IF(ISNUMBER($B2),$B2>1000)"),
        ("GreaterThan(c[1], -5)", "IF(ISNUMBER($B2),$B2>-5,LEN(TRIM($B2))=0)"),
        ("GreaterThan(c[1], 10%)", "IF(ISNUMBER($B2),$B2>0.1)"),
        ("GreaterThan(c[1], 1E+30)", "IF(ISNUMBER($B2),$B2>1E+30)"),
        ("LessThan(c[1], 2024-03-01)", "IF(ISNUMBER($B2),$B2<DATE(2024,3,1),LEN(TRIM($B2))=0)"),
        ("TextEquals(c[2], open)", '$C2="open"'),
        ('TextEquals(c[2], "say ""hi""")', '$C2="say ""hi"""'),
        ("TextContains(c[2], 50%?)", 'ISNUMBER(SEARCH("50%~?",$C2))'),
        ("GreaterThan(c[1], $H$1)", None),
        ("Blanks(c[3])", "LEN(TRIM($D2))=0"),
        ("NOT(Blanks(c[3]))", "NOT(IFERROR(LEN(TRIM($D2))=0,FALSE))"),
        (
            "AND(GreaterThan(c[1], 1000), TextEquals(c[2], open))",
            'AND(IF(ISNUMBER($B2),$B2>1000),$C2="open")',
        ),
        (
            "OR(GreaterThan(c[1], 1000), TextEquals(c[2], open))",
            'OR(IF(ISNUMBER($B2),$B2>1000),IFERROR($C2="open",FALSE))',
        ),
        ("Top(c[1], 2)", "IF(ISNUMBER($B2),$B2>=LARGE($B$2:$B$5,MIN(2,COUNT($B$2:$B$5))))"),
    ],
)
def test_a_rule_about_rows_is_a_formula_with_fixed_columns(region, rule, formula):
    written = of_rows(rule, region)
    assert formula is None or written == formula


def test_a_rule_about_cells_is_a_formula_with_relative_ones(region):
    rule = parse("AND(GreaterThan(2), LessThan(9))")
    formatting = make_formatting(rule, region, False)
    assert formatting.range == "A2:D5"
    assert "A2>2" in str(formatting.formula)
    assert "$" not in str(formatting.formula)


def test_a_rule_colours_the_columns_that_it_is_about_or_whole_rows(region):
    rule = parse("AND(GreaterThan(c[1], 1), TextEquals(c[3], x))")
    assert make_formatting(rule, region, False).range == "B2:B5 D2:D5"
    assert make_formatting(rule, region, True).range == "A2:D5"


NATIVE = [
    ("GreaterThan(c[1], 2)", "cellIs"),
    ("Between(c[1], 3, 2)", "cellIs"),
    ("TextEquals(c[2], open)", "cellIs"),
    ("TextContains(c[2], ope)", "containsText"),
    ("TextNotContains(c[2], ope)", "notContainsText"),
    ("TextStartsWith(c[2], o)", "beginsWith"),
    ("TextEndsWith(c[2], n)", "endsWith"),
    ("Blanks(c[3])", "containsBlanks"),
    ("NotBlanks(c[1])", "notContainsBlanks"),
    ("Errors(c[3])", "containsErrors"),
    ("NotErrors(c[3])", "notContainsErrors"),
    ("Top(c[1], 2)", "top10"),
    ("BottomPercent(c[1], 50)", "top10"),
    ("AboveAverage(c[1])", "aboveAverage"),
    ("Duplicates(c[2])", "duplicateValues"),
    ("Unique(c[2])", "uniqueValues"),
    ("LastMonth(c[1])", "timePeriod"),
    ("ColorScale(c[1])", "colorScale"),
    ("DataBar()", "dataBar"),
    ("IconSet(c[1])", "iconSet"),
]


@pytest.mark.parametrize(("rule", "kind"), NATIVE)
def test_excels_own_kind_is_used_where_it_means_the_same(region, rule, kind):
    assert make_formatting(parse(rule), region, False).format.type == kind


@pytest.mark.parametrize(
    "rule",
    [
        "GreaterThan(c[3], 2)",  # a text is greater in Excel
        "TextContains(c[2], a*)",  # a wildcard
        "NotBlanks(c[3])",  # an error is not blank
        "Top(c[3], 2)",  # Excel leaves all of it uncoloured where there is an error
        "Top(c[1], 2000)",  # more than Excel takes
        "GreaterThan(c[1], LEN(c[0]))",
    ],
)
def test_where_excels_own_kind_means_something_else_a_formula_is_used(region, rule):
    assert make_formatting(parse(rule), region, False).format.type == "expression"


def test_ends_of_a_range_are_written_in_order(region):
    assert make_formatting(parse("Between(c[1], 3, 2)"), region, False).format.formula == ["2", "3"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("GreaterThan(c[4], 2)", r"c\[4\], and the columns of the range are c\[0\] to c\[3\]"),
        ("GreaterThan(c[1], c[9])", r"c\[9\]"),
        ("GreaterThan(c[2], à)", "sort apart"),
        ("Between(c[1], a, c)", "about numbers"),
        ("Top(LEN(c[0]), 2)", "lengths"),
        ("Duplicates(c[3])", "has errors"),
        ("AND(ColorScale(c[1]), Blanks(c[0]))", "part of another rule"),
        (f"TextContains(c[0], {'x' * 256})", "at most 255"),
        ("TextContains(c[0], a\x01b)", "characters"),
        (f"OR({','.join(['TextContains(c[0], ' + 'x' * 250 + ')'] * 40)})", str(MAX_FORMULA)),
    ],
)
def test_what_no_formula_says_exactly_is_refused_with_the_reason(region, rule, reason):
    with pytest.raises(UsageError, match=reason):
        make_formatting(parse(rule), region, True)


@pytest.mark.parametrize("rule", ["Top(c[1], 1)", "AboveAverage(c[1])", "Unique(c[1])"])
def test_true_and_false_are_neither_ranked_nor_counted(logical, rule):
    with pytest.raises(UsageError, match="TRUE or FALSE"):
        make_formatting(parse(rule), logical, False)


def test_true_and_false_are_texts_and_no_numbers(logical):
    assert "NOT(ISLOGICAL($B2))" in of_rows("GreaterThan(c[1], 0)", logical)
    assert '"TRUE","FALSE"' in of_rows("TextEquals(c[1], true)", logical)


# -- Properties ------------------------------------------------------------------------------

references = st.sampled_from(["c[0]", "c[1]", "c[3]", "LEN(c[0])"])
texts = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=8)
arguments = {
    Argument.VALUE: texts.map(lambda text: '"' + text.replace('"', '""') + '"')
    | st.sampled_from(["10", "-2.5", "50%", "abc", "c[1]", "LEN(c[0])", "$A$2", "1E-307"]),
    Argument.TEXT: texts.map(lambda text: '"' + text.replace('"', '""') + '"')
    | st.sampled_from(["", "10", "$B$2", "c[1]"]),
    Argument.COUNT: st.sampled_from(["1", "2", "0", "-1", "50%", "1E300", "2.5", "0.1%"]),
}


@st.composite
def conditions(draw: st.DrawFn) -> str:
    function = draw(st.sampled_from(list(FUNCTIONS.values())))
    count = draw(st.integers(function.fewest, function.most))
    parts = [draw(arguments[function.argument]) for _ in range(count)]
    first_is_reference = bool(parts) and parts[0].startswith(("c[", "LEN"))
    subject = draw(references if first_is_reference else st.just("") | references)
    return f"{function.name}({', '.join(part for part in (subject, *parts) if part)})"


rules = st.recursive(
    conditions(),
    lambda inner: (
        st.builds(
            lambda name, one, two: f"{name}({one}, {two})",
            st.sampled_from(["AND", "OR"]),
            inner,
            inner,
        )
        | inner.map(lambda rule: f"NOT({rule})")
    ),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(code=rules, whole_rows=st.booleans())
def test_any_rule_is_refused_or_a_formula_of_known_functions(region, code, whole_rows):
    try:
        formatting = make_formatting(parse(code), region, whole_rows)
    except UsageError:
        return
    for formula in formatting.format.formula or []:
        assert not formula.startswith("=")
        tokens = Tokenizer("=" + formula).items
        assert "".join(token.value for token in tokens) == formula
        opened = [each.value for each in tokens if each.type == "FUNC" and each.subtype == "OPEN"]
        assert {name.rstrip("(") for name in opened} <= KNOWN
