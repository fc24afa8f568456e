"""Prompts and programs as token ids: literals are copied through slots, and nothing is lost."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codefusion.data.codec import Codec
from codefusion.data.examples import Example, Snippet
from codefusion.data.tokenization import add_slots, encode, load_tokenizer, train_tokenizer
from codefusion.training.corpus import encode_pairs, encode_snippets

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
TEXTS = [
    "highlight cells greater than in the column",
    "find files with the name",
    "GreaterThan(1) TextContains(x) c[1]",
    "find . -name x",
]


@pytest.fixture(scope="module", params=["ours", "codet5"])
def codec(request, codet5_folder):
    if request.param == "ours":
        return Codec(train_tokenizer(TEXTS * 20, 400, slots=3))
    tokenizer = load_tokenizer(codet5_folder)
    add_slots(tokenizer, 3)
    return Codec(tokenizer)


def names(codec, ids):
    return codec.tokenizer.convert_ids_to_tokens(list(ids))


def test_code_copies_a_literal_by_one_slot_token(codec):
    prompt = codec.prompt('highlight cells with "New York" greater than 1250', "cf")
    code = codec.code("AND(TextContains(New York), GreaterThan(1250))", prompt.slots)
    assert {"1250", "New York"} <= set(prompt.slots.values())
    assert [one for one in names(codec, code) if one.startswith("<")] == ["<text_0>", "<number_0>"]
    assert {"<text_0>", "<number_0>"} <= set(names(codec, prompt.ids))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(utterance=TEXT, code=TEXT)
@example(utterance="x <number_0> 5 <text_0>", code="<number_0>5 <text_0> <pad>")
@example(utterance="'a' \"a b\" a b 1 2 3 4 5", code="a b a 'a b' 1 5 4")
@example(utterance="中文 'é'", code="é中文")
def test_any_program_comes_back_to_the_byte(codec, utterance, code):
    prompt = codec.prompt(f"show {utterance}", "bash")
    ids = codec.code(code, prompt.slots)
    assert codec.text(ids, prompt.slots).encode() == code.encode()
    written = set(ids) & set(codec.slot_ids)
    assert written <= set(prompt.slots)
    assert set(prompt.slots) <= set(prompt.ids)


def test_equal_literals_share_a_slot(codec):
    prompt = codec.prompt("find 'x y' and 'x y'", "bash")
    assert names(codec, prompt.ids).count("<text_0>") == 2
    assert "<text_1>" not in names(codec, prompt.ids)


def test_literals_beyond_the_last_slot_are_spelled_out(codec):
    prompt = codec.prompt("find 11 and 12 and 13 and 14", "bash")
    assert [text for text in prompt.slots.values() if text.isdigit()] == ["11", "12", "13"]
    ids = codec.code("14", prompt.slots)
    assert not set(ids) & set(codec.slot_ids)
    assert codec.text(ids, prompt.slots) == "14"


def test_a_slot_that_stands_for_nothing_is_dropped(codec):
    assert codec.text([*encode(codec.tokenizer, "a"), codec.slot_ids[0]], {}) == "a"


def test_a_literal_is_marked_in_the_header_too_but_a_column_number_is_not(codec):
    table = (("Zweibrücken", "b", "c", "d"),)
    prompt = codec.prompt("cells with 'Zweibrücken' 2", "cf", table)
    assert names(codec, prompt.ids).count("<text_0>") == 2
    assert names(codec, prompt.ids).count("<number_0>") == 1


def test_the_literal_itself_stays_readable_after_its_slot(codec):
    ids = codec.prompt("find 1250", "bash").ids
    slot = ids.index(codec.tokenizer.convert_tokens_to_ids("<number_0>"))
    rest = ids[slot + 1 : -1]
    assert codec.text(rest, {}).strip() == "1250"


def test_without_slot_tokens_nothing_is_replaced(tokenizer):
    codec = Codec(tokenizer)
    prompt = codec.prompt("Find 1250", "bash")
    assert prompt.slots == {}
    assert prompt.ids == (*encode(tokenizer, "bash: Find 1250"), tokenizer.eos_token_id)


def test_training_pairs_are_written_as_inference_reads_them(codec):
    pair = Example("find 'a b' older than 7 days", "find . -name 'a b' -mtime +7", "bash")
    rows, _ = encode_pairs([pair], codec, 100, 100)
    prompt = codec.prompt(pair.utterance, pair.language)
    assert rows[0].prompt == prompt.ids
    assert codec.text(rows[0].code, prompt.slots) == pair.code


def test_a_masked_program_keeps_the_slots_that_its_code_needs(codec):
    data, _ = encode_snippets([Snippet("find . -name 'a b' -mtime +71", "bash")], codec, 100)
    slots = {one for one in data.rows[0].code if one in codec.slot_ids}
    unmaskable = {one for tokens, may in data.pieces[0] if not may for one in tokens}
    assert len(slots) == 2
    assert slots <= unmaskable


def test_a_codec_that_reads_new_texts_for_ever_does_not_grow_for_ever(codec, monkeypatch):
    monkeypatch.setattr("codefusion.data.codec.MOST_REMEMBERED", 10)
    first = codec.prompt("find the word0 files", "bash")
    for number in range(50):
        codec.prompt(f"find the word{number} files{number}", "bash")
        codec.code(f"find word{number}", {})
        codec.code("x" * 1000 + str(number), {})
    assert len(codec._cache) <= 10
    assert len(codec._common) <= 10
    assert max(map(len, codec._cache)) < 1000
    assert codec.prompt("find the word0 files", "bash") == first
