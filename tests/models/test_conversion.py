import torch

from codefusion.models.conversion import from_autoregressive

PLAIN = {"self_conditioning": False}


def test_read_from_the_left_it_says_what_the_autoregressive_model_does(make_model, make_baseline):
    begun = make_baseline("autoregressive", tie_head=False, **PLAIN)
    model = make_model(lagged=True, tie_head=False, **PLAIN)
    model.load_state_dict({**model.state_dict(), **from_autoregressive(model, begun)})
    config = model.config
    prompt_ids = torch.tensor([[20, 21, 22, 2]])
    seen = torch.ones_like(prompt_ids)
    ids = torch.tensor([[config.eos_token_id, 30, 31, 32, 33]])
    read = begun.prepare_prompt(begun.encode(prompt_ids, seen), seen)
    expected = begun.logits(ids, read)
    prompt = model.prepare_prompt(model.encode(prompt_ids, seen), seen)
    logits = model.logits(ids, prompt)
    end, pad = config.eos_token_id, config.pad_token_id
    others = [i for i in range(config.vocab_size) if i != pad]
    torch.testing.assert_close(logits[..., others], expected[..., others])
    torch.testing.assert_close(logits[..., pad], expected[..., end])


def test_it_denoises_what_follows_a_clean_beginning_as_the_autoregressive_model_reads_it(
    make_model, make_baseline
):
    begun = make_baseline("autoregressive", tie_head=False, **PLAIN)
    model = make_model(lagged=True, tie_head=False, **PLAIN)
    model.load_state_dict({**model.state_dict(), **from_autoregressive(model, begun)})
    config = model.config
    prompt_ids = torch.tensor([[20, 21, 22, 2]])
    seen = torch.ones_like(prompt_ids)
    read = begun.prepare_prompt(begun.encode(prompt_ids, seen), seen)
    expected = begun.logits(torch.tensor([[config.eos_token_id, 30, 31]]), read)[0, -1]
    prompt = model.prepare_prompt(model.encode(prompt_ids, seen), seen)
    noisy = torch.randn(1, 5, config.embedding_size)
    noisy[:, :2] = model.embedding(torch.tensor([[30, 31]]))
    last = config.num_train_timesteps - 1
    estimate = model.predict(noisy, torch.tensor([[0, 0, last, last, last]]), prompt)
    logits = model.decode(estimate.clean, prompt, estimate.states, estimate.sight)[1][0, 2]
    others = [i for i in range(config.vocab_size) if i != config.pad_token_id]
    torch.testing.assert_close(logits[others], expected[others])


def test_pad_takes_over_what_the_end_token_was(make_model, make_baseline):
    begun = make_baseline("autoregressive", tie_head=False, **PLAIN)
    model = make_model(lagged=True, tie_head=False, **PLAIN)
    taken = from_autoregressive(model, begun)
    pad, end = model.config.pad_token_id, model.config.eos_token_id
    torch.testing.assert_close(taken["head.weight"][pad], begun.head.weight[end])
    torch.testing.assert_close(
        taken["embedding.table.weight"][pad], begun.embedding.table.weight[end]
    )


def test_every_layer_of_the_autoregressive_model_finds_its_place(make_model, make_baseline):
    begun = make_baseline("autoregressive", tie_head=False, **PLAIN)
    model = make_model(lagged=True, tie_head=False, **PLAIN)
    taken = from_autoregressive(model, begun)
    layers = {name for name in begun.state_dict() if ".layers." in name and "decoder" in name}
    assert len([name for name in taken if ".layers." in name and "encoder" not in name]) == len(
        layers
    )
    assert taken.keys() <= model.state_dict().keys()
