"""Saving a model and loading it again."""

import pytest
import torch

from codefusion.models import CodeFusionModel

VARIANTS = [
    {},
    {"share_embeddings": False, "tie_head": False, "self_conditioning": False},
    {"parameterisation": "epsilon", "noise_schedule": "sqrt", "normalize_embeddings": False},
]


@pytest.mark.parametrize("overrides", VARIANTS)
def test_a_saved_model_comes_back_bit_for_bit(make_model, tmp_path, overrides):
    model = make_model(**overrides)
    model.save_pretrained(tmp_path)
    loaded, report = CodeFusionModel.from_pretrained(tmp_path, output_loading_info=True)
    assert not any(report.values())
    state = loaded.state_dict()
    assert state.keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, state[name]), name
    # What is no weight must be the same too, above all the noise levels.
    assert torch.equal(loaded.alpha_bar(), model.alpha_bar())
    arguments = {
        "code_ids": torch.arange(12).view(2, 6),
        "level": torch.tensor([3, 900]),
        "noise": torch.randn((2, 6, 32), generator=torch.Generator().manual_seed(0)),
        "prompt_ids": torch.tensor([[7, 8, 9], [5, 6, 0]]),
        "prompt_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
    }
    with torch.no_grad():
        assert torch.equal(loaded.eval()(**arguments).logits, model(**arguments).logits)


def test_the_encoder_keeps_one_table_under_its_two_names(make_model, tmp_path):
    """Saved once; as two tables, one of them would come back random and never be trained."""
    make_model(share_embeddings=False).save_pretrained(tmp_path)
    t5 = CodeFusionModel.from_pretrained(tmp_path).encoder.t5
    assert t5.shared.weight is t5.encoder.embed_tokens.weight


def test_weights_are_saved_as_safetensors_only(model, tmp_path):
    model.save_pretrained(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"config.json", "model.safetensors"}


def test_the_noise_levels_are_no_weights_that_could_be_lost(model):
    assert not any("alpha" in name or "beta" in name for name in model.state_dict())
    assert not list(model.buffers())
