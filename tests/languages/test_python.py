"""Python: the interpreter's own grammar."""

import warnings

import pytest

from codefusion.languages import get_language

PYTHON = get_language("python")


def masked(code: str) -> list[str]:
    return [code[start:end] for start, end in PYTHON.maskable_spans(code)]


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        "[i for i in range(3)]",
        "re.findall('\\d+', s)",
        "for x in y:\n    pass",
        "await_ = 1",
    ],
)
def test_statements_and_expressions_are_valid(code):
    assert PYTHON.is_valid(code)


@pytest.mark.parametrize("code", ["x = ", "print 'hello'", "foo(", "def f():", " x = 1", "a b"])
def test_broken_statements_are_not_valid(code):
    assert not PYTHON.is_valid(code)


def test_an_invalid_escape_is_valid_and_warns_nobody():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert PYTHON.is_valid("'\\d'")
        assert PYTHON.normal_form("'\\d'") == PYTHON.normal_form("'\\\\d'")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('f( "a",b )', "f('a', b)"),
        ("x=1;y=2", "x = 1\ny = 2"),
        ("x = (1 +\n     2)  # three", "x = 1 + 2"),
        ("if x: pass", "if x:\n    pass"),
    ],
)
def test_formatting_and_quotes_do_not_show_in_the_normal_form(one, other):
    assert PYTHON.normal_form(one) == PYTHON.normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"), [("f(a, b)", "f(b, a)"), ("x = 'a b'", "x = 'a  b'"), ("1", "1.0")]
)
def test_different_programs_have_different_normal_forms(one, other):
    assert PYTHON.normal_form(one) != PYTHON.normal_form(other)


def test_names_and_keywords_are_maskable_but_literals_are_not():
    code = "for é in sorted(d['key'], reverse=True): print(é, 12)"
    assert " ".join(masked(code)) == "for é in sorted d reverse True print é"


def test_spans_count_characters_over_several_lines():
    assert PYTHON.maskable_spans("é = '''\n'''\r\nreturn_ = é") == [(0, 1), (13, 20), (23, 24)]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("foo(bar, [baz", ["foo", "bar", "baz"]),
        ("x = y $ z", ["x", "y", "z"]),
        ("a = b\n'''never closed", ["a", "b"]),
        ("if x:\n    y\n  z", ["if", "x", "y"]),
    ],
)
def test_broken_code_yields_the_names_before_the_fault(code, names):
    assert masked(code)[: len(names)] == names
