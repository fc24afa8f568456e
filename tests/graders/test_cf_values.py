"""What a typed text is taken for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.graders.cf_values import Kind, read_value


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


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"\(?[-+]?[$]?[0-9,.]{0,9}(E[0-9]{1,4})?%?\)?"))
def test_reading_a_cell_never_fails(text):
    assert read_value(text).kind in Kind
