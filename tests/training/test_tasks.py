from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from codefusion.data.batching import Bucketing, Encoded
from codefusion.data.codec import Codec
from codefusion.data.examples import Snippet
from codefusion.data.tokenization import decode, encode, train_tokenizer
from codefusion.languages import get_language
from codefusion.models.presets import preset_config
from codefusion.training.corpus import encode_snippets, special_ids
from codefusion.training.recipe import Phase
from codefusion.training.tasks import (
    Snippets,
    finetuning_batches,
    masked_prompt,
    pretraining_batches,
)

CODES = [
    "total = total + price",
    "for x in xs: print(x)",
    "return a if b else c",
    "import os",
    "x = [1, 2, 3]",
    'print("hello world")',
    "del d['key']",
    "y = f(x, *args)",
    "while True: pass",
]
BUCKETING = Bucketing((16, 24, 32))
Batches = Callable[..., Iterator[dict[str, Any]]]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer(CODES, 290)


@pytest.fixture(scope="module")
def config() -> Any:
    return preset_config("tiny", {"vocab_size": 290})


@pytest.fixture(scope="module")
def snippets(tokenizer: Any) -> Snippets:
    return encode_snippets([Snippet(code, "python") for code in CODES], Codec(tokenizer), 32)[0]


@pytest.fixture(scope="module")
def pairs(tokenizer: Any) -> list[Encoded]:
    rows = [tuple(encode(tokenizer, code)) for code in CODES]
    end = tokenizer.eos_token_id
    return [Encoded((*row[::-1], end), row) for row in rows if len(row) <= 32]


@pytest.fixture(params=["pretraining", "finetuning"])
def batches(
    request: pytest.FixtureRequest,
    config: Any,
    tokenizer: Any,
    snippets: Snippets,
    pairs: list[Encoded],
) -> Batches:
    """Return a function that yields the batches of one phase; options change the defaults."""
    shared: dict[str, Any] = {
        "config": config,
        "bucketing": BUCKETING,
        "special": special_ids(tokenizer),
        "self_conditioning": 0.5,
        "seed": 5,
    }
    phase = Phase(batch_size=4, unconditional=0.3)
    if request.param == "pretraining":
        return partial(pretraining_batches, snippets, phase, **shared)
    return partial(finetuning_batches, pairs, phase, **shared)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("start", [1, 5, 17])
def test_starting_at_a_step_gives_what_skipping_to_it_gives(batches: Batches, start: int) -> None:
    skipped = islice(batches(), start, start + 3)
    started = islice(batches(start=start), 3)
    for one, other in zip(skipped, started, strict=True):
        assert same(one, other)


def test_another_seed_gives_other_rows_and_other_noise(batches: Batches) -> None:
    one, other = list(islice(batches(), 5)), list(islice(batches(seed=6), 5))
    assert any(
        a["code_ids"].shape != b["code_ids"].shape or not torch.equal(a["code_ids"], b["code_ids"])
        for a, b in zip(one, other, strict=True)
    )
    assert not any(
        torch.equal(a["noise"].flatten()[:64], b["noise"].flatten()[:64])
        for a, b in zip(one, other, strict=True)
    )


def test_the_ranks_of_a_step_share_its_batch_out_and_draw_different_noise(
    batches: Batches,
) -> None:
    for whole, first, second in islice(
        zip(batches(), batches(rank=0, world=2), batches(rank=1, world=2), strict=False), 8
    ):
        assert torch.equal(first["code_ids"], whole["code_ids"][0::2])
        assert torch.equal(second["code_ids"], whole["code_ids"][1::2])
        assert not torch.equal(first["noise"], second["noise"])
        assert ("prompt_ids" in first) == ("prompt_ids" in second) == ("prompt_ids" in whole)


def test_noise_and_levels_are_fresh_at_every_step(batches: Batches) -> None:
    seen = [batch["noise"].flatten()[:8] for batch in islice(batches(), 20)]
    assert len(torch.stack(seen).unique(dim=0)) == 20


