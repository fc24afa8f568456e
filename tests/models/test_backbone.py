"""A frozen encoder of English beneath E: aligned to our tokens, small on disk, and not trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from codefusion.data.codec import Aligned, Codec
from codefusion.data.tokenization import train_tokenizer
from codefusion.errors import CheckpointError
from codefusion.models import CodeFusionModel
from codefusion.models.backbone import Backbone, load_backbone, save_quantised
from codefusion.models.baselines import BASELINES
from codefusion.models.presets import preset_config

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "list", "all", "file", "##s", "note", ".", "txt"]
SIZE = 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT with word pieces, as sentence encoders are published."""
    backend = Tokenizer(
        models.WordPiece({one: i for i, one in enumerate(PIECES)}, unk_token="[UNK]")
    )
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=SIZE,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
    )
    out = tmp_path_factory.mktemp("backbone")
    BertModel(config).save_pretrained(out)
    tokenizer.save_pretrained(out)
    return out


@pytest.fixture(scope="module")
def backbone(folder: Path) -> Backbone:
    return load_backbone(str(folder))


@pytest.fixture(scope="module")
def codec() -> Codec:
    return Codec(train_tokenizer(["bash: list all files", "ls -l", "notes.txt"] * 2, 400, slots=2))


def states(backbone: Backbone, text: str) -> Any:
    batch = backbone.tokenizer([text], return_tensors="pt")
    hidden = backbone.model(**batch).last_hidden_state
    return torch.nn.functional.layer_norm(hidden, (SIZE,))[0]


def test_a_token_gets_the_mean_of_the_pieces_that_it_shares_characters_with(
    backbone: Backbone,
) -> None:
    # list | all | file ##s, in our tokens: none, "list", " all fi", "les", end
    one = Aligned("list all files", ((0, 0), (0, 4), (4, 11), (11, 14), (0, 14)))
    read = backbone([one], 7)[0]
    piece = states(backbone, one.text)
    expected = torch.stack(
        [
            piece[0],
            piece[1],
            piece[[2, 3]].mean(0),
            piece[[3, 4]].mean(0),
            piece.mean(0),
            torch.zeros(SIZE),
            torch.zeros(SIZE),
        ]
    )
    torch.testing.assert_close(read, expected, atol=2e-3, rtol=2e-3)  # remembered in half


def test_a_sentence_is_read_alike_alone_and_among_longer_ones(folder: Path) -> None:
    short = Aligned("list", ((0, 4), (0, 4)))
    long = Aligned("list all files note . txt", ((0, 4), (5, 8), (0, 25)))
    alone = Backbone(load_backbone(str(folder)).model, load_backbone(str(folder)).tokenizer)
    among = Backbone(alone.model, alone.tokenizer)
    first = alone([short], 2)
    both = among([long, short], 3)
    torch.testing.assert_close(both[1, :2], first[0], atol=2e-3, rtol=2e-3)


def test_a_full_memory_forgets_and_reads_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codefusion.models.backbone.MOST_REMEMBERED", 2)
    loaded = load_backbone(str(folder))
    small = Backbone(loaded.model, loaded.tokenizer)
    sentences = [Aligned(text, ((0, 3), (0, 3))) for text in ("list", "all", "file", "note")]
    fresh = [Backbone(loaded.model, loaded.tokenizer)([one], 2)[0] for one in sentences]
    for _ in range(2):
        for one, expected in zip(sentences, fresh, strict=True):
            torch.testing.assert_close(small([one], 2)[0], expected)
    assert len(small._known) <= 2


def test_quantised_it_takes_a_quarter_of_the_bytes_and_says_nearly_the_same(
    backbone: Backbone, tmp_path: Path
) -> None:
    save_quantised(backbone, tmp_path / "small")
    small = load_backbone(str(tmp_path / "small"))
    matrices = {k: w for k, w in backbone.model.state_dict().items() if w.dim() == 2}
    for name, weight in matrices.items():
        if name.startswith("pooler."):
            continue
        error = (small.model.state_dict()[name] - weight).abs()
        step = weight.abs().amax(dim=1, keepdim=True) / 127
        assert bool((error <= step * 0.501).all()), name
    one = Aligned("list all files", ((0, 4), (5, 8), (0, 14)))
    kept = torch.nn.functional.cosine_similarity(small([one], 3), backbone([one], 3), dim=-1)
    assert float(kept.min()) > 0.99


@pytest.mark.parametrize("kind", [CodeFusionModel, *BASELINES.values()])
def test_a_model_reads_the_backbone_but_neither_trains_nor_saves_it(
    kind: Any, folder: Path, backbone: Backbone, codec: Codec
) -> None:
    fields = {
        "backbone": str(folder),
        "backbone_size": SIZE,
        "vocab_size": len(codec.tokenizer),
        "self_conditioning": False,
    }
    model = kind(preset_config("tiny", fields))
    assert not any("bert" in name or "word_embeddings" in name for name in model.state_dict())
    prompt = codec.prompt("list all files", "bash")
    ids, mask = torch.tensor([prompt.ids]), torch.ones(1, len(prompt.ids), dtype=torch.long)
    features = backbone([prompt.aligned], len(prompt.ids))
    code = torch.tensor([codec.code("ls -l", prompt.slots)])
    batch = {
        "code_ids": code,
        "level": torch.tensor([600]),
        "noise": torch.randn(*code.shape, model.config.embedding_size),
        "prompt_ids": ids,
        "prompt_mask": mask,
    }
    model(**batch, features=features).logits.sum().backward()
    assert model.encoder.features.weight.grad is not None
    assert not any(weight.requires_grad for weight in backbone.model.parameters())
    model.eval()
    with torch.no_grad():
        assert not torch.equal(model.encode(ids, mask, features), model.encode(ids, mask))


@pytest.mark.parametrize(
    "utterance",
    ["list all files", "find Notes.txt in 'my folder' 20 times", "ÉTÉ 5€ — naïve", "İstanbul 3"],
)
@pytest.mark.parametrize("table", [(), (("Region", "Sales"),)])
def test_every_token_of_a_prompt_has_a_span_within_the_sentence(
    codec: Codec, utterance: str, table: Any
) -> None:
    prompt = codec.prompt(utterance, "bash", table)
    text, spans = prompt.aligned.text, prompt.aligned.spans
    assert len(spans) == len(prompt.ids)
    assert text.startswith(utterance)
    assert spans[-1] == (0, len(text))
    assert all(0 <= start <= end for start, end in spans)
    for one, literal in prompt.slots.items():
        start, end = spans[prompt.ids.index(one)]
        if literal.startswith("c["):
            assert text[start:end] == f"{literal[2:-1]} {table[0][int(literal[2:-1])]} text"
        else:
            assert text[start:end] == literal


def test_one_that_is_missing_or_has_no_weights_is_refused_in_one_line(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match="cannot load the backbone"):
        load_backbone(str(tmp_path / "nothing"))
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    from safetensors.torch import save_file

    save_file({"embeddings.none": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(CheckpointError, match="no weights for"):
        load_backbone(str(tmp_path))
