"""The baselines: what each may see, what their loss is, and that reading on is reading again."""

import pytest
import torch

from codefusion.objectives import LossWeights, compute_losses

PAD, END = 0, 2
WIDTH = 16


@pytest.fixture(scope="module")
def autoregressive(make_baseline):
    return make_baseline("autoregressive")


@pytest.fixture(scope="module", params=[False, True])
def masked(make_baseline, request):
    return make_baseline("masked", predict_length=request.param)


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


@torch.no_grad()
def test_reading_token_by_token_gives_the_logits_of_reading_at_once(autoregressive):
    ids = torch.tensor([[END, 7, 8, 9, 10], [END, 11, 5, 9, 6]])
    encoded = autoregressive.encode(**PROMPT).repeat(2, 1, 1)
    prompt = autoregressive.prepare_prompt(encoded, None)
    whole = autoregressive.logits(ids, prompt)
    cache = autoregressive.new_cache()
    parts = [autoregressive.logits(part, prompt, cache) for part in ids.split((1, 2, 1, 1), dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)


@torch.no_grad()
def test_a_row_that_continues_another_has_read_what_the_other_read(autoregressive):
    encoded = autoregressive.encode(**PROMPT).repeat(2, 1, 1)
    prompt = autoregressive.prepare_prompt(encoded, None)
    cache = autoregressive.new_cache()
    autoregressive.logits(torch.tensor([[END, 7, 8], [END, 11, 5]]), prompt, cache)
    for layer in cache:
        layer.select(torch.tensor([1, 1]))
    on = autoregressive.logits(torch.tensor([[9], [6]]), prompt, cache)
    whole = autoregressive.logits(torch.tensor([[END, 11, 5, 9], [END, 11, 5, 6]]), prompt)
    torch.testing.assert_close(on, whole[:, -1:])
