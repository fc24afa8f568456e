"""What a run starts from: other weights, a frozen encoder beneath E."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from codefusion.errors import CheckpointError, CodeFusionError, RecipeError, UsageError
from codefusion.pipeline import load_pipeline
from codefusion.training.export import export
from codefusion.training.recipe import recipe_from
from codefusion.training.run import run

Content = Callable[..., dict[str, Any]]


def train(content: dict[str, Any], out: Path) -> None:
    for _ in run(recipe_from(content), out):
        pass


def train_both(first: dict[str, Any], recipe_content: Content, folder: Path) -> tuple[Path, Path]:
    """Train a run, and from its weights another of two steps; return both folders."""
    runs = folder / "first", folder / "second"
    train(first, runs[0])
    second = {"model__start_from": str(runs[0]), "pretraining__steps": 0, "finetuning__steps": 2}
    train(recipe_content(**second), runs[1])
    return runs


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    letters = {one: i for i, one in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefgh"])}
    letters |= {f"##{one}": len(letters) + i for i, one in enumerate("abcdefghilnorst")}
    backend = Tokenizer(models.WordPiece(letters, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    out = tmp_path_factory.mktemp("backbone")
    PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="[PAD]", unk_token="[UNK]",
        cls_token="[CLS]", sep_token="[SEP]",
    ).save_pretrained(out)  # fmt: skip
    torch.manual_seed(1)
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(letters), intermediate_size=8, **size)).save_pretrained(out)
    return out


def test_a_run_starts_from_the_weights_and_the_tokenizer_of_another(
    recipe_content: Content, tmp_path: Path
) -> None:
    train(recipe_content(), tmp_path / "first")
    second = recipe_content(
        model__start_from=str(tmp_path / "first"),
        pretraining__steps=0,
        finetuning__steps=1,
        finetuning__learning_rate=1e-12,
        tokenizer__vocab_size=290,
    )
    train(second, tmp_path / "second")
    before, after = load_pipeline(tmp_path / "first"), load_pipeline(tmp_path / "second")
    assert before.tokenizer.get_vocab() == after.tokenizer.get_vocab()
    for name, weight in before.model.state_dict().items():
        torch.testing.assert_close(after.model.state_dict()[name], weight, msg=name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model__overrides": {"hidden_size": 64}}, "other sizes"),
        ({"model__system": "masked", "pretraining__steps": 0}, "set model.system"),
    ],
)
def test_weights_of_another_size_or_kind_are_refused_in_one_line(
    recipe_content: Content, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    train(recipe_content(pretraining__steps=0, finetuning__steps=1), tmp_path / "first")
    content = recipe_content(model__start_from=str(tmp_path / "first"), **change)
    with pytest.raises(RecipeError, match=said) as caught:
        train(content, tmp_path / "second")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("system", ["diffusion", "autoregressive", "masked"])
def test_a_model_trained_on_a_backbone_answers_as_its_sentences_differ_only_there(
    recipe_content: Content, tmp_path: Path, backbone: Path, system: str
) -> None:
    content = recipe_content(
        model__backbone=str(backbone), model__system=system, pretraining__steps=0
    )
    train(content, tmp_path / "run")
    pipe = load_pipeline(tmp_path / "run")
    config = json.loads(next((tmp_path / "run").rglob("model/config.json")).read_text())
    assert (config["backbone"], config["backbone_size"]) == (str(backbone), 8)
    both = pipe(["list all files", "who is logged in"], num_samples=2, num_candidates=2)
    alone = pipe("who is logged in", num_samples=2, num_candidates=2)
    assert [one.code for one in both[1]] == [one.code for one in alone]


def test_a_backbone_that_is_not_there_is_named_before_anything_is_trained(
    recipe_content: Content, tmp_path: Path
) -> None:
    with pytest.raises(CodeFusionError, match="cannot load the backbone 'nowhere'"):
        train(recipe_content(model__backbone="nowhere"), tmp_path / "run")


def test_the_card_names_the_data_of_the_runs_whose_weights_were_started_from(
    recipe_content: Content, tmp_path: Path
) -> None:
    first = recipe_content()
    first["data"]["pairs"].append({"generate": "bash", "count": 20})
    _, second = train_both(first, recipe_content, tmp_path)
    card = (export(second, tmp_path / "out") / "README.md").read_text()
    assert "20 pairs of this project's own bash generator" in card
    assert "Recipes of 2 runs" in card
    assert str(tmp_path) not in card


def test_the_card_does_not_say_where_a_tokenizer_was_on_the_machine_that_trained(
    recipe_content: Content, tmp_path: Path
) -> None:
    train(recipe_content(), tmp_path / "first")
    shared = recipe_content(tokenizer__path=str(tmp_path / "first" / "tokenizer"))
    train(shared, tmp_path / "second")
    card = (export(tmp_path / "second", tmp_path / "out") / "README.md").read_text()
    assert "path: runs/first/tokenizer" in card
    assert str(tmp_path) not in card


def test_a_card_that_cannot_name_them_is_not_written(
    recipe_content: Content, tmp_path: Path
) -> None:
    first, second = train_both(recipe_content(), recipe_content, tmp_path)
    (first / "recipe.yaml").unlink()
    with pytest.raises(CheckpointError, match="put it back"):
        export(second, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_share_of_the_starting_weights_is_mixed_into_what_is_exported(
    recipe_content: Content, tmp_path: Path
) -> None:
    first, second = train_both(recipe_content(), recipe_content, tmp_path)
    out = export(second, tmp_path / "out", dtype=torch.float32, start_share=0.25)
    before, after, mixed = (
        load_pipeline(folder).model.state_dict() for folder in (first, second, out)
    )
    assert any(not torch.equal(before[name], after[name]) for name in after)
    for name, weight in mixed.items():
        torch.testing.assert_close(weight, 0.75 * after[name] + 0.25 * before[name], msg=name)
    assert "75% the last run's" in (out / "README.md").read_text()


def test_a_share_of_nothing_is_refused(recipe_content: Content, tmp_path: Path) -> None:
    train(recipe_content(), tmp_path / "first")
    with pytest.raises(UsageError, match="start share"):
        export(tmp_path / "first", tmp_path / "out", start_share=0.5)
    assert not (tmp_path / "out").exists()


def test_a_lagged_model_starts_from_an_autoregressive_one(
    recipe_content: Content, tmp_path: Path
) -> None:
    plain = {"self_conditioning": False}
    first = recipe_content(
        model__system="autoregressive", pretraining__steps=0, model__overrides=plain
    )
    train(first, tmp_path / "first")
    second = recipe_content(
        model__start_from=str(tmp_path / "first"),
        model__overrides={**plain, "lagged": True},
        pretraining__steps=0,
        finetuning__steps=1,
        finetuning__learning_rate=1e-12,
    )
    train(second, tmp_path / "second")
    before, after = load_pipeline(tmp_path / "first"), load_pipeline(tmp_path / "second")
    torch.testing.assert_close(after.model.denoiser.left.weight, before.model.decoder.input.weight)
    export(tmp_path / "second", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "went on from\nan auto-regressive model's weights" in card
    assert "random weights" not in card


def test_weights_of_an_autoregressive_model_are_refused_by_one_that_is_not_lagged(
    recipe_content: Content, tmp_path: Path
) -> None:
    first = recipe_content(model__system="autoregressive", pretraining__steps=0)
    train(first, tmp_path / "first")
    content = recipe_content(model__start_from=str(tmp_path / "first"), pretraining__steps=0)
    with pytest.raises(RecipeError, match="lagged"):
        train(content, tmp_path / "second")


@pytest.mark.parametrize(
    ("change", "said"), [({"decoder_layers": 3}, "5"), ({"hidden_size": 64}, "other sizes")]
)
def test_an_autoregressive_model_of_another_size_is_refused(
    recipe_content: Content, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    plain = {"self_conditioning": False}
    first = recipe_content(
        model__system="autoregressive", pretraining__steps=0, model__overrides=plain
    )
    train(first, tmp_path / "first")
    content = recipe_content(
        model__start_from=str(tmp_path / "first"),
        model__overrides={**plain, "lagged": True, **change},
        pretraining__steps=0,
    )
    with pytest.raises(RecipeError, match=said) as caught:
        train(content, tmp_path / "second")
    assert "\n" not in str(caught.value)