def test_levels_lie_within_the_schedule_and_reach_both_halves(
    batches: Batches, config: Any
) -> None:
    levels = torch.cat([batch["level"] for batch in islice(batches(), 50)])
    assert levels.min() >= 0
    assert levels.max() < config.num_train_timesteps
    half = config.num_train_timesteps / 2
    assert 0.3 < (levels < half).float().mean() < 0.7


def test_a_lagged_model_is_shown_programs_whose_noise_leaves_from_the_left(
    tokenizer: Any, pairs: list[Encoded]
) -> None:
    config = preset_config("tiny", {"vocab_size": 290, "lagged": True, "self_conditioning": False})
    drawn = finetuning_batches(
        pairs, Phase(batch_size=4), config, BUCKETING, special_ids(tokenizer),
        self_conditioning=0.0, seed=5,
    )  # fmt: skip
    rows = [
        row.masked_fill(context, 0)
        for batch in islice(drawn, 60)
        for row, context in zip(batch["level"], batch["context"], strict=True)
    ]
    last = config.num_train_timesteps - 1
    assert all(int(row.min()) >= 0 and int(row.max()) <= last for row in rows)
    rising = [bool((row.diff() >= 0).all()) for row in rows]
    # All but those that are shown as a draft is, with tokens known here and there.
    assert 0.75 < sum(rising) / len(rows) < 1.0
    assert any(int(row[0]) == 0 and int(row[-1]) == last for row in rows)


def test_half_of_the_programs_of_a_lagged_model_tell_of_clean_tokens_only_to_their_right(
    tokenizer: Any, pairs: list[Encoded]
) -> None:
    config = preset_config("tiny", {"vocab_size": 290, "lagged": True, "self_conditioning": False})
    drawn = finetuning_batches(
        pairs, Phase(batch_size=4), config, BUCKETING, special_ids(tokenizer),
        self_conditioning=0.0, seed=5,
    )  # fmt: skip
    rows = [
        (context, context & (level == config.num_train_timesteps - 1))
        for batch in islice(drawn, 60)
        for level, context in zip(batch["level"], batch["context"], strict=True)
        if context.any()
    ]
    hiding = [(context, hidden) for context, hidden in rows if hidden.any()]
    assert 0.35 < len(hiding) / len(rows) < 0.65
    # All of the context or nothing; and never a token to the right of a noisy one.
    assert all((hidden == context).all() for context, hidden in hiding)
    assert all((hidden.int().diff() <= 0).all() for _, hidden in hiding)


def test_the_share_of_self_conditioned_rows_is_the_set_one(batches: Batches) -> None:
    def share(set_to: float) -> float:
        drawn = islice(batches(self_conditioning=set_to), 100)
        return float(torch.cat([batch["self_condition"] for batch in drawn]).float().mean())

    assert share(0.0) == 0.0
    assert share(1.0) == 1.0
    assert 0.15 < share(0.25) < 0.35


def test_a_model_without_self_conditioning_gets_none(batches: Batches) -> None:
    config = preset_config("tiny", {"vocab_size": 290, "self_conditioning": False})
    assert "self_condition" not in next(batches(config=config))


@pytest.fixture
def pretraining(config: Any, tokenizer: Any, snippets: Snippets) -> Batches:
    def make(phase: Phase, **options: Any) -> Iterator[dict[str, Any]]:
        return pretraining_batches(
            snippets,
            phase,
            config,
            BUCKETING,
            special_ids(tokenizer),
            self_conditioning=0.5,
            **{"seed": 0, **options},
        )

    return make


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_phase_one_does_cpd_in_about_the_set_share_of_its_steps(
    pretraining: Batches, share: float
) -> None:
    drawn = islice(pretraining(Phase(batch_size=2, cpd=share)), 200)
    cpd = sum("prompt_ids" in batch for batch in drawn) / 200
    assert abs(cpd - share) <= (0.1 if 0 < share < 1 else 0)


