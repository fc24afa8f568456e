"""The three loss terms by hand, and the ways such a loss is known to lie."""

import math
from dataclasses import replace

import pytest
import torch

from codefusion.diffusion import add_noise
from codefusion.errors import UsageError
from codefusion.models import TrainingOutput
from codefusion.objectives import LossWeights, compute_losses

PAD = 0


def rows(*values):
    return torch.tensor([list(values)])


@pytest.fixture
def by_hand():
    """One program of one token and one pad, two channels, three tokens."""
    zero = torch.zeros(1, 2, 2)
    output = TrainingOutput(
        clean=zero,
        noise=zero,
        predicted_clean=rows([1.0, 1.0], [3.0, 1.0]),  # squared errors 1 and 5
        predicted_noise=rows([2.0, 0.0], [0.0, 4.0]),  # 2 and 8
        decoded=rows([0.0, 1.0], [1.0, 1.0]),  # 0.5 and 1
        logits=rows([0.0, math.log(2.0), 0.0], [math.log(8.0), 0.0, 0.0]),  # log 2 and log 1.25
    )
    return output, torch.tensor([[1, PAD]])


@pytest.mark.parametrize(
    ("parameterisation", "pad", "denoising", "decoder", "cross_entropy"),
    [
        ("x", 1.0, (1 + 5) / 2, 0.75, (math.log(2) + math.log(1.25)) / 2),
        ("epsilon", 1.0, (2 + 8) / 2, 0.75, (math.log(2) + math.log(1.25)) / 2),
        ("x", 0.0, 1.0, 0.5, math.log(2)),
        ("epsilon", 0.0, 2.0, 0.5, math.log(2)),
        # A pad counts a quarter of a token in the mean.
        ("x", 0.25, (1 + 0.25 * 5) / 1.25, 0.6, (math.log(2) + 0.25 * math.log(1.25)) / 1.25),
    ],
)
def test_the_terms_are_what_a_hand_makes_of_them(
    by_hand, parameterisation, pad, denoising, decoder, cross_entropy
):
    output, ids = by_hand
    losses = compute_losses(output, ids, PAD, parameterisation, LossWeights(pad=pad))
    assert losses.denoising.item() == pytest.approx(denoising)
    assert losses.decoder.item() == pytest.approx(decoder)
    assert losses.cross_entropy.item() == pytest.approx(cross_entropy)
    assert losses.total.item() == pytest.approx(denoising + decoder + cross_entropy)


def test_the_length_is_a_term_of_its_own_where_it_is_predicted(by_hand):
    output, ids = by_hand
    known = replace(output, length_logits=torch.tensor([[math.log(3.0), 0.0]]))
    weights = LossWeights(pad=1.0, length=2.0)
    losses = compute_losses(known, ids, PAD, "x", weights)
    assert losses.length.item() == pytest.approx(-math.log(0.75))
    # The pad is no part of the program then, whatever weight it would have.
    assert losses.cross_entropy.item() == pytest.approx(math.log(2))
    rest = losses.denoising + losses.decoder + losses.cross_entropy
    assert losses.total.item() == pytest.approx((rest + 2.0 * losses.length).item())
    assert compute_losses(output, ids, PAD, "x", weights).length.item() == 0.0


def test_each_of_several_draws_has_the_length_of_its_utterance():
    ids = torch.tensor([[5, PAD, PAD]] * 2 + [[5, 5, 5]] * 2)
    zero = torch.zeros(4, 3, 2)
    sure = torch.full((2, 3), -30.0)
    sure[0, 0] = sure[1, 2] = 30.0
    output = TrainingOutput(zero, zero, zero, zero, zero, torch.zeros(4, 3, 6), sure)
    assert compute_losses(output, ids, PAD, "x", LossWeights()).length.item() < 1e-6


