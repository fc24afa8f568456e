"""Real components, tiny: a tokenizer, a model, a pipeline, and a checkpoint in CodeT5's format."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from tokenizers import ByteLevelBPETokenizer
from transformers import T5Config, T5ForConditionalGeneration

from codefusion.data.batching import Bucketing
from codefusion.data.codec import Codec
from codefusion.data.examples import Example
from codefusion.data.tokenization import train_tokenizer
from codefusion.diffusion.samplers import make_scheduler
from codefusion.models import CodeFusionModel
from codefusion.models.baselines import BASELINES, TokenModel
from codefusion.models.presets import preset_config
from codefusion.objectives import LossWeights
from codefusion.pipeline import CodeFusionPipeline
from codefusion.training.corpus import encode_pairs, special_ids
from codefusion.training.ema import ExponentialMovingAverage
from codefusion.training.loop import StepResult, train_phase
from codefusion.training.recipe import Phase
from codefusion.training.tasks import finetuning_batches

# Shells start what runs in the background with Ctrl-C ignored, and every child would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

PAIRS = [
    ("list all files by size", "ls -lS"),
    ("count lines of notes.txt", "wc -l notes.txt"),
    ("find python files", "find . -name '*.py'"),
    ("show the disk use of /home", "du -sh /home"),
    ("print the working directory", "pwd"),
    ("search TODO in every file", "grep -rn TODO ."),
    ("remove empty folders", "find . -type d -empty -delete"),
    ("who is logged in", "who"),
]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach for a network, not even to find that there is none."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return [Example(utterance, code, "bash") for utterance, code in PAIRS]


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    texts = [f"bash: {utterance}" for utterance, _ in PAIRS] + [code for _, code in PAIRS]
    return train_tokenizer(texts * 2, 300)


@pytest.fixture(scope="session")
def make_model(tokenizer: Any) -> Callable[..., CodeFusionModel]:
    """Build a tiny model from a seed, with some fields of its configuration changed."""

    def make(seed: int = 0, **overrides: Any) -> CodeFusionModel:
        fields = {
            "vocab_size": len(tokenizer),
            "max_code_length": 16,
            "languages": ["bash"],
            # The fastest to learn in so few steps; the presets may choose otherwise.
            "tie_head": True,
        }
        config = preset_config("tiny", {**fields, **overrides})
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = CodeFusionModel(config)
            # A new model predicts nearly the same whatever it reads, and no property would show.
            for box in (model.denoiser, model.decoder):
                torch.nn.init.normal_(box.output.weight, std=0.2)
        return model.eval()

    return make


@pytest.fixture(scope="session")
def model(make_model: Callable[..., CodeFusionModel]) -> CodeFusionModel:
    """Shared by many tests: read only."""
    return make_model()


@pytest.fixture(scope="session")
def make_baseline(tokenizer: Any) -> Callable[..., TokenModel]:
    """Build a tiny baseline, one of `BASELINES`, with some fields of its configuration changed."""

    def make(kind: str, **overrides: Any) -> TokenModel:
        fields = {"vocab_size": len(tokenizer), "max_code_length": 16, "languages": ["bash"]}
        config = preset_config("tiny", {**fields, **overrides})
        with torch.random.fork_rng():
            torch.manual_seed(0)
            model = BASELINES[kind](config)
            torch.nn.init.normal_(model.decoder.output.weight, std=0.2)
        return model.eval()

    return make


def build_pipeline(model: CodeFusionModel, tokenizer: Any, name: str) -> CodeFusionPipeline:
    config = model.config
    scheduler = make_scheduler(name, config.schedule(), config.prediction_type)
    pipeline = CodeFusionPipeline(model, scheduler, tokenizer)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(scope="session")
def make_pipeline(
    make_model: Callable[..., CodeFusionModel], tokenizer: Any
) -> Callable[..., CodeFusionPipeline]:
    def make(
        scheduler: str = "renoising", tokenizer: Any = tokenizer, **overrides: Any
    ) -> CodeFusionPipeline:
        model = make_model(vocab_size=len(tokenizer), **overrides)
        return build_pipeline(model, tokenizer, scheduler)

    return make


@pytest.fixture(scope="session")
def pipeline(make_pipeline: Callable[..., CodeFusionPipeline]) -> CodeFusionPipeline:
    """Shared by many tests: read only, its scheduler too."""
    return make_pipeline()


@pytest.fixture(scope="session")
def overfit(tokenizer: Any) -> Callable[..., Iterator[StepResult]]:
    """Train a model on a few pairs, the whole set in each batch, through the real loop."""

    def train(
        model: CodeFusionModel, pairs: list[Example], steps: int, batch_size: int = 32
    ) -> Iterator[StepResult]:
        config = model.config
        rows, left_out = encode_pairs(
            pairs, Codec(tokenizer), config.max_prompt_length, config.max_code_length
        )
        assert left_out == 0
        phase = Phase(
            steps=steps,
            batch_size=batch_size,
            learning_rate=3e-3,
            warmup=10,
            train_encoder=True,
            draws=batch_size // len(pairs),
        )
        batches = finetuning_batches(
            rows,
            phase,
            config,
            Bucketing((config.max_code_length,)),
            special_ids(tokenizer),
            self_conditioning=0.5,
            seed=0,
        )
        accelerator = Accelerator(cpu=True)
        ema = ExponentialMovingAverage(model, 0.9)
        yield from train_phase(
            model,
            torch.optim.AdamW(model.parameters(), weight_decay=0.0),
            accelerator,
            batches,
            phase,
            LossWeights(),
            ema,
            pad_id=tokenizer.pad_token_id,
            clip=1.0,
        )
        model.eval()

    return train


@pytest.fixture(scope="session")
def codet5_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A T5 checkpoint of two small layers, file by file as CodeT5 comes from the Hub."""
    folder = tmp_path_factory.mktemp("codet5")
    special = ["<pad>", "<s>", "</s>", "<unk>", "<mask>"]
    bpe = ByteLevelBPETokenizer()
    texts = [text for pair in PAIRS for text in pair] * 3
    bpe.train_from_iterator(texts, vocab_size=300, min_frequency=2, special_tokens=special)
    bpe.save_model(str(folder))  # vocab.json and merges.txt
    size = bpe.get_vocab_size()
    sentinels = [f"<extra_id_{number}>" for number in range(99, -1, -1)]
    write_json(folder / "added_tokens.json", {token: size + i for i, token in enumerate(sentinels)})
    roles = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "sep": "</s>", "pad": "<pad>"}
    roles |= {"cls": "<s>", "mask": "<mask>"}
    named = {f"{role}_token": token for role, token in roles.items()}
    write_json(
        folder / "special_tokens_map.json", {**named, "additional_special_tokens": sentinels}
    )
    write_json(
        folder / "tokenizer_config.json",
        {
            **named,
            "errors": "replace",
            "add_prefix_space": False,
            "trim_offsets": True,
            "model_max_length": 512,
            "additional_special_tokens": sentinels,
            "tokenizer_class": "RobertaTokenizer",
        },
    )
    config = T5Config(
        vocab_size=size + 100,
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        feed_forward_proj="relu",
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        decoder_start_token_id=0,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        T5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content))
