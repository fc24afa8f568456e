"""A lagged model, whose programs lose their noise from the left."""

from typing import Any

import pytest
import torch

from codefusion.errors import UsageError
from codefusion.pipeline.lagged import _levels
from codefusion.pipeline.search import hypotheses

LAGGED = {"lagged": True, "self_conditioning": False}
DRAWN: dict[str, Any] = {"num_beams": 0}


@pytest.fixture(scope="module")
def lagged(make_pipeline):
    return make_pipeline(**LAGGED)


def test_a_sample_depends_on_its_own_seed_only(lagged):
    def draw(k, seed, utterance="list all files"):
        drawn = lagged(
            utterance, num_candidates=k, num_samples=k, seed=seed, num_inference_steps=3, **DRAWN
        )
        return {one.seed: (one.code, round(one.log_likelihood, 4)) for one in drawn}

    many = draw(4, 7)
    for seed, program in many.items():
        assert draw(1, seed)[seed] == program


def test_an_utterance_among_many_gets_the_candidates_it_gets_alone(lagged):
    options = {"num_candidates": 2, "num_samples": 3, "num_inference_steps": 2, **DRAWN}
    both = lagged(["list all files", "count the lines of a.txt"], **options)
    alone = lagged("count the lines of a.txt", **options)
    assert [one.code for one in both[1]] == [one.code for one in alone]


def watched(pipeline, steps):
    """Return what a callback is told of one sample: (pass, latents after it) each."""
    told = []

    def callback(pipe, number, level, values):
        told.append((number, values["latents"]))
        return values

    options = {"num_samples": 1, "num_candidates": 1, "num_inference_steps": steps}
    pipeline("list all files", callback_on_step_end=callback, **options)
    return told


def test_each_token_takes_the_steps_and_begins_one_pass_after_its_left_neighbour(lagged):
    told = watched(lagged, 3)
    assert [number for number, _ in told] == list(range(len(told)))
    assert 3 <= len(told) <= lagged.model.config.max_code_length + 2
    config, none = lagged.model.config, torch.zeros(1, 8, dtype=torch.bool)
    levels = torch.cat([_levels(number, 3, 1.0, none, config) for number in range(12)])
    assert torch.equal(levels[1:, 1:], levels[:-1, :-1])
    noisy = levels > 0
    assert torch.equal(noisy.sum(dim=0), torch.arange(8) + 3)  # before each pass it waits or takes
    assert (levels[:8].diagonal() == config.num_train_timesteps - 1).all()
    assert (levels[1:9].diagonal() < config.num_train_timesteps - 1).all()


def test_what_is_clean_does_not_change_any_more(lagged):
    told, table = watched(lagged, 2), lagged.model.embedding
    for number, latents in told[1:]:
        # With two steps for each, as many tokens are clean after pass k, from 0, as k.
        settled = table.nearest(latents[:, :number])
        torch.testing.assert_close(settled, table.nearest(told[-1][1][:, :number]))


def test_scores_are_shares_of_what_was_drawn_and_the_probable_come_first(lagged):
    drawn = lagged(
        "list all files", num_samples=6, num_candidates=6, num_inference_steps=2, **DRAWN
    )
    firsts = [one for one in drawn if not one.repeats]
    assert sum(one.score for one in firsts) == pytest.approx(1.0)
    valid = [one.score for one in firsts if one.valid]
    assert valid == sorted(valid, reverse=True)


def test_a_trace_ends_with_the_candidate_and_loses_noise(lagged):
    (one,) = lagged(
        "list all files", num_samples=1, num_candidates=1, num_inference_steps=3, trace=True
    )
    assert one.trace[-1].code == one.code
    assert len(one.trace) >= 3
    assert one.trace[0].noise_level > one.trace[-1].noise_level


def test_a_trace_depends_on_its_own_seed_only(lagged):
    options = {"num_inference_steps": 2, "trace": True}
    many = lagged("list all files", num_samples=5, num_candidates=5, **options)
    for one in many:
        (alone,) = lagged(
            "list all files", num_samples=1, num_candidates=1, seed=one.seed, **options
        )
        # How noisy the whole is and what N's estimate is on average is rounded differently.
        assert [step.code for step in alone.trace] == [step.code for step in one.trace]


def test_tracing_does_not_change_the_candidates(lagged):
    options = {"num_inference_steps": 3, "num_samples": 3, "num_candidates": 3, **DRAWN}
    plain = lagged("list all files", **options)
    traced = lagged("list all files", trace=True, **options)
    assert [one.code for one in plain] == [one.code for one in traced]
    expected = [one.score for one in plain]
    assert [one.score for one in traced] == pytest.approx(expected, rel=1e-4)


