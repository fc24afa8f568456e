"""What each box of the model may see, and what its output must depend on."""

import pytest
import torch

from codefusion.diffusion import add_noise
from codefusion.models import CodeFusionModel
from codefusion.models.presets import preset_config

LENGTH, SIZE, LAST = 8, 32, 1199


def gaussian(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def prompt_of(model, ids, mask=None):
    ids = torch.tensor(ids)
    mask = torch.ones_like(ids) if mask is None else torch.tensor(mask)
    return model.prepare_prompt(model.encode(ids, mask), mask)


@pytest.fixture(autouse=True)
def _no_gradients():
    with torch.no_grad():
        yield


@pytest.fixture
def prompt(model):
    return prompt_of(model, [[20, 21, 22, 23]])


def moved(before, after):
    """The largest change at each position of the first row."""
    return (before - after).abs().amax(dim=-1)[0]


@pytest.mark.parametrize("position", [0, LENGTH - 1])
def test_every_position_of_the_denoiser_sees_every_other(model, prompt, position):
    noisy, level = gaussian(1, LENGTH, SIZE), torch.tensor([600])
    changed = noisy.clone()
    changed[0, position] += 1.0
    before = model.predict(noisy, level, prompt).clean
    after = model.predict(changed, level, prompt).clean
    assert (moved(before, after) > 1e-4).all()


@pytest.mark.parametrize("position", [0, LENGTH - 1])
def test_every_position_of_the_decoder_sees_every_other(model, prompt, position):
    denoised = gaussian(1, LENGTH, SIZE)
    changed = denoised.clone()
    changed[0, position] += 1.0
    before, _ = model.decode(denoised, prompt)
    after, _ = model.decode(changed, prompt)
    assert (moved(before, after) > 1e-4).all()


def test_the_order_of_tokens_matters_to_denoiser_and_decoder(model, prompt):
    x, level = gaussian(1, LENGTH, SIZE), torch.tensor([600])
    for run in (lambda x: model.predict(x, level, prompt)[0], lambda x: model.decode(x, prompt)[0]):
        assert not torch.allclose(run(x.flip(1)).flip(1), run(x), atol=1e-4)


def test_the_width_a_prompt_is_padded_to_changes_nothing(model):
    x, level = gaussian(1, LENGTH, SIZE), torch.tensor([600])
    narrow = prompt_of(model, [[20, 21, 22]])
    wide = prompt_of(model, [[20, 21, 22, 0, 0, 0, 0]], [[1, 1, 1, 0, 0, 0, 0]])
    for run in (lambda p: model.predict(x, level, p)[0], lambda p: model.decode(x, p)[0]):
        assert torch.allclose(run(narrow), run(wide), atol=1e-5)


def test_denoiser_and_decoder_read_the_prompt(model):
    x, level = gaussian(1, LENGTH, SIZE), torch.tensor([600])
    one, other = prompt_of(model, [[20, 21, 22]]), prompt_of(model, [[20, 21, 40]])
    for run in (lambda p: model.predict(x, level, p)[0], lambda p: model.decode(x, p)[0]):
        assert (moved(run(one), run(other)) > 1e-5).all()


def test_pad_positions_of_the_code_take_part(model):
    ids = torch.tensor([[30, 31, 32, 0, 0, 0]])
    noise, level = gaussian(1, 6, SIZE), torch.tensor([300])
    arguments = {"prompt_ids": torch.tensor([[20, 21]]), "prompt_mask": torch.ones(1, 2)}
    before = model(ids, level, noise, **arguments)
    noise[0, 5] += 1.0  # a pad position
    after = model(ids, level, noise, **arguments)
    assert (moved(before.predicted_clean, after.predicted_clean) > 1e-5).all()
    assert (moved(before.decoded, after.decoded) > 1e-5).all()


def test_the_time_step_changes_the_prediction(model, prompt):
    noisy = gaussian(1, LENGTH, SIZE)
    early = model.predict(noisy, torch.tensor([0]), prompt).clean
    late = model.predict(noisy, torch.tensor([LAST]), prompt).clean
    assert (moved(early, late) > 1e-3).all()


def test_each_row_may_be_at_its_own_time_step(model):
    noisy = gaussian(1, LENGTH, SIZE).expand(2, -1, -1)
    both = prompt_of(model, [[20, 21], [20, 21]])
    together = model.predict(noisy, torch.tensor([10, 900]), both).clean
    alone = model.predict(noisy[:1], torch.tensor([900]), prompt_of(model, [[20, 21]])).clean
    assert torch.allclose(together[1:], alone, atol=1e-5)


@pytest.mark.parametrize("normalize_embeddings", [True, False])
def test_programs_are_as_large_as_the_noise_they_are_mixed_with(make_model, normalize_embeddings):
    """Else every level but the first is noise alone, whatever the schedule says."""
    model = make_model(normalize_embeddings=normalize_embeddings)
    assert float(model.embedding(torch.arange(200)).var()) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("parameterisation", ["x", "epsilon"])
def test_the_two_estimates_explain_the_same_noisy_value(make_model, parameterisation):
    model = make_model(parameterisation=parameterisation, noise_schedule="sqrt", log_snr_shift=0.0)
    prompt = prompt_of(model, [[20, 21]] * 3)
    noisy, level = gaussian(3, LENGTH, SIZE), torch.tensor([0, 600, 1100])
    clean, noise = model.predict(noisy, level, prompt)[:2]
    assert torch.allclose(add_noise(clean, noise, model.alpha_bar()[level]), noisy, atol=1e-4)


def test_the_previous_estimate_changes_the_next(model, prompt):
    noisy, level = gaussian(1, LENGTH, SIZE), torch.tensor([600])
    without = model.predict(noisy, level, prompt).clean
    zeros = model.predict(noisy, level, prompt, torch.zeros_like(noisy)).clean
    fed = model.predict(noisy, level, prompt, gaussian(1, LENGTH, SIZE, seed=1)).clean
    assert torch.equal(without, zeros)
    assert (moved(without, fed) > 1e-3).all()


def test_a_row_conditions_on_itself_only_where_it_is_told_to(model):
    ids, noise = torch.arange(24).view(2, 12), gaussian(2, 12, SIZE)
    level = torch.tensor([700, 700])
    arguments = {"prompt_ids": torch.tensor([[20, 21]] * 2), "prompt_mask": torch.ones(2, 2)}
    plain = model(ids, level, noise, **arguments).predicted_clean
    second = model(ids, level, noise, **arguments, self_condition=torch.tensor([False, True]))
    assert torch.allclose(second.predicted_clean[0], plain[0], atol=1e-5)
    assert not torch.allclose(second.predicted_clean[1], plain[1], atol=1e-3)
    prompt = prompt_of(model, [[20, 21]] * 2)
    noisy = add_noise(model.embedding(ids), noise, model.alpha_bar()[level])
    by_hand = model.predict(noisy, level, prompt, plain).clean
    assert torch.allclose(second.predicted_clean[1], by_hand[1], atol=1e-5)


def test_training_needs_no_utterance_when_there_is_a_noise_prompt(model):
    ids, noise, level = torch.arange(6).view(1, 6), gaussian(1, 6, SIZE), torch.tensor([500])
    one = model(ids, level, noise, noise_prompt=gaussian(1, 9, 32, seed=1))
    other = model(ids, level, noise, noise_prompt=gaussian(1, 9, 32, seed=2))
    assert one.logits.shape == (1, 6, model.config.vocab_size)
    assert not torch.allclose(one.predicted_clean, other.predicted_clean, atol=1e-4)


def test_the_noise_prompt_is_gaussian_and_its_generators_own(model):
    drawn = model.noise_prompt(4, 500, torch.Generator().manual_seed(1))
    assert drawn.shape == (4, 500, model.config.encoder.d_model)
    assert float(drawn.std()) == pytest.approx(1.0, abs=0.02)
    assert torch.equal(drawn, model.noise_prompt(4, 500, torch.Generator().manual_seed(1)))


def test_only_the_chosen_rows_lose_their_utterance(model):
    ids, noise = torch.arange(12).view(2, 6), gaussian(2, 6, SIZE)
    level = torch.tensor([500, 500])
    prompts = {
        "prompt_ids": torch.tensor([[20, 21, 22], [23, 0, 0]]),
        "prompt_mask": torch.tensor([[1, 1, 1], [1, 0, 0]]),
    }
    free = gaussian(2, 3, 32, seed=3)
    plain = model(ids, level, noise, **prompts)
    mixed = model(
        ids,
        level,
        noise,
        **prompts,
        noise_prompt=free,
        use_noise_prompt=torch.tensor([False, True]),
    )
    only_free = model(ids, level, noise, noise_prompt=free)
    assert torch.allclose(mixed.logits[0], plain.logits[0], atol=1e-5)
    # The noise prompt has no pad: it is seen whole where the utterance was short.
    assert torch.allclose(mixed.logits[1], only_free.logits[1], atol=1e-5)


def test_several_draws_for_an_utterance_equal_repeating_the_utterance(model):
    ids = torch.arange(24).view(4, 6)
    noise, level = gaussian(4, 6, SIZE), torch.tensor([5, 300, 600, 1100])
    prompt_ids = torch.tensor([[20, 21, 22], [23, 0, 0]])
    mask = torch.tensor([[1, 1, 1], [1, 0, 0]])
    once = model(ids, level, noise, prompt_ids=prompt_ids, prompt_mask=mask)
    repeated = model(
        ids,
        level,
        noise,
        prompt_ids=prompt_ids.repeat_interleave(2, dim=0),
        prompt_mask=mask.repeat_interleave(2, dim=0),
    )
    assert torch.allclose(once.logits, repeated.logits, atol=1e-5)


def test_the_encoder_reads_through_the_shared_table_and_its_own_is_never_trained(make_model):
    model = make_model()
    unused = model.encoder.t5.get_input_embeddings().weight
    assert unused.shape[0] == 1
    with torch.enable_grad():
        output = model(
            torch.arange(6).view(1, 6),
            torch.tensor([500]),
            gaussian(1, 6, SIZE),
            prompt_ids=torch.tensor([[200, 201]]),
            prompt_mask=torch.ones(1, 2),
            self_condition=torch.tensor([True]),
        )
        (output.logits.square().mean() + output.decoded.square().mean()).backward()
    idle = {name for name, p in model.named_parameters() if p.grad is None}
    assert {name for name in idle if name.startswith("encoder.t5")} == idle
    assert all("shared" in name or "embed_tokens" in name for name in idle)
    assert unused.grad is None
    # The tokens of the utterance, absent from the code, do learn.
    assert model.embedding.table.weight.grad[[200, 201]].abs().sum() > 0


def test_without_sharing_the_encoder_has_its_own_table(make_model):
    model = make_model(share_embeddings=False)
    before = model.encode(torch.tensor([[20, 21]]), torch.ones(1, 2))
    model.embedding.table.weight.data += 1.0 * gaussian(*model.embedding.table.weight.shape)
    after = model.encode(torch.tensor([[20, 21]]), torch.ones(1, 2))
    assert torch.equal(before, after)


@pytest.mark.parametrize("parameterisation", ["x", "epsilon"])
@pytest.mark.parametrize("level", [10, LAST])
def test_the_decoder_sees_the_code_through_the_noisy_input_only(
    make_model, level, parameterisation
):
    """Two programs noised to the very same x_t must give the same logits: SeqDiffuSeq's leak."""
    model = make_model(parameterisation=parameterisation)
    ids = torch.stack((torch.arange(30, 38), torch.arange(90, 98)))
    levels = torch.tensor([level, level])
    noise = gaussian(2, LENGTH, SIZE)
    signal = model.alpha_bar()[levels].view(2, 1, 1)
    clean = model.embedding(ids)
    shared = signal.sqrt() * clean[:1] + (1 - signal).sqrt() * noise[:1]
    noise = (shared - signal.sqrt() * clean) / (1 - signal).sqrt()
    output = model(
        ids,
        levels,
        noise,
        prompt_ids=torch.tensor([[20, 21]] * 2),
        prompt_mask=torch.ones(2, 2),
        self_condition=torch.tensor([True, True]),
    )
    for estimate in (output.predicted_clean, output.decoded, output.logits):
        scale = float(estimate.abs().max())
        assert torch.allclose(estimate[0], estimate[1], atol=1e-3 * scale)
    assert not torch.allclose(output.clean[0], output.clean[1], atol=0.1)


def test_without_layers_there_is_no_decoder_and_the_head_reads_the_denoisers_estimate():
    model = CodeFusionModel(preset_config("tiny", {"decoder_layers": 0})).eval()
    assert model.count_parameters()["D (decoder)"] == 0
    estimate = gaussian(2, LENGTH, SIZE)
    prompt = prompt_of(model, [[20, 21], [22, 23]])
    decoded, logits = model.decode(estimate, prompt)
    assert torch.equal(decoded, estimate)
    assert torch.equal(logits, model.head(estimate, model.embedding.weight()))
