"""Conditional-formatting rules: the hand-written parser and its canonical text."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.languages import get_language
from codefusion.languages.cf import MAX_DEPTH, CFSyntaxError, parse
from codefusion.languages.cf_rules import (
    FUNCTIONS,
    Argument,
    Cell,
    Column,
    Combination,
    Condition,
    Length,
    Number,
    Operand,
    Percent,
    Rule,
    Text,
    find_function,
    render,
)

CF = get_language("cf")


def number(digits: str) -> Number:
    return Number(Decimal(digits))


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("GreaterThan(25)", Condition("GreaterThan", None, (number("25"),))),
        ("GreaterThan(c[2], 25)", Condition("GreaterThan", Column(2), (number("25"),))),
        ("LessThan(c[2], c[1])", Condition("LessThan", Column(2), (Column(1),))),
        ("GreaterThan(LEN(c[0]), 6)", Condition("GreaterThan", Length(Column(0)), (number("6"),))),
        ("GreaterThan($e$13)", Condition("GreaterThan", None, (Cell("E", 13),))),
        ("GreaterThan(13 Days)", Condition("GreaterThan", None, (Text("13 Days"),))),
        ("Equals(50%)", Condition("Equals", None, (Percent(Decimal(50)),))),
        ("Between(-1,2E+36)", Condition("Between", None, (number("-1"), number("2E36")))),
        ("Top(c[1], 10%)", Condition("TopPercent", Column(1), (number("10"),))),
        ("TopPercent(10%)", Condition("TopPercent", None, (number("10"),))),
        ("Bottom(c[1])", Condition("Bottom", Column(1), ())),
        ("Duplicate()", Condition("Duplicates", None, ())),
        ("ColorScale(c[0])", Condition("ColorScale", Column(0), ())),
        ("TextEquals()", Condition("TextEquals", None, (Text(""),))),
        ("TextEquals(c[3])", Condition("TextEquals", Column(3), (Text(""),))),
        ("TextEquals(0)", Condition("TextEquals", None, (Text("0"),))),
        ("TextEquals($D$7)", Condition("TextEquals", None, (Cell("D", 7),))),
        ('TextEquals("$D$7")', Condition("TextEquals", None, (Text("$D$7"),))),
        ("TextEquals($ per kW-mo)", Condition("TextEquals", None, (Text("$ per kW-mo"),))),
        ("StartsWith(c[0], 'A')", Condition("TextStartsWith", Column(0), (Text("A"),))),
        ("TextEquals(City, Country)", Condition("TextEquals", None, (Text("City, Country"),))),
        ("TextContains(rich's)", Condition("TextContains", None, (Text("rich's"),))),
        (
            "TextEquals(TRAFFIC SIGNALS (Two-Way))",
            Condition("TextEquals", None, (Text("TRAFFIC SIGNALS (Two-Way)"),)),
        ),
        ('TextEquals("say ""no"" )")', Condition("TextEquals", None, (Text('say "no" )'),))),
        (
            "and(NOT(Blanks()) , LessThan(1))",
            Combination(
                "AND",
                (
                    Combination("NOT", (Condition("Blanks", None, ()),)),
                    Condition("LessThan", None, (number("1"),)),
                ),
            ),
        ),
    ],
)
def test_a_rule_parses_to_its_tree(code, rule):
    assert parse(code) == rule


@pytest.mark.parametrize(
    ("code", "position", "message"),
    [
        ("", 0, "expected the name of a function"),
        ("GreaterThan", 11, r"expected '\('"),
        ("GreaterThan(3", 13, r"expected '\)'"),
        ("GreaterThan(3))", 14, r"expected the end of the rule, got '\)'"),
        ("GreaterThan()", 12, "takes 1 arguments, got 0"),
        ("GreaterThan(c[1])", 12, "takes 1 arguments, got 0"),
        ("Between(1)", 8, "takes 2 arguments, got 1"),
        ("Between(1, )", 11, "expected an argument"),
        ("Blanks(3)", 7, "takes 0 arguments, got 1"),
        ("Top(1, 2)", 4, "takes 0 or 1 arguments, got 2"),
        ("Top(few)", 4, "takes a number"),
        ("GreaterThan(LessThan(3))", 12, "expected a value, not a function"),
        ("Between(10,20LessThan 5)", 11, "expected a value, not a function"),
        ("TextEquals(c[0], who')", 21, "' closes nothing"),
        ("GreaterThan(c[2 25)", 13, r"expected '\)'"),
        ("Shiny(3)", 0, "unknown function 'Shiny'"),
        ("OR(TextEquals(0),OR())", 20, "expected the name of a function"),
        ("NOT(Blanks(),Errors())", 12, r"expected '\)'"),
        ("AND(Blanks() Errors())", 13, r"expected '\)'"),
        ("TextEquals((a)", 14, r"expected '\)'"),
        ("TextEquals('a)", 11, "no closing '"),
        ("TextEquals(c[3] 'a')", 16, "expected ','"),
        ("Equals(1E9999999999999999999)", 7, "number out of range"),
        ("Equals(1E-308)", 7, "number out of range"),
        ("NOT(" * MAX_DEPTH + "Blanks()" + ")" * MAX_DEPTH, 4 * MAX_DEPTH, "nested deeper than"),
    ],
)
def test_an_error_says_in_one_line_what_is_wrong_and_where(code, position, message):
    with pytest.raises(CFSyntaxError, match=message) as caught:
        parse(code)
    assert caught.value.position == position
    assert "\n" not in str(caught.value)
    assert not CF.is_valid(code)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("top(10%)", "TopPercent(10)"),
        ("bottom(5)", "Bottom( 5.0 )"),
        ("aboveAverage()", "AboveAverage()"),
        ("GreaterThanEquals(25.00)", "GreaterThanEqual(25)"),
        ("Equals(1e3)", "Equals(1000)"),
        ("Equals(-0)", "Equals(0)"),
        ("Equals(.5)", "Equals(+0.50)"),
        ("TextEquals('a b')", 'TextEquals( "a b" )'),
        ('TextEquals("")', "TextEquals()"),
        ("TextEquals(c[3], 'No')", "TextEquals(c[3],No)"),
        ("AND(Blanks(),Errors())", "AND( Blanks( ), Errors() )"),
    ],
)
def test_spelling_does_not_show_in_the_normal_form(one, other):
    assert CF.normal_form(one) == CF.normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Equals(12345678901234567890123456789012)", "Equals(12345678901234567890123456789013)"),
        ("Top(10)", "Top(10%)"),
        ("TextEquals(a b)", "TextEquals(a  b)"),
        ("TextEquals(' a')", "TextEquals(a)"),
        ("TextEquals(25)", "TextEquals(25.0)"),
        ("Equals(5)", "Equals('5')"),
        ("TextEquals($D$7)", "TextEquals('$D$7')"),
        ("GreaterThan(c[1], 5)", "GreaterThan(5)"),
        ("AND(Blanks(), Errors())", "AND(Errors(), Blanks())"),
        ("NotEquals(3)", "NOT(Equals(3))"),
    ],
)
def test_different_rules_have_different_normal_forms(one, other):
    assert CF.is_valid(one)
    assert CF.is_valid(other)
    assert CF.normal_form(one) != CF.normal_form(other)


def operands(kind: Argument) -> st.SearchStrategy[Operand]:
    decimals = st.decimals(-(10**40), 10**40, allow_nan=False) | st.just(Decimal("1E-300"))
    texts = st.text("ab1 ,()[]\"'$%.c\n", max_size=8) | st.sampled_from(
        ["c[1]", "c [1]", "LEN(x", "LEN(c[0])", "$A$1", "25", "5%", "'a'"]
    )
    cells = st.builds(Cell, st.sampled_from(["A", "ZZ"]), st.integers(1, 9999))
    any_text = references | cells | texts.map(Text)
    return {
        Argument.TEXT: any_text,
        Argument.VALUE: any_text | decimals.map(Number) | decimals.map(Percent),
        Argument.COUNT: decimals.map(Number),
    }[kind]


columns = st.integers(0, 99).map(Column)
references = columns | columns.map(Length)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    function = draw(st.sampled_from(list(FUNCTIONS.values())))
    size = draw(st.integers(function.fewest, function.most))
    arguments = tuple(draw(operands(function.argument)) for _ in range(size))
    # A reference that stands first is read as the subject.
    needs_subject = bool(arguments) and isinstance(arguments[0], Column | Length)
    subject = draw(references if needs_subject else st.none() | references)
    return Condition(function.name, subject, arguments)


def combinations(rules: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(rules, min_size=1, max_size=3).map(tuple)
    both = st.builds(Combination, st.sampled_from(["AND", "OR"]), several)
    return both | rules.map(lambda rule: Combination("NOT", (rule,)))


@settings(max_examples=250, deadline=None)
@given(st.recursive(conditions(), combinations, max_leaves=6))
def test_every_tree_is_read_back_from_its_canonical_text(rule):
    assert parse(render(rule)) == rule
    assert CF.normal_form(render(rule)) == render(rule)


def test_every_name_means_one_function_in_any_case():
    names = [name for each in FUNCTIONS.values() for name in (each.name, *each.aliases)]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert find_function(name.upper()) is find_function(name.lower())


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ("AND(GreaterThan(c[2], 0), top(10%))", "AND GreaterThan c[2] top"),
        ("GreaterThan(LEN(c[0]), 6)", "GreaterThan LEN c[0]"),
        ("TextEquals(AND(c[1]) top(1))", "TextEquals"),
        ("AND(GreaterThan(c[2] 0), top(10%), Shiny(c[1]))", "AND GreaterThan c[2] top c[1]"),
        ("LessThan c[1] OR(", "LessThan c[1] OR"),
        ("= NOT(Blanks", "NOT"),
    ],
)
def test_function_names_and_columns_are_maskable(code, pieces):
    assert " ".join(code[start:end] for start, end in CF.maskable_spans(code)) == pieces