def test_a_step_of_phase_one_does_one_of_the_two_tasks_never_both(pretraining: Batches) -> None:
    for batch in islice(pretraining(Phase(batch_size=2)), 30):
        assert ("prompt_ids" in batch) != ("noise_prompt" in batch)


def test_the_noise_prompt_of_unsupervised_steps_is_gaussian_and_fresh_at_every_step(
    pretraining: Batches, config: Any
) -> None:
    prompts = [batch["noise_prompt"] for batch in islice(pretraining(Phase(cpd=0.0)), 30)]
    firsts = torch.stack([prompt.flatten()[:8] for prompt in prompts])
    assert len(firsts.unique(dim=0)) == 30
    assert len({prompt.shape[1] for prompt in prompts}) > 5  # its length says nothing
    values = torch.cat([prompt.flatten() for prompt in prompts])
    assert abs(float(values.mean())) < 0.02
    assert abs(float(values.std()) - 1.0) < 0.02
    assert all(prompt.shape[2] == config.encoder.d_model for prompt in prompts)
    rows = prompts[0]
    assert not torch.equal(rows[0], rows[1])


def test_cpd_asks_for_the_very_code_that_its_prompt_masks(
    pretraining: Batches, tokenizer: Any
) -> None:
    mask, end = tokenizer.mask_token_id, tokenizer.eos_token_id
    for batch in islice(pretraining(Phase(batch_size=4, cpd=1.0)), 6):
        rows = zip(batch["code_ids"], batch["prompt_ids"], batch["prompt_mask"], strict=True)
        for code_ids, prompt_ids, prompt_mask in rows:
            code = decode(tokenizer, code_ids.tolist())
            prompt = prompt_ids[prompt_mask.bool()].tolist()
            assert prompt.count(end) == 1
            assert prompt[-1] == end
            assert mask in prompt
            assert fits("python: " + code, texts_between(prompt[:-1], tokenizer))


def texts_between(prompt: list[int], tokenizer: Any) -> list[str]:
    """Return the texts before, between and after the masks of a prompt."""
    runs: list[list[int]] = [[]]
    for token in prompt:
        if token == tokenizer.mask_token_id:
            runs.append([])
        else:
            runs[-1].append(token)
    return [decode(tokenizer, run) for run in runs]


def fits(text: str, pieces: list[str]) -> bool:
    """Whether `text` is the pieces with something in every gap between them."""
    if not text.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        at = text.find(piece, at + 1)
        if at < 0:
            return False
        at += len(piece)
    return len(pieces) == 1 or text.endswith(pieces[-1])


@pytest.mark.parametrize("code", [code for code in CODES if get_language("python").is_valid(code)])
@pytest.mark.parametrize("language", ["python", "bash"])
def test_cpd_masks_every_identifier_and_keyword_and_no_other_character(
    tokenizer: Any, code: str, language: str
) -> None:
    data, _ = encode_snippets([Snippet(code, language)], Codec(tokenizer), 64)
    special = special_ids(tokenizer)
    prompt = masked_prompt(data.pieces[0], 1.0, special, [], np.random.default_rng(0))
    spans = get_language(language).maskable_spans(code)
    kept, position = [], 0
    for start, end in spans:
        kept.append(code[position:start])
        position = end
    kept.append(code[position:])
    assert texts_between(prompt[:-1], tokenizer) == kept
    assert prompt.count(special.mask) == len(spans)


def test_cpd_masks_at_least_one_span_even_at_probability_zero(
    tokenizer: Any, snippets: Snippets
) -> None:
    random = np.random.default_rng(0)
    chosen = set()
    for _ in range(40):
        prompt = masked_prompt(snippets.pieces[0], 0.0, special_ids(tokenizer), [], random)
        assert prompt.count(tokenizer.mask_token_id) == 1
        chosen.add(prompt.index(tokenizer.mask_token_id))
    assert len(chosen) > 1  # not always the same one


