import torch

from codefusion.models.conversion import from_autoregressive

PLAIN = {"self_conditioning": False}


def test_it_begins_a_program_as_the_autoregressive_model_does(make_model, make_baseline):
    # Further right the two differ at first: one reads what is left of a token from both sides.
    begun = make_baseline("autoregressive", tie_head=False, **PLAIN)
    model = make_model(lagged=True, tie_head=False, **PLAIN)
    model.load_state_dict({**model.state_dict(), **from_autoregressive(model, begun)})
    config = model.config
    prompt_ids = torch.tensor([[20, 21, 22, 2]])
    seen = torch.ones_like(prompt_ids)
    read = begun.prepare_prompt(begun.encode(prompt_ids, seen), seen)
    expected = begun.logits(torch.tensor([[config.eos_token_id]]), read)[0, 0]
    prompt = model.prepare_prompt(model.encode(prompt_ids, seen), seen)
    noisy = torch.randn(1, 1, config.embedding_size)
    level = torch.tensor([[config.num_train_timesteps - 1]])
    estimate = model.predict(noisy, level, prompt)
    logits = model.decode(estimate.clean, prompt, estimate.states)[1][0, 0]
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
