"""The baselines: what each may see, what their loss is, and that they sample as the model does."""

import math

import pytest
import torch

from codefusion.errors import UsageError
from codefusion.models.baselines import AutoregressiveModel, MaskedModel
from codefusion.models.presets import preset_config
from codefusion.objectives import LossWeights, compute_losses
from codefusion.pipeline import TokenPipeline, load_pipeline

PAD, END, MASK = 0, 2, 4
WIDTH = 16


def build(kind, tokenizer, **overrides):
    config = preset_config(
        "tiny",
        {
            "vocab_size": len(tokenizer),
            "max_code_length": WIDTH,
            "languages": ["bash"],
            "eos_token_id": END,
            "mask_token_id": MASK,
            **overrides,
        },
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = kind(config)
        torch.nn.init.normal_(model.decoder.output.weight, std=0.2)
    return model.eval()


@pytest.fixture(scope="module")
def autoregressive(tokenizer):
    return build(AutoregressiveModel, tokenizer)


@pytest.fixture(scope="module", params=[False, True])
def masked(tokenizer, request):
    return build(MaskedModel, tokenizer, predict_length=request.param)


PROMPT = {"prompt_ids": torch.tensor([[20, 21, 22]]), "prompt_mask": torch.ones(1, 3).long()}
CODE = torch.tensor([[7, 8, 9, PAD, PAD], [7, 8, 9, 10, 11]])


def batch(level=600, seed=0, code=CODE):
    noise = torch.randn((*code.shape, 4), generator=torch.Generator().manual_seed(seed))
    return {"code_ids": code, "level": torch.full((len(code),), level), "noise": noise, **PROMPT}


@torch.no_grad()
def test_the_auto_regressive_model_sees_nothing_to_the_right(autoregressive):
    before = autoregressive(**batch()).logits
    changed = CODE.clone()
    changed[:, 2] = 12
    after = autoregressive(**batch(code=changed)).logits
    torch.testing.assert_close(after[:, :3], before[:, :3])  # position 0 reads the first end token
    assert not torch.allclose(after[:, 3:], before[:, 3:], atol=1e-4)


@torch.no_grad()
def test_its_targets_are_the_tokens_and_then_the_end(autoregressive):
    output = autoregressive(**batch())
    assert output.targets.tolist() == [[7, 8, 9, END, PAD, PAD], [7, 8, 9, 10, 11, END]]
    assert output.counted.sum(dim=1).tolist() == [4, 6]


@torch.no_grad()
def test_only_masked_tokens_count_and_they_cannot_be_seen(masked):
    output = masked(**batch())
    assert output.counted.any()
    assert not output.counted.all()
    hidden = torch.where(output.counted, 13, CODE)
    lengths = (CODE != PAD).sum(1)
    same_length = ((hidden != PAD).sum(1) == lengths).all()
    if same_length:
        again = masked(**batch(code=hidden))
        torch.testing.assert_close(again.logits, output.logits)


@torch.no_grad()
def test_the_share_of_masked_tokens_is_the_level(masked):
    code = torch.full((200, WIDTH), 7)
    for level, share in ((0, 1 / 1200), (599, 0.5), (1199, 1.0)):
        counted = masked(**batch(level, code=code)).counted
        assert counted.float().mean().item() == pytest.approx(share, abs=0.02)


@torch.no_grad()
def test_the_loss_of_a_baseline_is_its_cross_entropy(autoregressive):
    output = autoregressive(**batch())
    losses = compute_losses(output, CODE, PAD, "x", LossWeights())
    chances = output.logits.log_softmax(-1).gather(-1, output.targets[..., None])[..., 0]
    by_hand = -chances[output.counted].mean()
    assert losses.total.item() == pytest.approx(by_hand.item(), rel=1e-5)
    assert losses.denoising.item() == losses.decoder.item() == 0.0


@pytest.fixture(params=["autoregressive", "masked"])
def pipeline(request, tokenizer, autoregressive):
    model = autoregressive
    if request.param == "masked":
        model = build(MaskedModel, tokenizer, predict_length=True)
    return TokenPipeline(model, None, tokenizer)


def drawn(candidates):
    return {one.seed: (one.code, one.log_likelihood) for one in candidates}


def test_a_draw_depends_on_its_own_seed_and_utterance_only(pipeline):
    def draw(utterance, k, **options):
        return pipeline(utterance, num_candidates=k, num_samples=1, **options)

    three, five = drawn(draw("list files", 3)), drawn(draw("list files", 5))
    together = draw(["count the lines of notes.txt", "list files"], 3)[1]
    assert len(set(five.values())) > 2
    for seed in range(3):
        assert three[seed][0] == five[seed][0] == drawn(together)[seed][0]
        assert three[seed][1] == pytest.approx(five[seed][1], abs=1e-4)


def test_likelihoods_are_finite_and_negative(pipeline):
    for one in pipeline("list files", num_samples=8):
        assert -math.inf < one.log_likelihood < 0
        assert "</s>" not in one.code


def test_a_saved_baseline_draws_the_same(pipeline, tmp_path):
    pipeline.save_pretrained(tmp_path)
    loaded = load_pipeline(tmp_path)
    assert type(loaded) is TokenPipeline
    assert type(loaded.model) is type(pipeline.model)
    assert drawn(loaded("list files")) == drawn(pipeline("list files"))


def test_what_a_baseline_has_not_is_refused(pipeline):
    with pytest.raises(UsageError, match="no guidance"):
        pipeline("list", guidance_scale=2.0)
    with pytest.raises(UsageError, match="no scheduler"):
        pipeline.set_scheduler("ddim")


def test_a_diffusion_checkpoint_is_loaded_by_the_same_call(make_pipeline, tmp_path):
    make_pipeline().save_pretrained(tmp_path)
    assert type(load_pipeline(tmp_path)).__name__ == "CodeFusionPipeline"