def test_code_without_any_name_is_left_whole(tokenizer: Any) -> None:
    data, _ = encode_snippets([Snippet("1 + 2", "python")], Codec(tokenizer), 32)
    special = special_ids(tokenizer)
    prompt = masked_prompt(data.pieces[0], 1.0, special, [9], np.random.default_rng(0))
    assert prompt == [9, *encode(tokenizer, "1 + 2"), special.end]


def test_the_mask_probability_is_the_share_of_names_masked(
    tokenizer: Any, snippets: Snippets
) -> None:
    random = np.random.default_rng(1)
    pieces = snippets.pieces[1]
    names = sum(may for _, may in pieces)
    drawn = [
        masked_prompt(pieces, 0.5, special_ids(tokenizer), [], random).count(
            tokenizer.mask_token_id
        )
        for _ in range(300)
    ]
    assert abs(sum(drawn) / 300 / names - 0.5) < 0.06
    assert len(set(drawn)) > 2


def test_an_unfinished_mask_token_in_the_code_is_ordinary_text(tokenizer: Any) -> None:
    data, _ = encode_snippets([Snippet("'<mask>'", "python")], Codec(tokenizer), 32)
    assert tokenizer.mask_token_id not in data.rows[0].code
    assert all(tokenizer.mask_token_id not in tokens for tokens, _ in data.pieces[0])


def test_rows_that_do_not_fit_the_model_are_left_out_and_counted(tokenizer: Any) -> None:
    rows = [Snippet("x", "python"), Snippet("y" * 200, "python")]
    data, left_out = encode_snippets(rows, Codec(tokenizer), 32)
    assert (len(data.rows), left_out) == (1, 1)


@pytest.fixture
def finetuning(config: Any, tokenizer: Any, pairs: list[Encoded]) -> Batches:
    def make(phase: Phase) -> Iterator[dict[str, Any]]:
        return finetuning_batches(
            pairs,
            phase,
            config,
            BUCKETING,
            special_ids(tokenizer),
            self_conditioning=0.5,
            seed=0,
        )

    return make


def test_phase_two_shows_every_pair_with_its_own_prompt(
    finetuning: Batches, pairs: list[Encoded], tokenizer: Any
) -> None:
    prompt_of = {row.code: row.prompt for row in pairs}
    pad = tokenizer.pad_token_id
    seen = set()
    for batch in islice(finetuning(Phase(batch_size=3)), 3):
        for code, prompt, mask in zip(
            batch["code_ids"], batch["prompt_ids"], batch["prompt_mask"], strict=True
        ):
            key = tuple(code[code != pad].tolist())
            assert tuple(prompt[mask.bool()].tolist()) == prompt_of[key]
            seen.add(key)
    assert seen == set(prompt_of)


def test_with_draws_each_utterance_is_given_once_and_its_code_noised_that_often(
    finetuning: Batches,
) -> None:
    for batch in islice(finetuning(Phase(batch_size=6, draws=3)), 5):
        assert batch["prompt_ids"].shape[0] == 2
        assert batch["code_ids"].shape[0] == 6
        for block in batch["code_ids"].split(3):
            assert (block == block[0]).all()
        assert len(batch["noise"].flatten(1).unique(dim=0)) == 6


def test_the_unconditional_share_of_phase_two_is_the_set_one(finetuning: Batches) -> None:
    def share(set_to: float) -> float:
        drawn = islice(finetuning(Phase(batch_size=4, unconditional=set_to)), 100)
        return float(torch.cat([batch["use_noise_prompt"] for batch in drawn]).float().mean())

    assert 0.15 < share(0.25) < 0.35
    assert share(1.0) == 1.0
    assert "use_noise_prompt" not in next(finetuning(Phase(batch_size=4, unconditional=0.0)))
