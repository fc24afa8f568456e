"""The configuration: it survives its file, and what cannot be a model is refused."""

import pytest
import torch
from transformers import T5Config

from codefusion.errors import RecipeError, UsageError
from codefusion.models import CodeFusionConfig, CodeFusionModel
from codefusion.models.presets import PAPER_LEAVES_OPEN, PRESETS, preset_config


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_survives_its_file(name, tmp_path):
    config = preset_config(name, {"languages": ["bash", "cf"], "log_snr_shift": -1.5})
    config.save_pretrained(tmp_path)
    loaded = CodeFusionConfig.from_pretrained(tmp_path)
    assert isinstance(loaded.encoder, T5Config)
    assert loaded.encoder.d_model == PRESETS[name]["encoder"]["d_model"]
    assert loaded.encoder.feed_forward_proj == PRESETS[name]["encoder"]["feed_forward_proj"]
    assert loaded.encoder.to_dict() == config.encoder.to_dict()
    assert loaded.schedule() == config.schedule()
    ignored = {"_name_or_path", "transformers_version", "encoder"}
    assert {k: v for k, v in loaded.to_dict().items() if k not in ignored} == {
        k: v for k, v in config.to_dict().items() if k not in ignored
    }


@pytest.fixture(scope="module")
def paper() -> CodeFusionModel:
    with torch.device("meta"):
        return CodeFusionModel(preset_config("paper"))


def test_the_paper_preset_is_what_the_paper_specifies(paper):
    config = paper.config
    assert (config.denoiser_layers, config.decoder_layers) == (10, 6)
    assert (len(paper.denoiser.layers), len(paper.decoder.layers)) == (10, 6)
    assert (config.embedding_size, config.encoder.d_model) == (512, 512)
    assert config.max_code_length == 128
    assert (config.noise_schedule, config.num_train_timesteps) == ("sqrt", 1200)
    assert (config.parameterisation, config.prediction_type) == ("epsilon", "epsilon")
    assert (config.vocab_size, config.log_snr_shift) == (32100, 0.0)
    assert not config.self_conditioning


def test_the_paper_preset_has_about_75_million_parameters(paper):
    assert 70e6 < sum(paper.count_parameters().values()) < 80e6


def test_what_the_paper_leaves_open_are_fields_of_the_configuration():
    assert set(PAPER_LEAVES_OPEN) <= set(PRESETS["paper"]) | set(CodeFusionConfig.__annotations__)


def test_the_parameters_of_the_boxes_sum_to_the_whole(model):
    counts = model.count_parameters()
    assert [name[0] for name in counts] == ["E", "L", "N", "D", "H"]
    assert sum(counts.values()) == sum(p.numel() for p in model.parameters())


def test_overriding_one_field_of_the_encoder_leaves_its_others():
    config = preset_config("tiny", {"encoder": {"num_layers": 3}})
    assert config.encoder.num_layers == 3
    assert config.encoder.d_model == PRESETS["tiny"]["encoder"]["d_model"]
    assert PRESETS["tiny"]["encoder"]["num_layers"] == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("parameterisation", "v", "unknown parameterisation 'v'"),
        ("noise_schedule", "cosin", "did you mean 'cosine'"),
        ("num_train_timesteps", 1, "at least 2 steps"),
        ("hidden_size", 30, "even multiple of num_heads"),
        ("hidden_size", 34, "even multiple"),  # 17 for each of two heads: rotary needs pairs
        ("hidden_size", "wide", "hidden_size must be a whole number"),
        ("num_heads", 0, "num_heads must be a whole number from 1, got 0"),
        ("denoiser_layers", -1, "denoiser_layers"),
        ("max_code_length", 0, "max_code_length"),
        ("dropout", 1.0, r"dropout must be in \[0, 1\)"),
        ("feedback_temperature", 0.0, "feedback_temperature must be above 0"),
        ("log_snr_shift", float("nan"), "log_snr_shift"),
        ("encoder", {"num_layers": "two"}, "num_layers"),
        ("encoder", "t5", "encoder must hold fields"),
        ("hiden_size", 32, "did you mean 'hidden_size'"),
    ],
)
def test_what_cannot_be_a_model_is_refused_in_one_line(field, value, message):
    heads = {"num_heads": 4} if value == 30 else {}
    with pytest.raises(UsageError, match=message) as caught:
        preset_config("tiny", {field: value, **heads})
    assert "\n" not in str(caught.value)


def test_an_unknown_preset_is_told_with_the_nearest_name():
    with pytest.raises(UsageError, match="did you mean 'small'"):
        preset_config("smal")


def test_sharing_embeddings_needs_one_vocabulary():
    fields = {**PRESETS["tiny"], "encoder": {**PRESETS["tiny"]["encoder"], "vocab_size": 99}}
    with pytest.raises(UsageError, match="99 for E and 512 for L"):
        CodeFusionConfig(**fields)
    CodeFusionConfig(**{**fields, "share_embeddings": False})


def test_a_bad_field_of_a_recipe_is_a_recipe_error():
    with pytest.raises(RecipeError):
        preset_config("tiny", {"no_such_field": 1})
