"""A dozen pairs, a recipe of a few steps, and real processes to run it in."""

import copy
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

PAIRS = [
    ("list all files", "ls -a"),
    ("list files by size", "ls -S"),
    ("show the current folder", "pwd"),
    ("count lines of a.txt", "wc -l a.txt"),
    ("print hello", "echo hello"),
    ("find python files", 'find . -name "*.py"'),
    ("remove b.txt", "rm b.txt"),
    ("make a folder called new", "mkdir new"),
    ("show the first lines of a.txt", "head a.txt"),
    ("show the last lines of a.txt", "tail a.txt"),
    ("sort a.txt", "sort a.txt"),
    ("search for error in log", "grep error log"),
]


@pytest.fixture(autouse=True)
def _one_cpu_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Bit-for-bit claims hold on one thread of one kind of device."""
    monkeypatch.setenv("ACCELERATE_USE_CPU", "true")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    lines = [json.dumps({"utterance": said, "code": code}) for said, code in PAIRS]
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "validation.jsonl").write_text("\n".join(lines[:2]) + "\n")
    return folder


@pytest.fixture
def recipe_content(data_folder: Path) -> Callable[..., dict[str, Any]]:
    """Return a function: the tiny recipe as a mapping, with `a__b=value` changes."""
    phase = {"batch_size": 4, "learning_rate": 1e-3, "warmup": 2}
    content: dict[str, Any] = {
        "name": "tiny",
        "seed": 3,
        "threads": 1,
        "data": {
            "language": "bash",
            "folder": str(data_folder),
            "pairs": [{"path": "pairs.jsonl"}],
            "bucket_widths": [16, 32],
        },
        "tokenizer": {"vocab_size": 300},
        "model": {"preset": "tiny", "overrides": {"dropout": 0.2}},
        "loss": {"pad": 0.5},
        "pretraining": {**phase, "steps": 4},
        "finetuning": {**phase, "steps": 4, "train_encoder": True, "unconditional": 0.2},
        "monitoring": {"log_every": 0, "evaluate_every": 0, "save_every": 2, "keep": 9},
    }

    def changed(**changes: Any) -> dict[str, Any]:
        result = copy.deepcopy(content)
        for path, value in changes.items():
            *parents, last = path.split("__")
            node = result
            for parent in parents:
                node = node[parent]
            node[last] = value
        return result

    return changed


@pytest.fixture(scope="session")
def processes() -> Any:
    """Return a multiprocessing context whose children start with the libraries loaded."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["codefusion.training.run", "codefusion.cli.main"])
    return context
