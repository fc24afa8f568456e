"""A lagged model: what its tokens see, what context tells, and how it is read from the left."""

import pytest
import torch

from codefusion.diffusion import sight

LAST = 1199
LAGGED = {"lagged": True, "self_conditioning": False, "num_train_timesteps": LAST + 1}


@pytest.fixture
def model(make_model):
    return make_model(**LAGGED).eval()


@pytest.fixture
def prompt(model):
    ids = torch.tensor([[20, 21, 22, 2]])
    seen = torch.ones_like(ids)
    return model.prepare_prompt(model.encode(ids, seen), seen)


CODE = torch.tensor([[30, 31, 32, 33, 34, 35]])


def row(*truths: int) -> torch.Tensor:
    return torch.tensor([truths], dtype=torch.bool)


def test_context_sees_what_is_left_of_it_and_noise_all_that_tells_something() -> None:
    seen = sight(row(1, 1, 0, 0), row(0, 0, 0, 1))[0, 0].int().tolist()
    assert seen == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]


def test_a_noisy_token_sees_context_to_its_right() -> None:
    seen = sight(row(0, 0, 1, 0), row(1, 0, 0, 1))[0, 0].int().tolist()
    assert seen == [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1]]


def test_hidden_context_tells_each_token_all_left_of_it_and_nothing_else(model):
    # So a pass over a program teaches what follows each of its beginnings.
    def logits(code):
        torch.manual_seed(0)
        noise = torch.randn(*CODE.shape, model.config.embedding_size)
        level = torch.full_like(CODE, LAST)
        ids = torch.tensor([[20, 21, 22, 2]])
        options = {"prompt_ids": ids, "prompt_mask": torch.ones_like(ids)}
        context = torch.ones_like(CODE, dtype=torch.bool)
        return model(code, level, noise, context=context, **options).logits

    plain = logits(CODE)
    for place in range(CODE.shape[1] - 1):
        other = CODE.clone()
        other[0, place] = 40
        changed = (logits(other) - plain).abs().amax(dim=-1)[0] > 1e-6
        assert changed.tolist() == [at > place for at in range(CODE.shape[1])]


def test_it_is_read_from_the_left_as_it_learns_from_hidden_context(model, prompt):
    torch.manual_seed(0)
    begin = torch.full_like(CODE[:, :1], model.config.eos_token_id)
    read = model.logits(torch.cat((begin, CODE[:, :-1]), dim=1), prompt)
    ids = torch.tensor([[20, 21, 22, 2]])
    taught = model(
        CODE,
        torch.full_like(CODE, LAST),
        torch.randn(*CODE.shape, model.config.embedding_size),
        prompt_ids=ids,
        prompt_mask=torch.ones_like(ids),
        context=torch.ones_like(CODE, dtype=torch.bool),
    ).logits
    torch.testing.assert_close(read, taught)


def test_read_token_by_token_it_says_the_same_as_read_at_once(model, prompt):
    begin = torch.full_like(CODE[:, :1], model.config.eos_token_id)
    ids = torch.cat((begin, CODE[:, :-1]), dim=1)
    cache = model.new_cache()
    single = [model.logits(ids[:, [at]], prompt, cache) for at in range(ids.shape[1])]
    torch.testing.assert_close(
        torch.cat(single, dim=1), model.logits(ids, prompt), atol=1e-4, rtol=1e-4
    )


def test_what_comes_next_does_not_change_what_is_made_of_clean_tokens(model, prompt):
    level = torch.tensor([[0, 0, 0, 500, LAST, LAST]])
    noisy = model.embedding(CODE)
    other = noisy.clone()
    other[:, 3:] = torch.randn_like(other[:, 3:])
    first, second = (model.predict(one, level, prompt).states[:, :3] for one in (noisy, other))
    torch.testing.assert_close(first, second)


def test_behind_clean_tokens_it_goes_on_as_it_does_over_the_whole_program(model, prompt):
    level = torch.tensor([[0, 0, 0, 300, 700, LAST]])
    noisy = model.embedding(CODE)
    noisy[:, 3:] = torch.randn_like(noisy[:, 3:])
    estimate = model.predict(noisy, level, prompt)
    logits = model.decode(estimate.clean, prompt, estimate.states, estimate.sight)[1]
    lefts = torch.cat((model.begin(1), noisy[:, :-1]), dim=1)
    cache = model.new_cache()
    for at in range(3):
        now = slice(at, at + 1)
        model.go_on(noisy[:, now], level[:, now], prompt, lefts[:, now], cache)
    went = model.go_on(noisy[:, 3:], level[:, 3:], prompt, lefts[:, 3:4], cache)
    torch.testing.assert_close(went[0], estimate.clean[:, 3:], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(went[1], logits[:, 3:], atol=1e-4, rtol=1e-4)


def test_a_copy_of_what_was_read_may_read_on_by_itself(model, prompt):
    cache = model.new_cache()
    model.logits(CODE[:, :2], prompt, cache)
    others = [one.copy() for one in cache]
    went = model.logits(CODE[:, 2:4], prompt, others)
    whole = model.logits(CODE[:, :4], prompt)
    torch.testing.assert_close(went, whole[:, 2:], atol=1e-4, rtol=1e-4)
    assert [len(one) for one in cache] == [2] * len(cache)
    assert [len(one) for one in others] == [4] * len(cache)
