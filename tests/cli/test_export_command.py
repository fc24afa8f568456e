"""`codefusion export`: a run or an encoder as a folder of its own, and never over another one."""

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from codefusion.models.backbone import load_backbone
from codefusion.pipeline import load_pipeline
from codefusion.training.recipe import load_recipe
from codefusion.training.run import run as train

Run = Callable[..., Any]
METRICS = {
    "file": "bash/test.jsonl",
    "n": 8,
    "samples": 5,
    "steps": 2,
    "seed": 3,
    "exact_match": {"top1": 12.5, "top3": 25.0, "top5": 37.5},
    "exact_match_interval": {"top1": [0, 37.5], "top3": [0, 50], "top5": [12.5, 75]},
}


@pytest.fixture(scope="module")
def run(pairs_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training run of two steps."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "extra").mkdir()
    for name in ("pairs.jsonl", "extra/tldr.jsonl"):
        (folder / name).write_bytes(pairs_file.read_bytes())
    content = {
        "name": "tiny",
        "threads": 1,
        "data": {
            "language": "bash",
            "folder": str(folder),
            "pairs": [{"paths": ["pairs.jsonl", "extra/tldr.jsonl"]}],
        },
        "tokenizer": {"vocab_size": 300},
        "model": {"preset": "tiny"},
        "pretraining": {"steps": 0},
        "finetuning": {"steps": 2, "batch_size": 4, "warmup": 1, "train_encoder": True},
        "monitoring": {"evaluate_every": 0, "save_every": 0},
    }
    (folder / "recipe.yaml").write_text(yaml.safe_dump(content))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCELERATE_USE_CPU", "true")
        list(train(load_recipe(folder / "recipe.yaml"), folder / "run", resume=False))
    return folder / "run"


@pytest.fixture(scope="module")
def encoder(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pre-trained encoder as such are published, but tiny and not trained."""
    folder = tmp_path_factory.mktemp("encoder")
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = BertConfig(vocab_size=len(tokenizer), intermediate_size=32, **sizes)
        BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(params=["run", "encoder"])
def source(request: pytest.FixtureRequest) -> tuple[object, ...]:
    """What there is to export, and the option that says of which kind it is."""
    folder = request.getfixturevalue(request.param)
    return (folder,) if request.param == "run" else (folder, "--backbone")


def files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let every longer file fail while it is written, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_run_becomes_a_model_in_half_the_bytes_with_a_card_of_what_was_measured(
    codefusion: Run, run: Path, tmp_path: Path
) -> None:
    (tmp_path / "metrics.json").write_text(json.dumps(METRICS))
    out = tmp_path / "out"
    done = codefusion("export", run, out, "--metrics", tmp_path / "metrics.json")
    assert (done.code, done.stdout) == (0, f"{out}\n")
    weights = load_file(out / "model" / "model.safetensors")
    assert {one.dtype for one in weights.values()} == {torch.bfloat16}
    card = (out / "README.md").read_text()
    row = "| bash/test.jsonl | 8 | exact match | 12.5 [0.0, 37.5] | 25.0 [0.0, 50.0] | "
    assert row in card
    assert "5 samples, 2 steps, seed 3" in card
    assert "- `pairs.jsonl`: licence not known to this project\n- `extra/tldr.jsonl`: tldr" in card
    generated = codefusion("generate", "who", "-m", out, "--steps", 2, "--samples", 2)
    assert generated.code in (0, 3)


def test_in_int8_a_run_takes_a_quarter_of_the_bytes_and_says_nearly_the_same(
    codefusion: Run, run: Path, tmp_path: Path
) -> None:
    assert codefusion("export", run, tmp_path / "small", "--int8").code == 0
    whole, small = load_pipeline(run).model, load_pipeline(tmp_path / "small").model
    for (name, one), other in zip(
        whole.state_dict().items(), small.state_dict().values(), strict=True
    ):
        assert other.dtype == torch.float32
        step = one.abs().amax(dim=-1, keepdim=True) / 127 if one.dim() > 1 else one.abs() / 1000
        assert bool(((one - other).abs() <= 0.51 * step + 1e-6).all()), name
    stored = load_file(tmp_path / "small" / "model" / "model.safetensors")
    values = sum(one.numel() for one in whole.state_dict().values())
    assert sum(one.nbytes for one in stored.values()) < 1.5 * values
    bad = codefusion("export", run, tmp_path / "b", "--int8", "--backbone")
    assert bad.code != 0
    assert "--int8" in bad.stderr


def test_an_encoder_becomes_one_in_int8_that_a_model_can_read(
    codefusion: Run, encoder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = codefusion("export", encoder, out, "--backbone")
    assert (done.code, done.stdout) == (0, f"{out}\n")
    matrices = [one for one in load_file(out / "model.safetensors").values() if one.dim() == 2]
    assert torch.int8 in {one.dtype for one in matrices}
    assert load_backbone(str(out)).size == 16


def test_what_is_in_a_folder_already_is_not_written_over(
    codefusion: Run, source: tuple[object, ...], tmp_path: Path
) -> None:
    for name in ("config.json", "mine.txt"):
        (tmp_path / name).write_text("mine")
    before = files(tmp_path)
    message = codefusion("export", source[0], tmp_path, *source[1:]).refusal(1)
    assert f"{tmp_path} is not empty" in message
    assert files(tmp_path) == before


def test_a_file_is_not_written_over(
    codefusion: Run, source: tuple[object, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    message = codefusion("export", source[0], tmp_path / "file", *source[1:]).refusal(1)
    assert f"{tmp_path / 'file'} is no folder" in message
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_is_one_line_and_leaves_nothing_behind(
    codefusion: Run, source: tuple[object, ...], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with no_file_above(4096):
        done = codefusion("export", source[0], out, *source[1:])
    assert f"cannot write {out}: " in done.refusal(1)
    assert not out.exists()


def test_metrics_of_an_encoder_are_refused_since_it_has_no_card(
    codefusion: Run, encoder: Path, tmp_path: Path
) -> None:
    (tmp_path / "metrics.json").write_text(json.dumps(METRICS))
    done = codefusion(
        *("export", encoder, tmp_path / "out", "--backbone"),
        *("--metrics", tmp_path / "metrics.json"),
    )
    assert "--metrics" in done.refusal(2)
    assert not (tmp_path / "out").exists()


def test_what_is_neither_a_run_nor_an_encoder_is_one_line(codefusion: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "no training run" in codefusion("export", tmp_path, out).refusal(1)
    assert "cannot load the backbone" in codefusion("export", tmp_path, out, "--backbone").refusal(
        1
    )
    assert not out.exists()


def test_metrics_that_evaluate_did_not_print_are_one_line(
    codefusion: Run, run: Path, tmp_path: Path
) -> None:
    (tmp_path / "metrics.json").write_text('{"n": 8}')
    done = codefusion("export", run, tmp_path / "out", "--metrics", tmp_path / "metrics.json")
    assert "is not what `codefusion evaluate --json` prints" in done.refusal(1)
    assert not (tmp_path / "out").exists()
