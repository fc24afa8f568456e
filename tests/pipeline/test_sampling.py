"""The pipeline: what a candidate depends on, and what it does not."""

import math

import pytest
import torch

from codefusion.diffusion.samplers import SCHEDULERS
from codefusion.errors import UsageError
from codefusion.languages import get_language
from codefusion.pipeline.drawing import feedback_temperatures, mean_log_likelihood

STEPS = 4


def codes(candidates):
    return {candidate.seed: candidate.code for candidate in candidates}


def likelihoods(candidates):
    return {candidate.seed: candidate.log_likelihood for candidate in candidates}


@pytest.fixture(params=["pads", "length predicted"])
def draw(make_pipeline, request):
    pipeline = make_pipeline(predict_length=request.param == "length predicted")

    def call(utterance="list all files", **options):
        drawing = {"num_inference_steps": STEPS, "num_samples": 1, "shared_votes": False}
        return pipeline(utterance, **drawing | options)

    return call


def test_as_many_candidates_come_back_as_were_asked_for(draw):
    assert len(draw(num_candidates=3)) == 3
    assert len(draw(num_candidates=2, num_samples=6)) == 2


def test_the_samples_of_this_model_differ(draw):
    """Else the tests below would compare a constant with itself."""
    assert len(set(codes(draw(num_candidates=5)).values())) > 3


def test_the_same_seed_draws_the_same_candidates(draw):
    assert draw(seed=3) == draw(seed=3)
    assert codes(draw(seed=3)) != codes(draw(seed=100))


@pytest.mark.parametrize("predict_length", [False, True])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_a_sample_depends_on_its_own_seed_only(make_pipeline, scheduler, predict_length):
    hottest = 2.4 if predict_length else None
    pipeline = make_pipeline(scheduler, predict_length=predict_length, hottest_feedback=hottest)

    def draw(k, seed):
        return codes(
            pipeline(
                "list all files",
                num_candidates=k,
                num_samples=1,
                seed=seed,
                num_inference_steps=4,
                shared_votes=False,
            )
        )

    three, five, shifted = draw(3, 10), draw(5, 10), draw(1, 12)
    assert set(five) == {10, 11, 12, 13, 14}
    assert three == {seed: five[seed] for seed in (10, 11, 12)}
    assert shifted == {12: five[12]}


@pytest.mark.parametrize("guidance_scale", [1.0, 2.0])
def test_an_utterance_among_many_gets_the_candidates_it_gets_alone(draw, guidance_scale):
    utterances = ["list all files", "find . and count", "show the disk use of /home, please, now"]
    together = draw(utterances, guidance_scale=guidance_scale)
    for utterance, candidates in zip(utterances, together, strict=True):
        alone = draw(utterance, guidance_scale=guidance_scale)
        assert codes(candidates) == codes(alone)
        # Not only what was chosen: how sure the model is must not depend on the company either.
        assert likelihoods(candidates) == pytest.approx(likelihoods(alone), abs=1e-3)


def test_more_jobs_than_fit_at_once_are_drawn_in_parts(draw, monkeypatch):
    whole = draw(["list all files", "find python files"])
    monkeypatch.setattr("codefusion.pipeline.answering.SAMPLES_AT_ONCE", 3)
    parts = draw(["list all files", "find python files"])
    assert [codes(one) for one in parts] == [codes(one) for one in whole]


def test_no_utterances_get_no_candidates(draw):
    assert draw([]) == []


def test_the_utterance_changes_the_candidates(draw):
    assert likelihoods(draw("list all files")) != likelihoods(draw("print the disk use"))


def test_the_header_of_a_table_changes_the_candidates(make_pipeline):
    pipeline = make_pipeline(languages=["cf"])

    def draw(utterance, **options):
        return pipeline(utterance, num_inference_steps=STEPS, **options)

    table = [["Name", "Price"], ["apple", "3"]]
    plain, with_table = draw("red if cheap"), draw("red if cheap", table=table)
    assert likelihoods(plain) != likelihoods(with_table)
    many = draw(["red if cheap"] * 2, table=[table, ()])
    assert codes(many[0]) == codes(with_table)
    assert codes(many[1]) == codes(plain)


def test_generators_take_the_place_of_seeds(draw):
    generators = [torch.Generator().manual_seed(seed) for seed in (3, 4, 5)]
    assert draw(num_candidates=3, generator=generators) == draw(num_candidates=3, seed=3)


def test_one_generator_gives_every_sample_a_seed_of_its_own(draw):
    def drawn():
        return draw(num_candidates=4, generator=torch.Generator().manual_seed(9))

    assert drawn() == drawn()
    assert len(codes(drawn())) == 4


