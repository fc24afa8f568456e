from pathlib import Path
from typing import Any

import pytest
import torch

from codefusion.data.examples import Example
from codefusion.errors import CheckpointError, DataError, TrainingError, UsageError
from codefusion.systems.fine_tuning import Prepared, Saved, Stepped, fine_tune
from codefusion.systems.hub import HubSystem
from codefusion.systems.hub_model import load_hub_model

QUICK: dict[str, Any] = {"steps": 3, "batch_size": 4, "learning_rate": 1e-3, "warmup": 1}


@pytest.mark.parametrize(("kind", "rate", "count"), [("t5", 1e-2, 30), ("gpt2", 5e-3, 70)])
def test_a_tiny_model_learns_eight_pairs_by_heart_and_answers_them(
    kind: str, rate: float, count: int, hub_models: Any, examples: list[Example], tmp_path: Path
) -> None:
    options: dict[str, Any] = {"batch_size": 8, "learning_rate": rate, "warmup": 5}
    told = list(fine_tune(hub_models[kind], examples, tmp_path / "out", steps=count, **options))
    steps = [one for one in told if isinstance(one, Stepped)]
    assert [one.step for one in steps] == list(range(1, count + 1))
    assert steps[-1].loss < 0.1 < steps[0].loss
    assert steps[0].learning_rate == pytest.approx(rate / 5)
    assert told[-1] == Saved(tmp_path / "out")
    for system in (
        HubSystem(str(tmp_path / "out"), max_new_tokens=24),
        HubSystem(str(tmp_path / "out"), max_new_tokens=24, samples=4, temperature=0.1),
    ):
        firsts = [one.candidates[0] for one in system.predict(examples)]
        assert firsts == [one.code for one in examples]


def test_the_same_seed_gives_the_same_weights_and_another_others(
    hub_models: Any, examples: list[Example], tmp_path: Path
) -> None:
    weights = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        before = torch.random.get_rng_state()
        list(fine_tune(hub_models["gpt2"], examples, tmp_path / name, seed=seed, **QUICK))
        assert torch.equal(before, torch.random.get_rng_state())
        weights.append(load_hub_model(str(tmp_path / name)).model.state_dict())
    same, other = ([torch.equal(weights[0][k], one[k]) for k in one] for one in weights[1:])
    assert all(same)
    assert not all(other)


@pytest.mark.parametrize("kind", ["t5", "gpt2"])
def test_pads_and_the_prompt_have_no_part_in_the_loss(
    kind: str, hub_models: Any, examples: list[Example], tmp_path: Path
) -> None:
    hub = load_hub_model(hub_models[kind])
    total = tokens = 0.0
    for row in examples:
        prompt = hub.read(
            ("# " if hub.causal else "") + f"bash: {row.utterance}" + "\n" * hub.causal
        )
        written = hub.written(row.code)
        with torch.no_grad():
            if hub.causal:
                logits = hub.model(torch.tensor([prompt + written])).logits[0, len(prompt) - 1 : -1]
            else:
                logits = hub.model(torch.tensor([prompt]), labels=torch.tensor([written])).logits[0]
        chances = logits.log_softmax(-1).gather(1, torch.tensor(written)[:, None])
        total, tokens = total - float(chances.sum()), tokens + len(written)
    quick = {**QUICK, "batch_size": len(examples)}
    told = fine_tune(hub_models[kind], examples, tmp_path / "out", **quick)
    first = next(one for one in told if isinstance(one, Stepped))
    assert first.loss == pytest.approx(total / tokens, rel=1e-4)


def test_pairs_longer_than_the_model_reads_are_left_out_and_counted(
    make_hub_model: Any, examples: list[Example], tmp_path: Path
) -> None:
    folder = make_hub_model("gpt2", positions=48)
    long = [Example("word " * 60, "ls", "bash"), Example("x", "ls " * 60, "bash")]
    told = next(iter(fine_tune(folder, [*examples, *long], tmp_path / "out", **QUICK)))
    assert isinstance(told, Prepared)
    assert (told.pairs, told.left_out, told.unwritable) == (8, 2, 0)
    with pytest.raises(DataError, match="none of 2 pairs fits into 48 tokens"):
        list(fine_tune(folder, long, tmp_path / "out", **QUICK))


def test_programs_that_the_tokenizer_cannot_spell_are_counted(
    hub_models: Any, examples: list[Example], tmp_path: Path
) -> None:
    # The words of this byte-level vocabulary come from the pairs, but it can spell any byte; what
    # it cannot is a special token, which is no text.
    odd = Example("say it", "echo <|endoftext|>", "bash")
    told = next(iter(fine_tune(hub_models["gpt2"], [*examples, odd], tmp_path / "out", **QUICK)))
    assert isinstance(told, Prepared)
    assert told.unwritable == 1


def test_a_run_that_is_stopped_leaves_no_folder_and_a_full_one_is_not_written_over(
    hub_models: Any, examples: list[Example], tmp_path: Path
) -> None:
    run = fine_tune(hub_models["gpt2"], examples, tmp_path / "out", **QUICK)
    assert isinstance(next(run), Prepared)
    assert isinstance(next(run), Stepped)
    run.close()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "out").mkdir()
    with pytest.raises(CheckpointError, match="is there already"):
        next(fine_tune(hub_models["gpt2"], examples, tmp_path / "out", **QUICK))


def test_a_loss_that_is_no_number_stops_the_run(
    hub_models: Any, examples: list[Example], tmp_path: Path
) -> None:
    wild = {**QUICK, "learning_rate": 1e30, "steps": 10}
    with pytest.raises(TrainingError, match="lower learning_rate"):
        list(fine_tune(hub_models["gpt2"], examples, tmp_path / "out", **wild))


def test_no_steps_are_refused(hub_models: Any, examples: list[Example], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        next(fine_tune(hub_models["gpt2"], examples, tmp_path / "out", steps=0))
