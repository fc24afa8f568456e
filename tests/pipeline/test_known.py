"""Known programs: which are, how they begin, and a search that is led to them."""

import pytest
import torch

from codefusion.data.batching import pad_rows
from codefusion.data.codec import Codec
from codefusion.data.tokenization import train_tokenizer
from codefusion.models.baselines import token_loss
from codefusion.pipeline import TokenPipeline
from codefusion.pipeline.jury import Jury, JurySettings
from codefusion.pipeline.known import END, KnownPrograms, _beginnings
from codefusion.pipeline.options import Query
from codefusion.pipeline.reading import read_prompts
from codefusion.pipeline.search import found, hypotheses, left_reader

PROGRAMS = ["ls", "ls -l src", "find . -name x", "find . -name '*.py' | wc -l", "cat  a.txt\n"]


@pytest.fixture(scope="module")
def known():
    return KnownPrograms.of(PROGRAMS)


def hashes(*texts):
    return torch.tensor([list(_beginnings(text))[len(text.encode()) - 1] for text in texts])


def test_a_program_is_known_whatever_its_white_space_and_no_other_is(known):
    assert len(known) == len(PROGRAMS)
    assert "cat a.txt" in known
    assert " find .  -name x" in known
    for other in ("ls -l", "find . -name y", "", "LS"):
        assert other not in known


def test_all_beginnings_of_known_programs_are_found(known):
    for program in PROGRAMS:
        text = " ".join(program.split())
        assert known.may_begin(hashes(*(text[:end] for end in range(1, len(text) + 1)))).all()
    whole = torch.tensor([list(_beginnings(text))[-1] for text in ("ls", "find . -name x")])
    assert known.may_begin(whole).all()
    assert END not in b"".join(program.encode() for program in PROGRAMS)


def test_two_in_five_others_are_taken_for_a_beginning():
    many = KnownPrograms.of(f"find /{number} -name {number * 7}" for number in range(2000))
    others = [f"grep {number} /etc/{number * 3}" for number in range(4000)]
    taken = many.may_begin(hashes(*others)).float().mean()
    assert 0.3 < taken < 0.45


def test_so_many_bytes_may_follow_that_no_program_can_be_spelled_out():
    program = "find /var/log -name '*.gz' -mtime +30 -delete"
    many = KnownPrograms.of([program, *(f"echo {number} > {number}.txt" for number in range(500))])
    printable = [chr(one) for one in range(32, 127)]
    for size in range(1, len(program)):
        longer = hashes(*(program[:size] + one for one in printable))
        assert many.may_begin(longer).sum() > 15


