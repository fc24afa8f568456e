"""Runs in processes of their own: killed, out of disk space, interrupted, or two at once."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from entry_points import command_line, descend, whole_run

from codefusion.cli.train import _interruptible
from codefusion.pipeline import CodeFusionPipeline
from codefusion.training.checkpoints import whole_checkpoints

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")
Content = Callable[..., dict[str, Any]]
PATIENCE = 120  # seconds; a machine may be busy


@pytest.fixture
def train(processes: Any, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that starts `codefusion train` and gives its process."""

    def start(content: dict[str, Any], *options: str, largest_file: int | None = None) -> Any:
        recipe = tmp_path / "recipe.yaml"
        recipe.write_text(yaml.safe_dump(content))
        arguments = ["train", str(recipe), "--out", str(tmp_path / "run"), *options]
        process = processes.Process(
            target=command_line, args=(arguments, str(tmp_path), largest_file)
        )
        process.start()
        return process

    return start


def finished(process: Any) -> int:
    process.join(PATIENCE)
    assert process.exitcode is not None
    return int(process.exitcode)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_killed_at_any_moment_a_run_leaves_a_checkpoint_that_loads_and_can_be_resumed(
    train: Callable[..., Any], recipe_content: Content, tmp_path: Path
) -> None:
    content = recipe_content(
        pretraining__steps=12, finetuning__steps=12, monitoring__save_every=1, monitoring__keep=1
    )
    out = tmp_path / "run"
    moments = random.Random(7)
    reached: list[str] = []
    for attempt in range(3):
        process = train(content, *(["--resume"] if attempt else []))
        known = len(reached) and reached[-1]
        wait_for(lambda known=known: any(p.name != known for p in whole_checkpoints(out)))  # type: ignore[misc]
        time.sleep(moments.uniform(0.0, 0.4))  # saving is most of what such a short step does
        os.kill(process.pid, signal.SIGKILL)
        assert finished(process) == -signal.SIGKILL
        reached.append(whole_checkpoints(out)[-1].name)
        assert CodeFusionPipeline.from_pretrained(out).model.config.languages == ["bash"]
    assert reached == sorted(set(reached))
    assert finished(train(content, "--resume")) == 0
    assert whole_checkpoints(out)[-1].name == "checkpoint-2-00000012"
    assert not list(out.glob(".*.partial"))


def test_interrupted_by_the_user_a_run_ends_with_code_130_and_no_traceback(
    train: Callable[..., Any], recipe_content: Content, tmp_path: Path
) -> None:
    process = train(recipe_content(pretraining__steps=100_000))
    wait_for(lambda: bool(whole_checkpoints(tmp_path / "run")))
    os.kill(process.pid, signal.SIGINT)
    assert finished(process) == 130
    assert "Traceback" not in (tmp_path / "stderr").read_text()


def test_an_interrupt_that_a_library_swallows_ends_the_run_after_the_step() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[int] = []

    def steps() -> Any:
        for step in range(5):
            if step == 2:
                try:
                    os.kill(os.getpid(), signal.SIGINT)
                    time.sleep(0.01)  # Python calls the handler between two instructions
                except BaseException:
                    pass
            yield step

    def watch() -> None:
        for step in _interruptible(steps()):
            seen.append(step)

    with pytest.raises(KeyboardInterrupt):
        watch()
    assert seen == [0, 1, 2]
    assert signal.getsignal(signal.SIGINT) is before


def test_out_of_space_a_run_ends_in_one_line_and_its_last_checkpoint_loads_and_can_be_resumed(
    train: Callable[..., Any], recipe_content: Content, tmp_path: Path
) -> None:
    content = recipe_content(pretraining__steps=2, finetuning__steps=2)
    out = tmp_path / "run"
    # Phase 2 trains E too: its optimizer state no longer fits, once phase 1 has been saved.
    assert finished(train({**content, "finetuning": {"steps": 0}})) == 0
    largest = max(path.stat().st_size for path in out.rglob("*") if path.is_file())
    (out / "recipe.yaml").unlink()
    assert finished(train(content, "--resume", largest_file=largest)) == 1
    stderr = (tmp_path / "stderr").read_text()
    (line,) = [line for line in stderr.splitlines() if line.startswith("codefusion: ")]
    assert "could not save" in line
    assert "checkpoint-1-00000002" in line.split("; ")[1]  # the last whole one
    assert "Traceback" not in stderr
    assert [path.name for path in whole_checkpoints(out)] == ["checkpoint-1-00000002"]
    assert not list(out.glob(".*.partial"))
    assert CodeFusionPipeline.from_pretrained(out).model.config.languages == ["bash"]
    assert finished(train(content, "--resume")) == 0
    assert whole_checkpoints(out)[-1].name == "checkpoint-2-00000002"


