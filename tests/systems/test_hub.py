from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, RobertaConfig, RobertaModel

from codefusion.data.examples import Example
from codefusion.errors import CheckpointError, UsageError
from codefusion.systems.hub import HubSystem
from codefusion.systems.hub_model import load_hub_model

ARCHITECTURES = ("t5", "gpt2", "codegen")
SHORT: dict[str, Any] = {"max_new_tokens": 6}


def candidates(system: HubSystem, rows: list[Example], seed: int = 0) -> list[tuple[str, ...]]:
    found = list(system.predict(rows, seed))
    assert [one.example for one in found] == rows
    assert all(one.error is None for one in found)
    return [one.candidates for one in found]


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_an_architecture_is_told_by_its_configuration(kind: str, hub_models: Any) -> None:
    described = HubSystem(hub_models[kind]).describe()
    assert described["kind"] == ("seq2seq" if kind == "t5" else "causal")
    model = load_hub_model(hub_models[kind]).model
    assert described["parameters"] == sum(one.numel() for one in model.parameters())
    assert described["revision"] == "local"


@pytest.mark.parametrize("kind", ARCHITECTURES)
@pytest.mark.parametrize("options", [{"beams": 5}, {"samples": 8}])
def test_candidates_are_distinct_and_at_most_five(
    kind: str, options: Any, hub_models: Any, examples: list[Example]
) -> None:
    for row in candidates(HubSystem(hub_models[kind], **SHORT, **options), examples[:3]):
        assert 1 <= len(row) <= 5
        assert len({" ".join(one.split()) for one in row}) == len(row)
        assert all(row)


def test_beams_are_those_of_transformers(hub_models: Any, examples: list[Example]) -> None:
    tokenizer: Any = AutoTokenizer.from_pretrained(hub_models["t5"])
    model = AutoModelForSeq2SeqLM.from_pretrained(hub_models["t5"]).eval()
    system = HubSystem(hub_models["t5"], beams=3, **SHORT)
    for row, found in zip(examples, candidates(system, examples), strict=True):
        ids = tokenizer(f"bash: {row.utterance}", return_tensors="pt").input_ids
        beams = model.generate(ids, num_beams=3, num_return_sequences=3, max_new_tokens=6)
        wanted = [tokenizer.decode(one, skip_special_tokens=True).strip() for one in beams]
        assert list(found) == list(dict.fromkeys(filter(None, wanted)))


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_what_is_generated_together_changes_no_beam(
    kind: str, hub_models: Any, examples: list[Example]
) -> None:
    alone = HubSystem(hub_models[kind], batch_size=1, **SHORT)
    together = HubSystem(hub_models[kind], batch_size=100, **SHORT)
    assert candidates(alone, examples) == candidates(together, examples)


def test_the_seed_decides_the_samples_and_leaves_the_global_generator_alone(
    hub_models: Any, examples: list[Example]
) -> None:
    system = HubSystem(hub_models["gpt2"], samples=4, **SHORT)
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first = candidates(system, examples[:3], seed=3)
    assert torch.equal(before, torch.random.get_rng_state())
    assert candidates(system, examples[:3], seed=3) == first
    assert candidates(system, examples[:3], seed=4) != first


def test_samples_near_temperature_zero_agree_on_the_greedy_program(
    hub_models: Any, examples: list[Example]
) -> None:
    for kind in ARCHITECTURES:
        greedy = HubSystem(hub_models[kind], beams=1, **SHORT)
        cold = HubSystem(hub_models[kind], samples=3, temperature=1e-4, **SHORT)
        assert candidates(cold, examples[:3]) == candidates(greedy, examples[:3])


def test_the_gold_has_no_say(hub_models: Any, examples: list[Example]) -> None:
    system = HubSystem(hub_models["gpt2"], examples, shots=2, **SHORT)
    blind = [Example(row.utterance, "?", row.language) for row in examples[:3]]
    assert candidates(system, blind) == candidates(system, examples[:3])


def test_a_prompt_too_long_is_an_error_of_its_row_alone(
    make_hub_model: Any, examples: list[Example]
) -> None:
    folder = make_hub_model("gpt2", positions=48)
    long = Example("word " * 60, "ls", "bash")
    system = HubSystem(folder, **SHORT)
    before, error, after = system.predict([examples[0], long, examples[1]])
    assert error.candidates == ()
    assert "too long" in str(error.error)
    assert [before.candidates, after.candidates] == candidates(system, examples[:2])


def test_shots_without_room_are_left_out_the_least_similar_first(
    make_hub_model: Any, examples: list[Example]
) -> None:
    folder = make_hub_model("gpt2", positions=64)
    long = [Example(f"{row.utterance} {'x y z ' * 15}", f"{row.code}!", "bash") for row in examples]

    def found(train: list[Example], shots: int) -> list[tuple[str, ...]]:
        return candidates(HubSystem(folder, train, shots=shots, **SHORT), examples)

    none = found([], 0)
    assert found(long, 5) == none
    assert found(examples, 1) != none
    # Of two that do not fit together, the nearest stays: the row itself.
    system = HubSystem(folder, [long[0], Example("x", "y", "bash"), examples[0]], shots=3, **SHORT)
    assert candidates(system, examples[:1]) == found(examples, 1)[:1]


def test_what_comes_after_the_stop_is_cut_off(hub_models: Any, examples: list[Example]) -> None:
    options: dict[str, Any] = {"samples": 1, "max_new_tokens": 12}
    free = candidates(HubSystem(hub_models["gpt2"], **options), examples)
    sign = next(one for row in free for code in row for one in code[2:] if one.isalnum())
    stopped = candidates(HubSystem(hub_models["gpt2"], stop=sign, **options), examples)
    assert stopped != free
    for whole, cut in zip(free, stopped, strict=True):
        assert [one for code in whole if (one := code.partition(sign)[0].strip())] == list(cut)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beams": 2, "samples": 2}, "not both"),
        ({"samples": 0}, "samples must be at least 1, got 0"),
        ({"temperature": 0.0, "samples": 1}, "temperature must be above 0"),
        ({"shots": 2}, "need training examples"),
        ({"kind": "causl"}, "did you mean 'causal'"),
        ({"template": "{language}"}, "must hold"),
        ({"max_new_tokens": 300}, "max_new_tokens must be less, got 300"),
    ],
)
def test_a_wrong_option_is_refused(options: Any, message: str, hub_models: Any) -> None:
    with pytest.raises(UsageError, match=message):
        HubSystem(hub_models["gpt2"], **options)


def test_what_is_no_whole_checkpoint_is_one_line(hub_models: Any, tmp_path: Path) -> None:
    encoder = RobertaModel(RobertaConfig(vocab_size=300, hidden_size=8, num_attention_heads=1,
                                         num_hidden_layers=1, intermediate_size=8))  # fmt: skip
    encoder.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(hub_models["gpt2"]).save_pretrained(tmp_path)
    with pytest.raises(CheckpointError, match="no weights for lm_head"):
        HubSystem(str(tmp_path))
    for name, kind in ((str(tmp_path / "none"), "auto"), (hub_models["gpt2"], "seq2seq")):
        with pytest.raises(CheckpointError, match="cannot load") as caught:
            HubSystem(name, kind=kind)
        assert "\n" not in str(caught.value)
