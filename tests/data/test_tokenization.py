"""Tokenizers are exact to the byte, and training cuts text as inference does."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codefusion.data.codec import Codec
from codefusion.data.examples import Example
from codefusion.data.tokenization import (
    SPECIAL_TOKENS,
    build_prompt,
    decode,
    encode,
    load_tokenizer,
    train_tokenizer,
)
from codefusion.errors import CheckpointError, UsageError
from codefusion.training.corpus import encode_pairs, special_ids

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
# Cheap to find by eye, hard to find by chance.
AWKWARD = [
    "",
    " ",
    "<pad>",
    "a <pad> </s> b<mask><unk><s>",
    "<extra_id_0> x <extra_id_99>",
    "a\0b",
    "\tfor x in *; do\r\n\techo $x\n\ndone\n",
    "  two  spaces , and a ! ' n't 's",
    "naïve e\u0301 \u0301\u0302 ﬁ Å",
    "👩‍👩‍👧 🏳️‍🌈 \U0001f1e6",
    "\ufeff\u200b\u00a0\u2028\x85\x1f",
    "中文 кириллица ١٢٣ ½ ²",
    "\ufffd \ufffe \U0010ffff",
]


@pytest.fixture(scope="module")
def codet5(codet5_folder):
    return load_tokenizer(codet5_folder)


@pytest.fixture(params=["ours", "codet5"])
def either(request, tokenizer, codet5):
    return tokenizer if request.param == "ours" else codet5


def with_awkward(test):
    for text in AWKWARD:
        test = example(text=text)(test)
    return test


@with_awkward
@given(text=TEXT)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_to_the_byte(either, text):
    assert decode(either, encode(either, text)).encode() == text.encode()


@with_awkward
@given(text=TEXT)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_can_spell_a_special_token(either, text):
    special = set(either.all_special_ids)
    assert not special & set(encode(either, text))


@pytest.mark.parametrize("text", AWKWARD)
def test_a_saved_tokenizer_cuts_text_as_before(either, text, tmp_path):
    either.save_pretrained(tmp_path)
    loaded = load_tokenizer(tmp_path)
    assert encode(loaded, text) == encode(either, text)
    assert decode(loaded, encode(loaded, text)) == text
    assert special_ids(loaded) == special_ids(either)
    assert len(loaded) == len(either)


def test_asking_the_tokenizer_itself_before_does_not_change_the_cut(codet5_folder):
    fresh = load_tokenizer(codet5_folder)
    fresh("find <mask> </s>")
    assert decode(fresh, encode(fresh, "find <mask> </s>")) == "find <mask> </s>"


@given(
    word=st.one_of(
        st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHäßé", min_size=1), st.from_regex(r"\A\d{1,9}\Z")
    ),
    before=st.sampled_from(
        ["", " ", "'", "(", "/", "./", "-", "= ", "x ", "-name '*.", "\n\t", "_"]
    ),
    after=st.sampled_from(["", " ", "'", ")", "/", ".py", "\n", ","]),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_word_or_number_has_the_same_tokens_wherever_it_stands(tokenizer, word, before, after):
    alone = encode(tokenizer, word)
    inside = encode(tokenizer, before + word + after)
    start = len(encode(tokenizer, before))
    assert inside[start : start + len(alone)] == alone


def test_every_digit_and_every_space_is_a_token_of_its_own(tokenizer):
    tokens = tokenizer.convert_ids_to_tokens(encode(tokenizer, "size 1024  12"))
    assert tokens[-9:] == ["Ġ", "1", "0", "2", "4", "Ġ", "Ġ", "1", "2"]


def test_training_on_markup_does_not_teach_special_tokens():
    tokenizer = train_tokenizer(["<s>struck</s> <pad>"] * 50, 300)
    assert not set(range(len(SPECIAL_TOKENS))) & set(encode(tokenizer, "<s>struck</s> <pad>"))


def test_the_special_tokens_come_first(tokenizer):
    assert tokenizer.convert_ids_to_tokens(range(5)) == list(SPECIAL_TOKENS)
    assert tokenizer.pad_token_id == 0


def test_a_tokenizer_has_at_most_the_tokens_asked_for():
    assert len(train_tokenizer(["ls -l"], 261)) == 261
    assert len(train_tokenizer(["find files by name and list the files"] * 9, 270)) <= 270


def test_a_vocabulary_smaller_than_the_bytes_is_refused():
    with pytest.raises(UsageError, match="needs 261 tokens, got 260"):
        train_tokenizer(["ls"], 260)


@with_awkward
@given(text=TEXT)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_training_and_inference_read_the_same_tokens(either, text):
    """One missing end token cost ELF half of its BLEU."""
    table = (("Name", "Age <mask>"), ("x", "1"))
    utterance = f"show {text}"
    pair = Example(utterance, text or "ls", "bash", table)
    rows, left_out = encode_pairs([pair], Codec(either), 10_000, 10_000)
    assert left_out == 0
    assert rows[0].prompt == Codec(either).prompt(utterance, "bash", table, 10_000).ids
    assert decode(either, [*rows[0].code, either.pad_token_id]) == pair.code


def test_training_leaves_out_exactly_the_prompts_inference_refuses(tokenizer):
    fits, too_long = Example("list a b", "ls", "bash"), Example("list a b c", "ls", "bash")
    codec = Codec(tokenizer)
    limit = len(codec.prompt("list a b", "bash").ids)
    rows, left_out = encode_pairs([fits, too_long], codec, limit, 10)
    assert (len(rows), left_out) == (1, 1)
    assert len(codec.prompt("list a b", "bash", max_length=limit).ids) == limit
    with pytest.raises(UsageError, match=rf"too long: \d+ tokens, the model reads {limit}"):
        codec.prompt("list a b c", "bash", max_length=limit)


def test_a_prompt_ends_with_one_end_token_and_code_with_none(tokenizer):
    prompt = Codec(tokenizer).prompt("list", "bash").ids
    assert prompt.count(tokenizer.eos_token_id) == 1
    assert prompt[-1] == tokenizer.eos_token_id
    assert tokenizer.eos_token_id not in encode(tokenizer, "ls")


def test_decoding_stops_at_the_first_pad(tokenizer):
    ids, more = encode(tokenizer, "ls -l"), encode(tokenizer, "pwd")
    pad = tokenizer.pad_token_id
    assert decode(tokenizer, [*ids, pad, *more, pad]) == "ls -l"
    assert decode(tokenizer, [pad, *ids]) == ""
    assert decode(tokenizer, ids) == "ls -l"


@pytest.mark.parametrize("utterance", ["", "   ", "\n\t"])
def test_an_empty_utterance_is_refused(utterance):
    with pytest.raises(UsageError, match="utterance is empty"):
        build_prompt(utterance, "bash")


def test_white_space_of_an_utterance_does_not_matter():
    assert build_prompt("  list\n all\tfiles ", "bash") == "bash: list all files"


def test_the_header_of_a_table_is_numbered_and_its_cells_are_not_read():
    table = [["Name", "Unit\nprice", ""], ["apple", "3", "x"]]
    assert (
        build_prompt("red if cheap", "cf", table) == "cf: red if cheap | 0 Name | 1 Unit price | 2 "
    )


def test_columns_without_names_of_their_own_are_not_rendered():
    table = [["Index", "Value", "Third"], ["0", "1", "2"]]
    assert build_prompt("red if cheap", "cf", table) == "cf: red if cheap"


def test_only_the_first_dozen_columns_are_read():
    prompt = build_prompt("u", "cf", [[f"c{i}" for i in range(40)]])
    assert prompt.endswith("| 11 c11")


def test_the_tokenizer_of_codet5_keeps_its_ids(codet5, codet5_folder):
    vocabulary = json.loads((codet5_folder / "vocab.json").read_text())
    assert codet5.convert_tokens_to_ids(list(SPECIAL_TOKENS)) == [0, 1, 2, 3, 4]
    assert (codet5.pad_token_id, codet5.eos_token_id, codet5.mask_token_id) == (0, 2, 4)
    assert len(codet5) == len(vocabulary) + 100
    assert codet5.convert_tokens_to_ids("<extra_id_99>") == len(vocabulary)
    ids = encode(codet5, "find . -name")
    tokens = codet5.convert_ids_to_tokens(ids)
    assert ids == [vocabulary[token] for token in tokens]
    assert tokens[0] != "<s>"


@pytest.mark.parametrize("content", [None, "", "{", "{}", "[]", '{"model": 3}'])
def test_a_broken_tokenizer_is_told_in_one_line(tokenizer, tmp_path, content):
    tokenizer.save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(CheckpointError, match="cannot load the tokenizer") as caught:
        load_tokenizer(tmp_path)
    assert "\n" not in str(caught.value)


def test_no_tokenizer_at_all_is_told_in_one_line(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CheckpointError, match="cannot load the tokenizer") as caught:
            load_tokenizer(folder)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("role", ["pad_token", "eos_token", "mask_token"])
def test_a_tokenizer_without_a_needed_role_is_refused(tokenizer, tmp_path, role):
    tokenizer.save_pretrained(tmp_path)
    path = tmp_path / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), role: None}))
    with pytest.raises(CheckpointError, match=f"has no {role}"):
        load_tokenizer(tmp_path)