def test_the_global_random_state_is_neither_read_nor_moved(draw):
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = draw()
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert draw() == first


def test_scores_are_shares_of_the_votes_and_the_best_comes_first(draw):
    candidates = draw(num_candidates=20)
    firsts = [one for one in candidates if not one.repeats]
    assert sum(one.score for one in firsts) == pytest.approx(1.0)
    assert all(0 < one.score <= 1 for one in candidates)
    assert all(one.valid is get_language("bash").is_valid(one.code) for one in firsts)
    order = [(one.repeats, not one.valid) for one in candidates]
    assert [repeats for repeats, _ in order] == sorted(repeats for repeats, _ in order)
    assert all(one.steps == STEPS for one in candidates)
    assert all(-math.inf < one.log_likelihood <= 0 for one in candidates)


@pytest.mark.parametrize("parameterisation", ["x", "epsilon"])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_scheduler_samples_finite_numbers(make_pipeline, scheduler, parameterisation):
    pipeline = make_pipeline(scheduler, parameterisation=parameterisation)
    seen = []
    for steps in (1, 2, 20):
        candidates = pipeline(
            "list all files",
            num_candidates=2,
            num_samples=2,
            num_inference_steps=steps,
            callback_on_step_end=lambda *arguments: seen.append(arguments[-1]["latents"]),
        )
        assert all(math.isfinite(one.log_likelihood) for one in candidates)
    assert len(seen) == 23
    assert all(torch.isfinite(latents).all() for latents in seen)


def test_swapping_the_scheduler_and_back_changes_nothing(make_pipeline):
    pipeline = make_pipeline("ddpm")
    before = pipeline("list all files", num_inference_steps=STEPS)
    for name in ("dpm++", "unipc", "ddim", "renoising", "ddpm"):
        pipeline.set_scheduler(name)
        assert type(pipeline.scheduler) is SCHEDULERS[name]
    assert pipeline("list all files", num_inference_steps=STEPS) == before
    with pytest.raises(UsageError, match="unknown scheduler"):
        pipeline.set_scheduler("euler")


def test_guidance_changes_the_candidates(draw):
    assert likelihoods(draw(guidance_scale=2.0)) != likelihoods(draw())
    assert draw(guidance_scale=2.0) == draw(guidance_scale=2.0)


def test_a_trace_has_a_program_for_each_step_and_ends_with_the_candidate(draw):
    for candidate in draw(trace=True, num_candidates=3):
        assert [step.step for step in candidate.trace] == [1, 2, 3, 4]
        assert candidate.trace[-1].code == candidate.code
        noise = [step.noise_level for step in candidate.trace]
        assert noise == sorted(noise, reverse=True)
        assert 0.99 < noise[0] <= 1.0
        for step in candidate.trace:
            assert len(step.tokens) == len(step.confidence)
            assert all(0 < value <= 1 for value in step.confidence)


def test_tracing_does_not_change_the_candidates(draw):
    assert codes(draw(trace=True)) == codes(draw())
    assert all(one.trace == () for one in draw())


def test_the_callback_is_called_after_every_step(pipeline):
    calls = []

    def callback(pipe, step, timestep, values):
        assert pipe is pipeline
        assert values["latents"].shape == (2, 16, 32)
        calls.append((step, timestep))

    pipeline(
        "list",
        num_candidates=2,
        num_samples=2,
        num_inference_steps=STEPS,
        callback_on_step_end=callback,
    )
    assert [step for step, _ in calls] == list(range(STEPS))
    levels = [timestep for _, timestep in calls]
    assert levels[0] == 1199
    assert levels == sorted(levels, reverse=True)


def test_a_callback_may_replace_the_latents(make_pipeline):
    pipeline = make_pipeline("ddim", self_conditioning=False)
    candidates = pipeline(
        "list",
        num_candidates=3,
        num_samples=3,
        num_inference_steps=2,
        callback_on_step_end=lambda *arguments: {"latents": torch.zeros(3, 16, 32)},
    )
    assert len(set(codes(candidates).values())) == 1


