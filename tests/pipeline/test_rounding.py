"""The ablations without D and H: the nearest tokens, at the last step or at every one."""

import itertools

import pytest
import torch

from codefusion.data.tokenization import until_pad
from codefusion.errors import UsageError

STEPS = 3
ABLATIONS = ["grounding", "clamping"]


def draw(pipeline, rounding, **options):
    """Return code by seed, and the latents after every step, (seeds, positions, size)."""
    seen = []
    candidates = pipeline(
        "list all files",
        num_candidates=6,
        num_samples=6,
        rounding=rounding,
        callback_on_step_end=lambda *arguments: seen.append(arguments[-1]["latents"].clone()),
        **{"num_inference_steps": STEPS, **options},
    )
    return {one.seed: one.code for one in candidates}, seen


def writable(pipeline):
    ids = set(range(len(pipeline.tokenizer))) - set(pipeline.tokenizer.all_special_ids)
    return torch.tensor(sorted(ids | {pipeline.tokenizer.pad_token_id}))


def nearest(pipeline, estimate):
    """Compare with every token one by one, in double precision."""
    ids = writable(pipeline)
    rows = pipeline.model.embedding.weight()[ids].detach().double()
    return ids[(estimate.double()[:, None] - rows).square().sum(-1).argmin(dim=-1)]


@pytest.mark.parametrize("normalize", [True, False])
def test_grounding_gives_the_writable_tokens_nearest_to_the_last_estimate(make_pipeline, normalize):
    pipeline = make_pipeline(normalize_embeddings=normalize)
    if not normalize:
        with torch.no_grad():  # what may not be written is nearest to everything
            table = pipeline.model.embedding.table.weight
            table.mul_(10.0)
            table[pipeline.tokenizer.eos_token_id] = 0.0
    codes, latents = draw(pipeline, "grounding")
    # The last step of this scheduler adds no noise.
    for seed, estimate in enumerate(latents[-1]):
        tokens = until_pad(nearest(pipeline, estimate).tolist(), pipeline.tokenizer.pad_token_id)
        assert codes[seed] == pipeline.codec.text(tokens, {})
    assert len(set(codes.values())) > 1


@pytest.mark.parametrize("rounding", ABLATIONS)
def test_a_program_without_d_and_h_has_the_tokens_of_its_predicted_length(make_pipeline, rounding):
    pipeline = make_pipeline(predict_length=True)
    with torch.no_grad():
        pipeline.model.length.output.bias[4] += 100.0
    drawn = pipeline("list all files", num_inference_steps=2, rounding=rounding, trace=True)
    assert {len(step.tokens) for one in drawn for step in one.trace} == {5}


def estimates(pipeline, latents):
    """Undo the steps of DDIM without noise: what was taken for the clean program at each."""
    levels = pipeline.scheduler.timesteps.tolist()
    signals = [*(float(pipeline.scheduler.alphas_cumprod[level]) for level in levels[1:]), 1.0]
    steps = zip(signals, latents, strict=True)
    for (before, noisy), (after, cleaner) in itertools.pairwise(steps):
        left = ((1 - after) / (1 - before)) ** 0.5
        yield (cleaner - left * noisy) / (after**0.5 - left * before**0.5)


@pytest.mark.parametrize("parameterisation", ["x", "epsilon"])
def test_clamping_goes_on_from_embeddings_and_grounding_does_not(make_pipeline, parameterisation):
    pipeline = make_pipeline("ddim", parameterisation=parameterisation)
    rows = pipeline.model.embedding.weight().detach()

    def furthest(rounding):
        _, latents = draw(pipeline, rounding, num_inference_steps=5)
        return [
            float(torch.cdist(clean, rows).amin(dim=-1).max())
            for clean in estimates(pipeline, latents)
        ]

    assert max(furthest("clamping")) < 0.01
    assert min(furthest("grounding")) > 0.1


@pytest.mark.parametrize("rounding", ABLATIONS)
def test_the_ablations_do_without_d_and_h(make_pipeline, rounding):
    pipeline = make_pipeline()
    whole, _ = draw(pipeline, rounding)
    with torch.no_grad():
        pipeline.model.decoder.output.weight.fill_(torch.nan)
        pipeline.model.head.bias.fill_(torch.nan)
    assert draw(pipeline, rounding)[0] == whole


def test_after_one_step_clamping_is_grounding(make_pipeline):
    pipeline = make_pipeline()
    one, many = {"num_inference_steps": 1}, {"num_inference_steps": 4}
    assert draw(pipeline, "clamping", **one)[0] == draw(pipeline, "grounding", **one)[0]
    assert draw(pipeline, "clamping", **many)[0] != draw(pipeline, "grounding", **many)[0]


def test_an_unknown_rounding_is_told_with_the_nearest_name(pipeline):
    with pytest.raises(UsageError, match="unknown rounding 'clampin'; did you mean 'clamping'"):
        pipeline("list", rounding="clampin")


def test_what_has_no_d_cannot_feed_back_from_it(pipeline):
    with pytest.raises(UsageError, match="grounding does without D"):
        pipeline("list", rounding="grounding", decoder_feedback=True)
    pipeline("list", rounding="grounding", decoder_feedback=False, num_inference_steps=1)
