"""Revising: what is pinned is in the result, the rest is drawn anew, and chance is the same."""

import itertools

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codefusion.data.codec import Codec
from codefusion.data.tokenization import train_tokenizer
from codefusion.diffusion.samplers import SCHEDULERS
from codefusion.errors import UsageError
from codefusion.models.outputs import Estimate
from codefusion.pipeline import TokenPipeline
from codefusion.pipeline.draft import UNKNOWN, Draft
from codefusion.pipeline.revision import Revision, find_kept

UTTERANCE = "find files larger than 5 in 'src'"
DRAFT = "find . -name '*.py'"
QUICK = {"num_samples": 4, "num_candidates": 4, "num_inference_steps": 2}
LISTED = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def slotted(examples):
    """A tokenizer with slots, and words that are one token with their space."""
    texts = [f"bash: {one.utterance}" for one in examples] + [one.code for one in examples]
    return train_tokenizer(texts * 2, 320, slots=4)


@pytest.fixture(scope="module", params=["pads", "length predicted", "masked", "lagged"])
def revise(make_pipeline, make_baseline, slotted, request):
    size = {"max_code_length": 40}
    if request.param == "masked":
        model = make_baseline("masked", vocab_size=len(slotted), predict_length=True, **size)
        pipeline = TokenPipeline(model, None, slotted)
    else:
        kind = {
            "length predicted": {"predict_length": True},
            "lagged": {"lagged": True, "self_conditioning": False},
        }
        pipeline = make_pipeline(tokenizer=slotted, **kind.get(request.param, {}), **size)

    def call(utterance=UTTERANCE, **options):
        return pipeline(utterance, **{**QUICK, "num_beams": 0, **options})

    return call


def texts(candidate):
    return [candidate.code[start:end] for start, end in candidate.pinned]


def squeezed(text):
    return "".join(text.split())


words = st.lists(
    st.sampled_from(["find", " . ", " -name", "src", " 5", "\n", " | ", "wc", "é語", "'", "-l"]),
    min_size=1,
    max_size=7,
).map("".join)


@LISTED
@given(data=st.data(), draft=words.filter(str.strip), strength=st.sampled_from([0.1, 0.5, 1.0]))
def test_what_is_kept_is_in_every_candidate_and_marked_there(revise, data, draft, strength):
    ends = st.integers(0, len(draft))
    cuts = [sorted(data.draw(st.tuples(ends, ends))) for _ in range(data.draw(st.integers(1, 2)))]
    keep = [draft[start:end] for start, end in cuts if draft[start:end].strip()]
    for candidate in revise(draft=draft, keep=keep, strength=strength):
        assert find_kept(candidate.code, keep) is not None
        for text in keep:
            assert any(squeezed(text) in squeezed(one) for one in texts(candidate))
        starts = [start for start, _ in candidate.pinned]
        assert starts == sorted(starts)


@settings(LISTED, max_examples=6)
@given(keep=words.filter(str.strip))
def test_without_a_draft_what_is_kept_is_in_every_candidate_all_the_same(revise, keep):
    assert all(find_kept(one.code, [keep]) for one in revise(keep=keep))


@pytest.mark.parametrize("keep", ["-l", "| wc", "&& ls"])
def test_an_option_or_a_pipe_that_is_kept_without_a_draft_is_a_word_of_its_own(revise, keep):
    for one in revise(keep=keep, num_samples=8, num_candidates=8):
        assert one.code.startswith(keep) or f" {keep}" in one.code


@pytest.mark.parametrize(
    ("language", "spelled"), [("bash", " -100"), ("cf", "-100"), (None, "-100")]
)
def test_only_in_bash_does_a_dash_without_a_draft_begin_a_word(slotted, language, spelled):
    codec = Codec(slotted)
    prompt = codec.prompt("below zero", language or "code")
    (pin,) = Revision(None, ("-100",), 1.0).encode(codec, prompt, 20, (), language).pins
    assert list(pin) == list(codec.code(spelled, prompt.slots))


def test_what_the_draft_begins_and_ends_with_stays_at_its_ends(revise):
    for one in revise(draft="find . -name x | wc -l", keep=["find", "wc -l"], num_candidates=4):
        assert one.code.startswith("find")
        assert one.code.endswith("wc -l")


def test_the_free_part_grows_and_shrinks(revise):
    drawn = revise(
        draft="find . -name x | wc -l", keep=["find", "wc -l"], num_samples=20, num_candidates=20
    )
    assert len({len(one.code) for one in drawn}) > 3


def test_a_draft_that_is_kept_whole_is_the_beginning_of_something_longer(make_pipeline):
    pipeline = make_pipeline(predict_length=True, max_code_length=40)
    drawn = pipeline("list", draft=DRAFT, keep=DRAFT, strength=1.0, **QUICK)
    assert all(one.code.startswith(DRAFT) for one in drawn)
    assert any(len(one.code) > len(DRAFT) for one in drawn)


def test_at_full_strength_and_without_pins_a_revision_is_a_plain_draw(revise):
    plain = {one.seed: one.code for one in revise()}
    assert {one.seed: one.code for one in revise(draft=DRAFT, strength=1.0)} == plain