@pytest.mark.parametrize("steps", [0, -1, 1201])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_a_number_of_steps_the_model_does_not_have_is_refused(make_pipeline, scheduler, steps):
    with pytest.raises(UsageError, match=f"between 1 and 1200, got {steps}"):
        make_pipeline(scheduler)("list", num_inference_steps=steps)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"utterance": ""}, "utterance is empty"),
        ({"utterance": " \n"}, "utterance is empty"),
        ({"utterance": ["list", ""]}, "utterance is empty"),
        ({"utterance": "x" * 500}, "utterance is too long: .* the model reads 64"),
        ({"language": "bas"}, "did you mean 'bash'"),
        ({"language": "python"}, "this model writes bash, not python"),
        ({"num_candidates": 0}, "num_candidates must be at least 1, got 0"),
        ({"num_samples": 0}, "num_samples must be at least 1, got 0"),
        ({"seed": -1}, "must not be negative"),
        ({"generator": [torch.Generator()]}, "5 candidates need as many generators, got 1"),
        ({"utterance": ["a", "b"], "table": [[["A"]]]}, "2 utterances need as many tables, got 1"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(draw, arguments, message):
    with pytest.raises(UsageError, match=message) as caught:
        draw(**arguments)
    assert "\n" not in str(caught.value)


def test_a_model_of_one_language_needs_not_be_told_it(draw):
    assert draw() == draw(language="bash")


def test_a_model_of_several_languages_checks_only_for_the_one_it_is_told(make_pipeline):
    pipeline = make_pipeline(languages=["bash", "python"])
    assert not any(one.valid for one in pipeline("list", num_inference_steps=1))
    assert len(pipeline("list", language="python", num_inference_steps=1)) == 5


def test_the_pads_after_a_program_do_not_count_in_its_likelihood():
    tokens = torch.tensor([[5, 6, 0, 0], [5, 0, 7, 0], [5, 6, 7, 8]])
    confidence = torch.tensor([[0.5, 0.5, 0.5, 1.0], [0.25, 0.25, 1.0, 1.0], [0.5] * 4])
    expected = torch.tensor([0.5, 0.25, 0.5]).log()
    torch.testing.assert_close(mean_log_likelihood(tokens, confidence, 0, None), expected)


def test_no_slot_comes_out_that_the_utterance_has_not(make_pipeline, examples):
    """A slot that stands for nothing would leave a hole in the program."""
    from codefusion.data.tokenization import train_tokenizer

    texts = [f"bash: {one.utterance}" for one in examples] + [one.code for one in examples]
    tokenizer = train_tokenizer(texts * 2, 320, slots=4)
    pipeline = make_pipeline(tokenizer=tokenizer)
    drawn, _ = pipeline(
        ["list files", "list 5 files 'x'"], num_candidates=20, num_inference_steps=2, trace=True
    )
    pieces = [piece for one in drawn for step in one.trace for piece in step.tokens]
    assert "" not in pieces
    assert len(pieces) > 20


def test_the_third_candidate_is_the_same_whatever_the_number_asked_for(pipeline):
    three, five = (
        pipeline("list all files", num_candidates=k, num_inference_steps=2) for k in (3, 5)
    )
    assert five[:3] == three


@pytest.mark.parametrize("parameterisation", ["x", "epsilon"])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_a_program_has_exactly_the_tokens_of_its_predicted_length(
    make_pipeline, scheduler, parameterisation
):
    pipeline = make_pipeline(scheduler, predict_length=True, parameterisation=parameterisation)
    bias = torch.full((16,), -30.0)
    bias[4] = 30.0
    with torch.no_grad():
        before = pipeline.model.length.output.bias.clone()
        pipeline.model.length.output.bias.copy_(bias)
    drawn = pipeline("list all files", num_samples=6, num_inference_steps=3, trace=True)
    pipeline.model.length.output.bias.data.copy_(before)
    assert {len(step.tokens) for one in drawn for step in one.trace} == {5}


@pytest.mark.parametrize("hottest", [None, 2.4])
def test_each_sample_has_a_temperature_in_the_range_that_its_own_seed_gives(make_model, hottest):
    config = make_model(hottest_feedback=hottest).config

    def drawn(seeds):
        return feedback_temperatures(config, [torch.Generator().manual_seed(s) for s in seeds])

    many = drawn(range(200))
    assert torch.equal(many[[7, 3]], drawn([7, 3]))
    assert float(many.min()) >= config.feedback_temperature * (1 - 1e-6)
    if hottest is None:
        assert torch.equal(many, torch.full((200,), config.feedback_temperature))
    else:
        assert float(many.max()) <= hottest
        # Evenly in the logarithm: half of them lie below the geometric mean.
        middle = math.sqrt(config.feedback_temperature * hottest)
        assert 0.4 < float((many < middle).float().mean()) < 0.6


def test_a_range_that_ends_below_its_start_is_refused(make_model):
    with pytest.raises(UsageError, match="hottest_feedback must be at least"):
        make_model(hottest_feedback=0.1)