def test_what_is_kept_of_a_draft_stays(lagged):
    drawn = lagged(
        "list all files", draft="ls -a docs", keep="-a", strength=0.7, num_samples=3,
        num_candidates=3, num_inference_steps=3, language="bash",
    )  # fmt: skip
    assert all("-a" in one.code for one in drawn)


@pytest.mark.parametrize(
    "options",
    [{"guidance_scale": 2.0}, {"decoder_feedback": False}, {"rounding": "clamping"}],
)
def test_what_a_lagged_model_has_not_is_refused(lagged, options):
    with pytest.raises(UsageError, match="lagged"):
        lagged("list all files", **options)


def test_swapping_in_another_sampler_is_refused_and_changes_nothing(make_pipeline):
    pipeline = make_pipeline(**LAGGED)
    before = pipeline.scheduler
    with pytest.raises(UsageError, match="renoising"):
        pipeline.set_scheduler("ddim")
    assert pipeline.scheduler is before


def test_other_samplers_are_refused(make_pipeline):
    pipeline = make_pipeline("ddim", **LAGGED)
    with pytest.raises(UsageError, match="renoising"):
        pipeline("list all files")


@pytest.mark.parametrize(
    "fields",
    [{"predict_length": True}, {"self_conditioning": True}, {"parameterisation": "epsilon"}],
)
def test_a_configuration_it_cannot_have_is_refused(make_model, fields):
    with pytest.raises(UsageError, match="lagged"):
        make_model(**{**LAGGED, **fields})


def test_it_searches_unless_something_needs_draws(lagged):
    def codes(**options):
        return [one.code for one in lagged("list all files", num_samples=3, **options)]

    assert lagged.default_beams() == 10
    assert codes() == codes(seed=9) == codes(num_beams=10)
    for drawn in ({"trace": True}, {"draft": "ls -a docs"}, {"keep": "ls", "strength": 0.6}):
        assert codes(**drawn) == codes(num_beams=0, **drawn)


def test_a_search_finds_what_is_likelier_than_draws_by_the_same_measure(lagged):
    best = lagged("list all files", num_beams=8)[0]
    drawn = lagged("list all files", num_samples=16, num_candidates=16, num_beams=0)
    assert best.log_likelihood > sum(one.log_likelihood for one in drawn) / 16
    for one in drawn:
        read = likelihood_of(lagged, "list all files", one.code)
        if read is not None:
            assert one.log_likelihood == pytest.approx(read, abs=1e-4)


def likelihood_of(pipeline, utterance, code):
    """Return the mean log p of the tokens of a program and its end, None where it has no text."""
    model, codec = pipeline.model, pipeline.codec
    ids = codec.code(code, {})
    if codec.text(ids, {}) != code or len(ids) >= model.config.max_code_length:
        return None
    asked = torch.tensor([codec.prompt(utterance, "code").ids])
    seen = torch.ones_like(asked)
    with torch.no_grad():
        prompt = model.prepare_prompt(model.encode(asked, seen), seen)
        logits = model.logits(torch.tensor([[model.config.eos_token_id, *ids]]), prompt)
    logs = logits[0].log_softmax(dim=-1)
    return float(logs.gather(-1, torch.tensor([*ids, model.end_token_id])[:, None]).mean())


@pytest.mark.parametrize("options", [{"trace": True}, {"draft": "ls -a docs"}])
def test_a_search_is_refused_what_only_draws_have(lagged, options):
    with pytest.raises(UsageError, match="num_beams"):
        lagged("list all files", num_beams=4, **options)


def test_the_places_of_a_program_are_enough_for_a_search_to_end(make_pipeline):
    pipeline = make_pipeline(max_code_length=4, **LAGGED)
    with torch.no_grad():
        pipeline.model.head.bias[pipeline.model.end_token_id] -= 50.0  # it never wants to
    prompt = pipeline.codec.prompt("list all files", "code")
    with torch.no_grad():
        (found,) = hypotheses(pipeline.model, pipeline.codec, [prompt], 3)
    assert [len(one.tokens) for one in found] == [4] * 3


def test_a_draw_takes_the_models_own_steps_where_none_are_said(lagged, make_pipeline):
    assert lagged.default_steps == 2
    options = {"num_samples": 3, "num_candidates": 3, **DRAWN}
    own = [one.code for one in lagged("list all files", **options)]
    told = [one.code for one in lagged("list all files", num_inference_steps=2, **options)]
    assert own == told
    assert make_pipeline().default_steps == 8
