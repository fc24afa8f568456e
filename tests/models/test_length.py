"""A model that predicts the length sees that many positions and nothing else."""

import pytest
import torch

from codefusion.models.length import LengthPredictor, draw_length, visible

SIZE = 32


def gaussian(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def model(make_model):
    return make_model(predict_length=True)


@pytest.fixture(autouse=True)
def _no_gradients():
    with torch.no_grad():
        yield


def prompt_of(model, lengths, ids=(20, 21, 22)):
    prompt_ids = torch.tensor([list(ids)]).expand(len(lengths), -1)
    mask = torch.ones_like(prompt_ids)
    return model.prepare_prompt(model.encode(prompt_ids, mask), mask, torch.tensor(lengths))


def test_what_lies_beyond_the_length_changes_nothing(model):
    noisy, level = gaussian(1, 8, SIZE), torch.tensor([600])
    changed = noisy.clone()
    changed[:, 5:] += 3.0
    prompt = prompt_of(model, [5])
    for run in (lambda x: model.predict(x, level, prompt)[0], lambda x: model.decode(x, prompt)[0]):
        torch.testing.assert_close(run(changed)[:, :5], run(noisy)[:, :5])
        changed_inside = noisy.clone()
        changed_inside[:, 4] += 3.0
        assert not torch.allclose(run(changed_inside)[:, :4], run(noisy)[:, :4], atol=1e-4)


def test_the_width_of_the_batch_changes_nothing(model):
    noisy, level = gaussian(1, 8, SIZE), torch.tensor([600])
    prompt = prompt_of(model, [5])
    wide = model.predict(noisy, level, prompt).clean
    narrow = model.predict(noisy[:, :5], level, prompt).clean
    torch.testing.assert_close(wide[:, :5], narrow)


def test_the_length_itself_changes_what_is_written(model):
    noisy, level = gaussian(1, 5, SIZE), torch.tensor([600])
    short = model.predict(noisy[:, :4], level, prompt_of(model, [4])).clean
    longer = model.predict(noisy, level, prompt_of(model, [5])).clean
    assert not torch.allclose(short, longer[:, :4], atol=1e-4)


def test_pad_of_the_prompt_does_not_change_the_predicted_length(model):
    ids = torch.tensor([[20, 21, 22]])
    padded = torch.tensor([[20, 21, 22, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 0, 0]])
    alone = model.length(model.encode(ids, torch.ones_like(ids)), torch.ones_like(ids))
    together = model.length(model.encode(padded, mask), mask)
    torch.testing.assert_close(alone, together)
    assert alone.shape == (1, 16)


def test_training_reads_the_lengths_off_the_code(model):
    code = torch.tensor([[7, 8, 9, 0, 0, 0], [7, 8, 9, 5, 5, 5]])
    ids = torch.tensor([[20, 21]])
    noise = gaussian(2, 6, SIZE)
    output = model(code, torch.tensor([600, 600]), noise, ids, torch.ones_like(ids))
    assert output.length_logits.shape == (1, 16)
    noise[0, 3:] += 1.0
    moved = model(code, torch.tensor([600, 600]), noise, ids, torch.ones_like(ids))
    torch.testing.assert_close(moved.logits[0, :3], output.logits[0, :3])


def test_lengths_are_drawn_as_often_as_they_are_likely():
    logits = torch.tensor([0.5, 0.0, 0.3, 0.2]).log()
    quantiles = torch.rand(20_000, generator=torch.Generator().manual_seed(0))
    drawn = draw_length(logits.expand(20_000, -1), quantiles)
    shares = torch.bincount(drawn, minlength=5)[1:] / 20_000
    torch.testing.assert_close(shares, torch.tensor([0.5, 0.0, 0.3, 0.2]), atol=0.02, rtol=0.0)


def test_the_ends_of_the_quantiles_are_lengths_too():
    logits = torch.zeros(2, 3)
    drawn = draw_length(logits, torch.tensor([0.0, 0.99999994]))
    assert drawn.tolist() == [1, 3]


def test_visible_positions_are_those_before_the_length():
    assert visible(torch.tensor([1, 3]), 3).tolist() == [[True, False, False], [True] * 3]


def test_a_predictor_learns_a_length_that_the_prompt_tells():
    torch.manual_seed(0)
    predictor = LengthPredictor(8, 6)
    encoded, mask = gaussian(6, 4, 8), torch.ones(6, 4)
    target = torch.arange(6)
    optimizer = torch.optim.Adam(predictor.parameters(), 0.02)
    with torch.enable_grad():
        for _ in range(200):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(predictor(encoded, mask), target).backward()
            optimizer.step()
    assert predictor(encoded, mask).argmax(-1).tolist() == target.tolist()
