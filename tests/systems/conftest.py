"""Checkpoints as they come from the Hub, but tiny and untrained; a server of any behaviour."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from scripted_server import Server
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    CodeGenConfig,
    CodeGenForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
    T5Config,
    T5ForConditionalGeneration,
)

from codefusion.data.examples import Example

END = "<|endoftext|>"


def make_tokenizer(folder: Path, examples: list[Example]) -> Any:
    bpe = ByteLevelBPETokenizer()
    texts = [text for one in examples for text in (f"# bash: {one.utterance}\n", one.code)]
    bpe.train_from_iterator(texts * 3, vocab_size=420, special_tokens=[END, "<pad>"])
    bpe.save_model(str(folder))
    return GPT2Tokenizer.from_pretrained(folder)


@pytest.fixture(scope="session")
def make_hub_model(
    tmp_path_factory: pytest.TempPathFactory, examples: list[Example]
) -> Callable[..., str]:
    """Save a checkpoint of a kind; returns its folder."""

    def make(kind: str, positions: int = 256) -> str:
        folder = tmp_path_factory.mktemp(kind)
        tokenizer = make_tokenizer(folder, examples)
        end: int = tokenizer.convert_tokens_to_ids(END)
        ends = {"bos_token_id": end, "eos_token_id": end}
        shared = {"vocab_size": len(tokenizer), **ends}
        gpt = {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": positions, **shared}
        gpt |= {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
        with torch.random.fork_rng():
            torch.manual_seed(0)
            model: Any
            if kind == "t5":
                tokenizer.pad_token = "<pad>"
                sizes = {"d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4}
                pad: int = tokenizer.pad_token_id
                start = {"pad_token_id": pad, "decoder_start_token_id": pad}
                config = T5Config(**{**sizes, **start, **shared, "dropout_rate": 0.0})
                model = T5ForConditionalGeneration(config)
            elif kind == "gpt2":
                model = GPT2LMHeadModel(GPT2Config(**gpt))
            else:
                model = CodeGenForCausalLM(CodeGenConfig(**gpt, n_ctx=positions, rotary_dim=8))
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
        return str(folder)

    return make


@pytest.fixture(scope="session")
def hub_models(make_hub_model: Callable[..., str]) -> dict[str, str]:
    """A folder of each architecture: read only."""
    return {kind: make_hub_model(kind) for kind in ("t5", "gpt2", "codegen")}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()