@pytest.mark.parametrize("keep", [(), ("find", "'*.py'")])
def test_a_revision_depends_on_its_seed_and_not_on_how_many_there_are(revise, keep):
    options = {"draft": DRAFT, "keep": keep, "strength": 0.7, "shared_votes": False}
    five, two = (
        {one.seed: (one.code, one.pinned) for one in revise(**options, **size)}
        for size in (
            {"num_samples": 5, "num_candidates": 5, "seed": 3},
            {"num_samples": 2, "num_candidates": 2, "seed": 4},
        )
    )
    assert {seed: five[seed] for seed in (4, 5)} == two
    assert len(set(five.values())) > 1


def test_the_weaker_the_closer_to_the_draft(make_pipeline):
    """Of a model that believes what it sees: N's estimate is its input."""
    pipeline = make_pipeline(predict_length=False)
    pipeline.model.predict = lambda noisy, *_: Estimate(noisy, noisy)

    def alike(strength):
        drawn = pipeline(
            "list",
            draft="find . -empty",
            strength=strength,
            rounding="grounding",
            num_samples=8,
            num_candidates=8,
            num_inference_steps=1,
        )
        same = [a == b for one in drawn for a, b in zip(one.code, "find . -empty", strict=False)]
        return sum(same) / (8 * len("find . -empty"))

    shares = [alike(strength) for strength in (0.05, 0.4, 0.9)]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0.5


@pytest.mark.parametrize("parameterisation", ["x", "epsilon"])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_at_every_step_pins_are_their_embedding_at_that_noise_level(
    make_pipeline, scheduler, parameterisation
):
    """Without any replacing of latents: an estimate that never changes leads them there."""
    pipeline = make_pipeline(scheduler, parameterisation=parameterisation)
    seen = []
    (one,) = pipeline(
        "list",
        draft="find . -name x",
        keep="find . -name x",
        strength=0.8,
        num_samples=1,
        num_candidates=1,
        num_inference_steps=6,
        callback_on_step_end=lambda pipe, step, level, values: seen.append(
            (level, values["latents"].clone())
        ),
    )
    ids = torch.tensor(pipeline.codec.code("find . -name x", {}))
    clean = pipeline.model.embedding(ids).detach()
    signals = pipeline.model.alpha_bar()
    for (_, latents), (level, _) in itertools.pairwise(seen):
        signal = float(signals[level])
        rest = (latents[0, : len(ids)] - signal**0.5 * clean) / (1 - signal) ** 0.5
        assert float(rest.square().mean()) == pytest.approx(1.0, abs=0.35)
    torch.testing.assert_close(seen[-1][1][0, : len(ids)], clean, atol=0.3, rtol=0.0)
    assert one.code.startswith("find . -name x")


def test_literals_of_the_utterance_are_pinned_as_the_model_writes_them(slotted):
    """A slot token, as in training, and not the letters that it stands for."""
    codec = Codec(slotted)
    prompt = codec.prompt(UTTERANCE, "bash")
    draft = Revision("find src -size +5", ("src",), 0.5).encode(codec, prompt, 40)
    (pin,) = draft.pins
    assert [prompt.slots.get(one) for one in pin][-1] == "src"


def test_part_of_a_token_keeps_the_whole_token(slotted):
    codec = Codec(slotted)
    prompt = codec.prompt("list", "bash")
    ids = codec.code("find . -empty", {})
    whole = next(one for one in ids if len(codec.text([one], {})) > 2)
    part = codec.text([whole], {})[1:2]
    draft = Revision("find . -empty", (part,), 0.5).encode(codec, prompt, 40)
    assert draft.pins == ((whole,),)


def test_a_character_of_several_tokens_is_kept_whole(slotted):
    codec = Codec(slotted)
    prompt = codec.prompt("list", "bash")
    for text in ("語", "\ufffd"):
        (pin,) = Revision(f"a{text}b", (text,), 0.5).encode(codec, prompt, 40).pins
        assert codec.text(pin, {}) == text


@pytest.mark.parametrize(
    ("code", "keep", "places"),
    [
        ("a  b\n c", ["b c"], [(3, 7)]),
        ("cat a", ["a"], [(4, 5)]),  # not within a word
        ("cat", ["a"], [(1, 2)]),
        ("x x x", ["x", "x"], [(0, 1), (2, 3)]),
        ("x y", ["x y", "y"], [(0, 3), (2, 3)]),
        ("cp x x", ["x", "cp x"], [(5, 6), (0, 4)]),  # the longer one chooses first
        ("more(9),less(9)", ["less", "9"], [(8, 12), (13, 14)]),  # in the order given
        ("x", ["y"], None),
    ],
)
def test_where_a_fragment_stands(code, keep, places):
    assert find_kept(code, keep) == places


def test_samples_that_are_the_draft_come_last(make_pipeline):
    pipeline = make_pipeline(predict_length=True)
    with torch.no_grad():
        pipeline.model.length.output.weight.zero_()
    size = {"num_samples": 12, "num_candidates": 12, "shared_votes": False}
    drawn = pipeline("list", draft="pwd", keep="pwd", **size)
    firsts = [one.code for one in drawn if not one.repeats]
    assert len(firsts) > 1
    assert firsts.index("pwd") == len(firsts) - 1


