"""Several models read as one: their mean, wherever a pipeline reads a model."""

import pytest
import torch

from codefusion.errors import UsageError
from codefusion.models.committee import Committee
from codefusion.pipeline import TokenPipeline

PAD = 0
BATCH = {
    "code_ids": torch.tensor([[7, 8, 9, PAD, PAD], [7, 8, 9, 10, 11]]),
    "prompt_ids": torch.tensor([[20, 21, 22, PAD], [23, 24, 2, PAD]]),
    "prompt_mask": torch.tensor([[1, 1, 1, 0], [1, 1, 1, 0]]),
}


@pytest.fixture(scope="module")
def members(make_baseline):
    """Two of different sizes and weights."""
    other = make_baseline("autoregressive", hidden_size=48, num_heads=4, denoiser_layers=1)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        torch.nn.init.normal_(other.decoder.output.weight, std=0.3)
    return [make_baseline("autoregressive"), other]


def logits(model, batch, cache=None):
    code, mask = batch["code_ids"], batch["prompt_mask"]
    ids = torch.cat((torch.full_like(code[:, :1], model.end_token_id), code), dim=1)
    prompt = model.prepare_prompt(model.encode(batch["prompt_ids"], mask), mask)
    if cache is None:
        return model.logits(ids, prompt)
    return torch.cat([model.logits(one, prompt, cache) for one in ids.split(1, dim=1)], dim=1)


@torch.no_grad()
def test_a_committee_thinks_what_its_members_think_on_average(members):
    committee = Committee(members)
    expected = sum(logits(one, BATCH).log_softmax(dim=-1) for one in members) / 2
    torch.testing.assert_close(logits(committee, BATCH), expected)
    one_by_one = logits(committee, BATCH, committee.new_cache())
    torch.testing.assert_close(one_by_one, expected, rtol=1e-4, atol=1e-4)


def test_a_committee_of_one_answers_as_that_one(members, tokenizer):
    alone = TokenPipeline(members[1], None, tokenizer)
    committee = TokenPipeline(Committee(members[1:]), None, tokenizer)
    for options in ({"num_beams": 4}, {"num_beams": 0, "num_samples": 5}, {"trace": True}):
        expected = [(one.code, one.score) for one in alone("list files", **options)]
        found = [(one.code, one.score) for one in committee("list files", **options)]
        assert [code for code, _ in found] == [code for code, _ in expected]
        assert [x for _, x in found] == pytest.approx([x for _, x in expected], abs=1e-5)


def test_the_best_that_a_committee_finds_is_the_likeliest_on_average(members, tokenizer):
    pipeline = TokenPipeline(Committee(members), None, tokenizer)
    found = pipeline("list files", num_beams=8)
    assert len({one.code for one in found}) == len(found) > 1
    means = [one.log_likelihood for one in pipeline("list files", num_samples=8, num_beams=0)]
    assert found[0].log_likelihood > sum(means) / len(means)


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("masked", {}, "auto-regressive"),
        ("autoregressive", {"vocab_size": 250}, "one vocabulary"),
        ("autoregressive", {"backbone": "somewhere"}, "token ids alone"),
    ],
)
def test_models_that_cannot_be_read_together_are_refused(
    make_baseline, members, kind, changes, said
):
    with pytest.raises(UsageError, match=said):
        Committee([members[0], make_baseline(kind, **changes)])
