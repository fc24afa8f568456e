"""The baselines' pipeline: what a draw depends on, and what is refused."""

import math

import pytest
import torch

from codefusion.errors import UsageError
from codefusion.pipeline import TokenPipeline, load_pipeline

WIDTH = 16


@pytest.fixture(scope="module")
def autoregressive(make_baseline, tokenizer):
    return TokenPipeline(make_baseline("autoregressive"), None, tokenizer)


@pytest.fixture(scope="module")
def masked(make_baseline, tokenizer):
    return TokenPipeline(make_baseline("masked", predict_length=True), None, tokenizer)


@pytest.fixture(params=["autoregressive", "masked"])
def pipeline(request):
    return request.getfixturevalue(request.param)


def drawn(candidates):
    return {one.seed: (one.code, one.log_likelihood) for one in candidates}


def test_a_draw_depends_on_its_own_seed_and_utterance_only(pipeline):
    def draw(utterance, k):
        return pipeline(utterance, num_candidates=k, num_samples=1, num_beams=0)

    three, five = drawn(draw("list files", 3)), drawn(draw("list files", 5))
    together = draw(["count the lines of notes.txt", "list files"], 3)[1]
    assert len(set(five.values())) > 2
    for seed in range(3):
        assert three[seed][0] == five[seed][0] == drawn(together)[seed][0]
        assert three[seed][1] == pytest.approx(five[seed][1], abs=1e-4)


def test_likelihoods_are_finite_and_negative(pipeline):
    for one in pipeline("list files", num_samples=8, num_beams=0):
        assert -math.inf < one.log_likelihood < 0
        assert "</s>" not in one.code


def test_a_saved_baseline_draws_the_same(pipeline, tmp_path):
    pipeline.save_pretrained(tmp_path)
    loaded = load_pipeline(tmp_path)
    assert type(loaded) is TokenPipeline
    assert type(loaded.model) is type(pipeline.model)
    for beams in (None, 0):
        asked = {"utterance": "list files", "num_beams": beams}
        assert drawn(loaded(**asked)) == drawn(pipeline(**asked))


def test_what_a_baseline_has_not_is_refused(pipeline):
    with pytest.raises(UsageError, match="no guidance"):
        pipeline("list", guidance_scale=2.0)
    with pytest.raises(UsageError, match="no decoder feedback"):
        pipeline("list", decoder_feedback=True)
    with pytest.raises(UsageError, match="no scheduler"):
        pipeline.set_scheduler("ddim")


def test_a_diffusion_checkpoint_is_loaded_by_the_same_call(make_pipeline, tmp_path):
    make_pipeline().save_pretrained(tmp_path)
    assert type(load_pipeline(tmp_path)).__name__ == "CodeFusionPipeline"


@pytest.mark.parametrize("kind", ["autoregressive", "masked"])
def test_at_temperature_zero_every_seed_draws_the_same(make_baseline, tokenizer, kind):
    pipeline = TokenPipeline(make_baseline(kind), None, tokenizer)

    def different(temperature):
        drawn = pipeline("list files", temperature=temperature, num_beams=0)
        return {one.code for one in drawn}

    assert len(different(0.0)) == 1
    assert len(different(1.0)) > 1


def test_the_colder_the_draws_the_likelier_and_the_hotter_the_less(autoregressive):
    def mean(temperature):
        candidates = autoregressive(
            "list files", num_candidates=32, temperature=temperature, num_beams=0
        )
        return sum(one.log_likelihood for one in candidates) / len(candidates)

    assert mean(0.5) > mean(1.0) > mean(2.0)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_no_program_is_longer_than_the_model_writes(autoregressive, temperature):
    bias = autoregressive.model.head.bias
    letter = autoregressive.tokenizer.get_vocab()["a"]
    with torch.no_grad():
        bias[letter] += 100.0
        candidates = autoregressive(
            "list files", num_samples=2, temperature=temperature, num_beams=0
        )
        bias[letter] -= 100.0
    assert {one.code for one in candidates} == {"a" * WIDTH}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -0.1}, "temperature must be at least 0, got -0.1"),
        ({"temperature": math.nan}, "temperature must be at least 0, got nan"),
        ({"num_beams": -1}, "num_beams must not be negative, got -1"),
        ({"num_inference_steps": 0}, "between 1 and 1200, got 0"),
    ],
)
def test_a_number_out_of_range_is_told_in_one_line(pipeline, options, message):
    with pytest.raises(UsageError, match=message):
        pipeline("list", **options)


def test_only_a_model_that_writes_from_the_left_has_beams(masked, make_pipeline):
    with pytest.raises(
        UsageError, match="this model has no beams: it does not write from left to right"
    ):
        masked("list", num_beams=2)
    with pytest.raises(
        UsageError, match="this model has no beams: it does not write from left to right"
    ):
        make_pipeline()("list", num_beams=2)
    with pytest.raises(UsageError, match="no temperature"):
        make_pipeline()("list", temperature=0.5)