def test_the_first_drawn_program_with_what_is_kept_is_the_draft_where_none_is_given(slotted):
    codec = Codec(slotted)
    prompt = codec.prompt("list", "bash")

    def encoded(draft, drawn):
        return Revision(draft, ("-name",), 0.6).encode(codec, prompt, 20, drawn)

    fits, broken = "find . -name x", "find -name \ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"
    assert encoded(None, ["ls", broken, "-name", fits, "ls -name"]) == encoded(fits, [])
    nothing = encoded(None, ["ls", broken])
    assert (nothing.strength, nothing.gaps) == (1.0, ((), ()))


def test_a_trace_keeps_the_pins_from_the_first_step_on(revise):
    for one in revise(draft=DRAFT, keep="-name", trace=True):
        assert [step.step for step in one.trace] == list(range(1, len(one.trace) + 1))
        assert len(one.trace) >= 2  # a lagged model goes on until its last token has had two
        assert all("-name" in step.code for step in one.trace)


def test_the_steps_asked_for_are_all_run_unless_there_are_not_so_many(make_pipeline):
    pipeline = make_pipeline(num_train_timesteps=60)

    def levels(steps, strength):
        seen = []
        (one,) = pipeline(
            *("list",),
            **{"draft": "pwd", "strength": strength, "num_inference_steps": steps},
            **{"num_samples": 1, "num_candidates": 1},
            callback_on_step_end=lambda pipe, step, level, values: seen.append(level),
        )
        assert one.steps == len(seen)
        return seen

    assert len(levels(5, 0.5)) == 5
    assert levels(5, 0.5)[0] == 29
    assert levels(5, 0.25)[0] == 14
    assert len(levels(8, 0.01)) == 1
    assert len(levels(60, 0.5)) == 30


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draft": " \n"}, "the draft is empty"),
        ({"draft": "pwd", "keep": "ls"}, "'ls' is not in the draft"),
        ({"draft": "pwd", "keep": ["pwd", " "]}, "nothing to keep in an empty text"),
        ({"keep": ""}, "nothing to keep in an empty text"),
        ({"draft": "pwd", "strength": 0.0}, "strength must be above 0 and at most 1, got 0.0"),
        ({"draft": "pwd", "strength": 1.1}, "at most 1, got 1.1"),
        ({"draft": "pwd", "strength": float("nan")}, "at most 1, got nan"),
        ({"draft": "ls \udcff"}, "not UTF-8"),
        ({"keep": "\udcff"}, "not UTF-8"),
        ({"strength": 0.5}, "give a draft, or what to keep"),
        ({"draft": "z" * 99}, "too long: .* the model writes 40"),
        ({"keep": "z" * 99}, "too long: .* the model writes 40"),
        ({"utterance": ["a", "b"], "draft": "pwd"}, "of one utterance, got 2"),
    ],
)
def test_a_revision_that_cannot_be_is_refused_in_one_line(revise, options, message):
    with pytest.raises(UsageError, match=message) as caught:
        revise(**options)
    assert "\n" not in str(caught.value)


def test_a_model_that_writes_from_the_left_refuses_and_says_what_to_take(make_baseline, tokenizer):
    pipeline = TokenPipeline(make_baseline("autoregressive"), None, tokenizer)
    with pytest.raises(UsageError, match=r"left to right .* take a diffusion model"):
        pipeline("list", draft="pwd")


def test_nothing_of_the_free_part_is_left_at_full_strength():
    draft = Draft(((5, 6), (7,)), ((8,),), (True, True), 1.0)
    start = draft.start(torch.tensor([4, 3]), [torch.Generator() for _ in range(2)], 6, 0)
    assert (start.tokens == UNKNOWN).sum() == 12 - 2
    assert (start.tokens[start.pinned] == 8).all()


@given(
    gaps=st.lists(st.lists(st.integers(1, 9), max_size=4).map(tuple), min_size=2, max_size=4),
    more=st.integers(-6, 6),
    seed=st.integers(0, 99),
)
def test_a_gap_gains_or_loses_tokens_at_one_place(gaps, more, seed):
    pins = ((11,), (12, 13), (14,))[: len(gaps) - 1]
    draft = Draft(tuple(gaps), pins, (True,) * len(gaps), 0.5)
    length = max(draft.pinned, draft.length + more)
    start = draft.start(
        torch.tensor([length]), [torch.Generator().manual_seed(seed)], length + 2, 0
    )
    tokens = start.tokens[0, :length].tolist()
    assert [one for one in tokens if one > 10] == [one for pin in pins for one in pin]
    known = [one for one in tokens if one not in (UNKNOWN, *range(11, 15))]
    free = [one for gap in gaps for one in gap]
    assert tokens.count(UNKNOWN) == max(0, length - draft.length)
    assert len(known) == min(len(free), length - draft.pinned)
    if length >= draft.length:
        assert known == free