def test_without_room_for_a_tokenizer_a_run_ends_in_one_line(
    train: Callable[..., Any], recipe_content: Content, tmp_path: Path
) -> None:
    assert finished(train(recipe_content(), largest_file=2000)) == 1
    stderr = (tmp_path / "stderr").read_text()
    assert "Traceback" not in stderr
    assert len([line for line in stderr.splitlines() if line.startswith("codefusion: ")]) == 1


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def in_processes(processes: Any, world: int, target: Any, *arguments: Any) -> list[Any]:
    """Run `target` once in each of `world` processes; return what they gave, by rank."""
    results, port = processes.Queue(), free_port()
    started = [
        processes.Process(target=target, args=(rank, world, port, *arguments, results))
        for rank in range(world)
    ]
    for process in started:
        process.start()
    given = [results.get(timeout=PATIENCE) for _ in started]
    assert [finished(process) for process in started] == [0] * world
    return sorted(given, key=lambda one: one[0])


def test_two_processes_run_both_phases_into_one_checkpoint_and_agree_at_every_step(
    processes: Any, recipe_content: Content, tmp_path: Path
) -> None:
    content = recipe_content(
        pretraining__steps=4,
        finetuning__steps=2,
        data__validation={"path": "validation.jsonl"},
        monitoring__evaluate_every=1,
        monitoring__evaluation_steps=2,
    )
    out = tmp_path / "run"
    first, second = in_processes(processes, 2, whole_run, content, str(out))
    assert first[2] == second[2] == [path.name for path in whole_checkpoints(out)]
    assert first[2][-1] == "checkpoint-2-00000002"
    assert len(first[1]) == len(second[1]) == 6
    for ours, theirs in zip(first[1], second[1], strict=True):
        assert ours["gradient_norm"] == theirs["gradient_norm"]  # of one common gradient
        assert ours["loss"] != theirs["loss"]  # on different halves of the batch
        assert ours["samples"] == theirs["samples"] == 4
    assert CodeFusionPipeline.from_pretrained(out)("list all files", num_candidates=1)


def test_two_processes_train_an_encoder_that_only_some_steps_of_phase_one_use(
    processes: Any, recipe_content: Content, tmp_path: Path
) -> None:
    content = recipe_content(
        pretraining__steps=8, pretraining__train_encoder=True, finetuning__steps=1
    )
    first, second = in_processes(processes, 2, whole_run, content, str(tmp_path / "run"))
    assert len(first[1]) == len(second[1]) == 9


def test_two_processes_take_the_steps_that_one_takes_on_the_whole_batch(processes: Any) -> None:
    rng = np.random.default_rng(0)
    batches = [
        {
            "code_ids": rng.integers(5, 64, (4, 8)).tolist(),
            "level": rng.integers(0, 1200, 4).tolist(),
            "noise": rng.standard_normal((4, 8, 32)).astype(np.float32).tolist(),
            "prompt_ids": rng.integers(5, 64, (4, 6)).tolist(),
            "prompt_mask": [[1] * 6] * 4,
        }
        for _ in range(3)
    ]
    ((_, norms, weights, averages),) = in_processes(processes, 1, descend, batches)
    both = in_processes(processes, 2, descend, batches)
    for _, other_norms, other_weights, other_averages in both:
        assert other_norms == pytest.approx(norms, rel=1e-4)
        for name, value in weights.items():
            np.testing.assert_allclose(other_weights[name], value, atol=1e-5, err_msg=name)
            np.testing.assert_allclose(other_averages[name], averages[name], atol=1e-5)
            np.testing.assert_array_equal(both[0][2][name], both[1][2][name], err_msg=name)
            np.testing.assert_array_equal(both[0][3][name], both[1][3][name], err_msg=name)


@pytest.mark.slow
def test_torchrun_starts_the_command_line_on_two_processes(
    recipe_content: Content, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(yaml.safe_dump(recipe_content(pretraining__steps=2, finetuning__steps=2)))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *("--nproc_per_node", "2", "-m", "codefusion"),
            *("train", str(recipe), "--out", str(tmp_path / "run")),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"},
        timeout=5 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'run'}\n"  # said once, not by each process
    last = whole_checkpoints(tmp_path / "run")[-1]
    assert json.loads((last / "progress.json").read_text()) == {"phase": 2, "step": 2}
    state = torch.load(last / "state" / "custom_checkpoint_0.pkl", weights_only=True)
    assert state["updates"] == 4
    assert CodeFusionPipeline.from_pretrained(tmp_path / "run").model.config.languages == ["bash"]