def test_the_total_weighs_the_terms(by_hand):
    weights = LossWeights(denoising=2.0, decoder=0.5, cross_entropy=3.0)
    losses = compute_losses(*by_hand, PAD, "x", weights)
    expected = 2 * losses.denoising + 0.5 * losses.decoder + 3 * losses.cross_entropy
    assert losses.total.item() == pytest.approx(expected.item())


def test_the_error_of_the_noise_is_that_of_the_clean_value_times_the_signal_to_noise_ratio(model):
    random = torch.Generator().manual_seed(0)
    ids = torch.arange(6).view(1, 6)
    level = torch.tensor([700])
    with torch.no_grad():
        output = model(
            ids,
            level,
            torch.randn((1, 6, 32), generator=random),
            noise_prompt=torch.randn((1, 4, 32), generator=random),
        )
    x, epsilon = (
        compute_losses(output, ids, PAD, kind, LossWeights()).denoising.item()
        for kind in ("x", "epsilon")
    )
    signal = float(model.alpha_bar()[level])
    assert epsilon == pytest.approx(x * signal / (1 - signal), rel=1e-3)


def test_a_perfect_prediction_costs_nothing():
    clean = torch.randn((1, 3, 4), generator=torch.Generator().manual_seed(0))
    ids = torch.tensor([[1, 2, PAD]])
    logits = torch.nn.functional.one_hot(ids, 5) * 100.0
    perfect = TrainingOutput(clean, clean, clean, clean, clean, logits)
    for kind in ("x", "epsilon"):
        assert compute_losses(perfect, ids, PAD, kind, LossWeights()).total.item() < 1e-6


def gradients_of(model, **weights):
    off = {"denoising": 0.0, "decoder": 0.0, "cross_entropy": 0.0}
    random = torch.Generator().manual_seed(0)
    ids = torch.arange(40, 46).view(1, 6)
    output = model(
        ids,
        torch.tensor([900]),
        torch.randn((1, 6, 32), generator=random),
        noise_prompt=torch.randn((1, 4, 32), generator=random),
    )
    losses = compute_losses(output, ids, PAD, "x", LossWeights(**{**off, **weights}))
    model.zero_grad()
    losses.total.backward()
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


def test_the_embedding_cannot_make_itself_easy_to_denoise(make_model):
    """Through the target of the first term, L could shrink to a point."""
    model = make_model()
    random = torch.Generator().manual_seed(0)
    ids = torch.arange(40, 46).view(1, 6)
    clean = model.embedding(ids)
    assert clean.requires_grad
    prediction = torch.randn((1, 6, 32), generator=random, requires_grad=True)
    output = TrainingOutput(
        clean, clean, prediction, prediction, prediction, torch.zeros(1, 6, model.config.vocab_size)
    )
    compute_losses(output, ids, PAD, "x", LossWeights(decoder=0.0)).total.backward()
    assert prediction.grad.abs().sum() > 0
    assert not model.embedding.table.weight.grad.any()


@pytest.mark.parametrize("term", ["decoder", "cross_entropy"])
def test_each_later_term_trains_denoiser_and_decoder(make_model, term):
    gradients = gradients_of(make_model(), **{term: 1.0})
    for box in ("denoiser.", "decoder.", "embedding."):
        total = sum(float(g.abs().sum()) for name, g in gradients.items() if name.startswith(box))
        assert total > 0, box


@pytest.mark.parametrize("name", ["denoising", "decoder", "cross_entropy", "pad"])
def test_a_negative_weight_is_refused(name):
    with pytest.raises(UsageError, match=f"{name} must not be negative, got -1"):
        LossWeights(**{name: -1.0})


def cross_entropy_at(model, level, ids, seed=0):
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        output = model(
            ids,
            torch.full((len(ids),), level),
            torch.randn((*ids.shape, 32), generator=random),
            noise_prompt=torch.randn((len(ids), 4, 32), generator=random),
        )
    return compute_losses(output, ids, PAD, "x", LossWeights()).cross_entropy.item()


def random_programs(vocabulary, count, seed):
    return torch.randint(5, vocabulary, (count, 8), generator=torch.Generator().manual_seed(seed))


