from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codefusion.errors import UsageError
from codefusion.spreadsheet.areas import (
    MAX_COLUMN,
    MAX_ROW,
    Area,
    column_number,
    letters,
    parse_area,
    runs,
)

areas = st.builds(
    lambda rows, columns: Area(min(rows), min(columns), max(rows), max(columns)),
    st.tuples(*[st.integers(1, MAX_ROW)] * 2),
    st.tuples(*[st.integers(1, MAX_COLUMN)] * 2),
)


@given(areas)
def test_an_area_is_read_from_its_own_name(area):
    assert parse_area(str(area)) == area


def test_the_last_column_of_a_sheet_is_xfd():
    assert letters(MAX_COLUMN) == "XFD"
    assert column_number("xfd") == MAX_COLUMN


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("B2:F200", "B2:F200"),
        ("f200:b2", "B2:F200"),
        ("F2:B200", "B2:F200"),
        ("$B$2:$F$200", "B2:F200"),
        (" C3 ", "C3"),
        ("B:F", f"B1:F{MAX_ROW}"),
        ("C", f"C1:C{MAX_ROW}"),
    ],
)
def test_a_range_may_be_written_in_several_ways(text, name):
    assert str(parse_area(text)) == name


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no range"),
        ("2:200", "no range"),
        ("B2:F200:G3", "no range"),
        ("B0:F2", "no range"),
        ("Sheet1!B2:F200", "--sheet"),
        ("B2:F", "one end only"),
        ("A1:XFE2", "beyond"),
        ("A1:B1048577", "beyond"),
    ],
)
def test_what_is_no_range_is_refused_with_the_reason(text, word):
    with pytest.raises(UsageError, match=word):
        parse_area(text)


@given(st.sets(st.integers(0, 60)))
def test_runs_hold_each_number_once_and_never_touch(numbers):
    found = runs(numbers)
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))