@pytest.fixture(scope="module")
def pipeline(make_baseline, examples):
    """A model that has learned what the programs look like, as a search is led by what it says."""
    texts = [f"bash: {one.utterance}" for one in examples] + [one.code for one in examples]
    slotted = train_tokenizer((texts + PROGRAMS) * 2, 320, slots=4)
    model = make_baseline("autoregressive", vocab_size=len(slotted), max_code_length=40)
    pipeline = TokenPipeline(model, None, slotted)
    prompt = torch.tensor([pipeline.codec.prompt("do something", "bash").ids] * len(PROGRAMS))
    written = [pipeline.codec.code(" ".join(one.split()), {}) for one in PROGRAMS]
    code, _ = pad_rows(written, model.config.pad_token_id)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(40):
        loss = token_loss(model(code, prompt, torch.ones_like(prompt, dtype=torch.bool)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return pipeline


def test_pieces_make_up_the_text_that_they_are_pieces_of(pipeline):
    codec = pipeline.codec
    prompt = codec.prompt("find files named 'x y' larger than 12", "bash")
    pieces = codec.pieces(prompt.slots)
    for code in ("find . -name 'x y' -size +12", "ls  -l | wc\n", "head -n 12 a.txt"):
        ids = codec.code(code, prompt.slots)
        assert "".join(pieces[one] for one in ids) == codec.text(ids, prompt.slots) == code
    unset = set(codec.slot_ids) - set(prompt.slots)
    special = {pipeline.tokenizer.pad_token_id, pipeline.tokenizer.eos_token_id}
    assert unset
    assert all(pieces[one] is None for one in unset | special)


@torch.no_grad()
def test_a_search_for_known_programs_finds_them_with_their_own_probability(pipeline, known):
    asked = ["list the files of src", "find files named x", "count the lines of a.txt"]
    prompts = [pipeline.codec.prompt(one, "bash") for one in asked]
    together = hypotheses(pipeline.model, pipeline.codec, prompts, 12, known)
    for prompt, programs in zip(prompts, together, strict=True):
        texts = [pipeline.codec.text(one.tokens, prompt.slots) for one in programs]
        assert any(one in known for one in texts)
        assert known.may_begin(torch.tensor([h for one in texts for h in _beginnings(one)])).all()
        logs = [one.log_probability for one in programs]
        assert logs == sorted(logs, reverse=True)
        alone = hypotheses(pipeline.model, pipeline.codec, [prompt], 12, known)[0]
        assert [one.tokens for one in alone] == [one.tokens for one in programs]
        best, begin = programs[0], torch.tensor([0])
        read = left_reader(pipeline.model, pipeline.codec, [prompt], reading(pipeline, prompt))
        total, last = 0.0, torch.tensor([pipeline.model.config.eos_token_id])
        for token in (*best.tokens, pipeline.model.end_token_id):
            total += float(read(last, begin).log_softmax(dim=-1)[0, token])
            last = torch.tensor([token])
        assert best.log_probability == pytest.approx(total, abs=1e-3)


def reading(pipeline, prompt):
    return read_prompts(pipeline.model, [prompt], ())


@torch.no_grad()
def test_a_letter_of_several_tokens_is_known_but_not_searched_for(pipeline):
    other = KnownPrograms.of(["ls é", "ls"])
    assert "ls é" in other
    prompt = pipeline.codec.prompt("do something", "bash")
    (programs,) = hypotheses(pipeline.model, pipeline.codec, [prompt], 50, other)
    texts = {pipeline.codec.text(one.tokens, prompt.slots) for one in programs}
    assert {one for one in texts if one in other} == {"ls"}


@torch.no_grad()
def test_with_a_wide_beam_it_finds_every_one(pipeline, known):
    prompt = pipeline.codec.prompt("do something", "bash")
    (programs,) = hypotheses(pipeline.model, pipeline.codec, [prompt], 60, known)
    texts = {pipeline.codec.text(one.tokens, prompt.slots) for one in programs}
    assert {" ".join(one.split()) for one in PROGRAMS} <= texts


def test_what_a_jury_knows_is_found_beside_what_is_likeliest(pipeline, known):
    asked = "list the files of src"
    prompt = pipeline.codec.prompt(asked, "bash")
    query = Query(asked, prompt, "bash", (0,), 5)
    (alone,) = found(pipeline.model, pipeline.codec, [query], 2, 64)
    jury = Jury(JurySettings(known=2.0, known_beams=12), known=known)
    (beside,) = found(pipeline.model, pipeline.codec, [query], 2, 64, jury)
    assert beside[: len(alone)] == alone
    more = [one.sample.code for one in beside[len(alone) :]]
    assert more
    assert all(code in known for code in more)
    assert not {one.sample.code for one in alone} & set(more)
    assert len(set(more)) == len(more)  # once, though other tokens may spell it, too
    pipeline.jury = Jury(JurySettings(known=1e3, known_beams=12), known=known)
    try:
        first = pipeline(asked, language="bash", num_beams=2)[0]
    finally:
        pipeline.jury = None
    assert first.code in known


def test_without_beginnings_nothing_is_searched_for():
    from codefusion.errors import RecipeError

    old = KnownPrograms(KnownPrograms.of(PROGRAMS).fingerprints)
    assert "ls" in old
    with pytest.raises(RecipeError, match="fit it anew"):
        Jury(JurySettings(known=1.0, known_beams=4), known=old)
    Jury(JurySettings(known=1.0), known=old)
    assert len(KnownPrograms.of([])) == 0


def test_a_codec_without_slots_has_pieces_too(tokenizer):
    codec = Codec(tokenizer)
    assert "".join(codec.pieces({})[one] for one in codec.code("ls -l src", {})) == "ls -l src"