def test_an_untrained_model_knows_nothing_at_the_noisiest_level(model):
    ids = random_programs(model.config.vocab_size, 32, seed=0)
    # Guessing evenly costs log(vocabulary); being wrong with confidence costs more.
    assert cross_entropy_at(model, 1199, ids) > 0.95 * math.log(model.config.vocab_size)


def test_training_cannot_make_pure_noise_predictable(make_model):
    """SeqDiffuSeq, GENIE, Diffusion-LM: the loss fell to nothing, for D was shown clean code."""
    model = make_model(self_conditioning=False).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    random = torch.Generator().manual_seed(1)
    vocabulary = 40
    for step in range(60):
        ids = random_programs(vocabulary, 32, seed=step)
        output = model(
            ids,
            torch.randint(0, 1200, (32,), generator=random),
            torch.randn((32, 8, 32), generator=random),
            noise_prompt=torch.randn((32, 4, 32), generator=random),
        )
        compute_losses(output, ids, PAD, "x", LossWeights()).total.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    ids = random_programs(vocabulary, 64, seed=1000)
    entropy = math.log(vocabulary - 5)
    assert cross_entropy_at(model, 1199, ids) > 0.95 * entropy
    # It did learn what can be learnt: to see through little noise.
    assert cross_entropy_at(model, 0, ids) < 0.7 * entropy


@pytest.fixture(scope="module")
def overfitted(make_model, overfit, examples):
    """A few short programs in a window several times as long as they are."""
    model = make_model(max_code_length=32)
    results = list(overfit(model, examples[:4], steps=150, batch_size=16))
    return model, results


def test_training_lowers_every_term(overfitted):
    _, results = overfitted
    for term in ("denoising", "decoder", "cross_entropy"):
        first, last = (
            sum(getattr(result, term) for result in part) for part in (results[:5], results[-5:])
        )
        assert last < 0.7 * first, term


def test_the_embeddings_in_use_do_not_collapse(overfitted, tokenizer, examples):
    model, _ = overfitted
    from codefusion.data.tokenization import encode

    used = {PAD} | {token for pair in examples[:4] for token in encode(tokenizer, pair.code)}
    assert model.embedding.nearest_neighbour_distance(torch.tensor(sorted(used))) > 0.5


def test_the_output_of_an_overfitted_model_is_not_all_padding(overfitted, tokenizer, examples):
    """DiffuSeq: most positions are pads, so a model of nothing but pads has a low loss."""
    from codefusion.diffusion.samplers import make_scheduler
    from codefusion.pipeline import CodeFusionPipeline

    model, _ = overfitted
    scheduler = make_scheduler("renoising", model.config.schedule(), model.config.prediction_type)
    pipeline = CodeFusionPipeline(model, scheduler, tokenizer)
    drawn = pipeline([pair.utterance for pair in examples[:4]], num_candidates=2)
    assert all(candidate.code for candidates in drawn for candidate in candidates)
    # And neither did it forget to end: a program is not the whole window.
    assert all(len(candidates[0].code) < 32 for candidates in drawn)


def test_self_conditioning_leaks_no_code(make_model):
    """The first estimate comes from x_t alone, so at the noisiest level it cannot help either."""
    model = make_model()
    ids = random_programs(model.config.vocab_size, 8, seed=0)
    random = torch.Generator().manual_seed(0)
    noise = torch.randn((*ids.shape, 32), generator=random)
    level = torch.full((8,), 1199)
    noisy = add_noise(model.embedding(ids), noise, model.alpha_bar()[level])
    assert float((noisy - noise).detach().abs().max()) < 0.01
    with torch.no_grad():
        output = model(
            ids,
            level,
            noise,
            noise_prompt=torch.randn((8, 4, 32), generator=random),
            self_condition=torch.ones(8, dtype=torch.bool),
        )
    loss = compute_losses(output, ids, PAD, "x", LossWeights()).cross_entropy.item()
    assert loss > 0.95 * math.log(model.config.vocab_size)
