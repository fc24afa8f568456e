"""Columns are found where an utterance speaks of them, and marked so that code copies them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codefusion.data.codec import Codec
from codefusion.data.columns import MOST_ROWS, as_text, column_kind, find_mentions
from codefusion.data.tokenization import train_tokenizer

SALES = (
    ("Order ID", "Product Name", "unitPrice", "Ship_Date", "Status"),
    ("17", "pears", "2.50", "2024-01-31", "Shipped"),
    ("18", "plums", "$1.25", "3/2/2024", "Waiting"),
)
TEXTS = ["highlight rows where the product name is", "TextEquals(c[1], 'x')", "LessThan(c[2], 5)"]


def mentioned(utterance, table=SALES):
    return [
        (utterance[one.start :].split()[0], one.column) for one in find_mentions(utterance, table)
    ]


@pytest.mark.parametrize(
    ("utterance", "expected"),
    [
        ("rows whose product names are long", [("product", 1)]),
        ("Unit Prices above 5", [("Unit", 2)]),
        ("ship dates of last month", [("ship", 3)]),
        ("orders above 5", [("orders", 0)]),
        ("what was shipped", [("shipped", 4)]),
        ("plum or pears", [("plum", 1), ("pears", 1)]),
        ("values in column C and the D column", [("C", 2), ("D", 3)]),
        ("column Z", []),
        ("everything above 17", []),
    ],
)
def test_names_letters_and_what_cells_hold_are_found(utterance, expected):
    assert mentioned(utterance) == expected


def test_a_word_that_several_columns_share_speaks_of_none():
    assert mentioned("sales below 5", [("", "Sales 2019", "Sales 2020")]) == []
    assert mentioned("those in Rome", [("From", "To"), ("Rome", "Bari"), ("Bari", "Rome")]) == []


def test_a_whole_name_goes_before_a_part_of_one():
    assert mentioned("the final pay column", [("Pay", "Final Pay")]) == [("final", 1)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("1", "-2.5", "1,000", "40 %", "$3", ""), "number"),
        (("2024-01-31", "31/01/2024", "Jan 5, 2024"), "date"),
        (("12 days", "new", "7"), "text"),
        (("", " "), "text"),
        ((), "text"),
    ],
)
def test_the_kind_of_a_column_is_that_of_most_cells(cells, kind):
    assert column_kind(cells) == kind


@given(
    st.text(max_size=40),
    st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=4),
)
def test_any_table_may_be_asked_about(utterance, table):
    found = find_mentions(utterance, table)
    starts = [one.start for one in found]
    assert starts == sorted(set(starts))
    assert all(0 <= one.column < 2 and one.start < len(utterance) for one in found)


@pytest.fixture(scope="module")
def codec():
    return Codec(train_tokenizer(TEXTS * 20, 400, slots=3))


def names(codec, ids):
    return [one for one in codec.tokenizer.convert_ids_to_tokens(list(ids)) if "column" in one]


def test_code_copies_a_column_by_the_token_that_marks_it_in_the_utterance(codec):
    prompt = codec.prompt("product names that contain x", "cf", SALES)
    code = codec.code("TextContains(c[1], 'x')", prompt.slots)
    assert names(codec, code) == ["<column_1>"]
    assert names(codec, prompt.ids) == ["<column_1>", "<column_0>", "<column_1>", "<column_2>"]
    assert codec.text(code, prompt.slots) == "TextContains(c[1], 'x')"


def test_columns_beyond_the_slots_are_spelled(codec):
    prompt = codec.prompt("status is open", "cf", SALES)
    code = codec.code("TextEquals(c[4], 'open')", prompt.slots)
    assert names(codec, code) == []
    assert codec.text(code, prompt.slots) == "TextEquals(c[4], 'open')"


def test_columns_that_the_benchmark_named_are_no_columns(codec):
    prompt = codec.prompt("values above 5", "cf", [("Index", "Value"), ("0", "7")])
    assert names(codec, prompt.ids) == []
    assert not [one for one in prompt.slots.values() if one.startswith("c[")]


def test_a_program_without_an_utterance_keeps_its_columns_in_slots(codec):
    code = "AND(Blanks(c[0]), LessThan(c[2], 5))"
    marks, slots = codec.own_slots(code)
    ids = codec.code(code, slots)
    assert names(codec, ids) == ["<column_0>", "<column_2>"]
    assert names(codec, codec.marked(code, marks)) == ["<column_0>", "<column_2>"]
    assert codec.text(ids, slots) == code


def test_cells_of_any_kind_are_read_as_text_and_only_those_of_the_first_rows(codec):
    rows = [("Item", 2019), *[("tin", 1.5)] * (MOST_ROWS - 1), ("gold", None)]
    read = as_text(rows)
    assert (len(read), read[0], read[1]) == (MOST_ROWS, ["Item", "2019"], ["tin", "1.5"])
    assert as_text([(None, True)]) == [["", "True"]]
    prompt = codec.prompt("what is gold or tin", "cf", rows)
    assert prompt == codec.prompt("what is gold or tin", "cf", read)
    assert names(codec, prompt.ids) == ["<column_0>", "<column_0>", "<column_1>"]


def test_a_plain_word_of_a_columns_name_is_no_literal_but_a_quotation_and_a_cells_text_are(codec):
    prompt = codec.prompt("Product Names like 'Status', not Plums", "cf", SALES)
    assert {"Product", "Names"}.isdisjoint(prompt.slots.values())
    assert {"Status", "Plums"} <= set(prompt.slots.values())


def test_a_cells_text_is_a_literal_however_common_and_all_of_it(codec):
    table = [("Where", "When"), ("in the column", "now")]
    prompt = codec.prompt("cells in the column name", "cf", table)
    assert "in the column" in prompt.slots.values()
    plain = codec.prompt("cells in the column name", "cf")
    assert "in the column" not in plain.slots.values()
