"""E from a T5 checkpoint on disk, in the format of CodeT5, without a network."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForTextEncoding

from codefusion.errors import CheckpointError
from codefusion.models import CodeFusionModel
from codefusion.models.encoder import load_pretrained_encoder
from codefusion.models.presets import preset_config


def stored(folder):
    return load_file(folder / "model.safetensors")


def test_the_encoder_has_the_weights_of_the_checkpoint(codet5_folder):
    encoder = load_pretrained_encoder(codet5_folder)
    weights = stored(codet5_folder)
    assert torch.equal(encoder.shared.weight, weights["shared.weight"])
    found = 0
    for name, tensor in encoder.state_dict().items():
        if name.startswith("encoder.") and "embed_tokens" not in name:
            assert torch.equal(tensor, weights[name]), name
            found += 1
    assert found == sum(name.startswith("encoder.") for name in weights)
    assert not any("decoder" in name for name in encoder.state_dict())


def test_a_checkpoint_in_the_older_format_loads_too(codet5_folder, tmp_path):
    shutil.copy(codet5_folder / "config.json", tmp_path)
    torch.save(stored(codet5_folder), tmp_path / "pytorch_model.bin")
    ours, theirs = load_pretrained_encoder(tmp_path), load_pretrained_encoder(codet5_folder)
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], tensor), name


def test_a_model_built_on_the_encoder_reads_as_the_encoder_does(codet5_folder, tmp_path):
    encoder = load_pretrained_encoder(codet5_folder).eval()
    config = preset_config("tiny", {"share_embeddings": False, "vocab_size": 120})
    config.encoder = encoder.config
    model = CodeFusionModel(config)
    model.encoder.t5.load_state_dict(encoder.state_dict())
    model.save_pretrained(tmp_path)
    loaded = CodeFusionModel.from_pretrained(tmp_path).eval()
    ids, mask = torch.tensor([[5, 9, 2, 0]]), torch.tensor([[1, 1, 1, 0]])
    with torch.no_grad():
        ours = loaded.encode(ids, mask)
        reference = AutoModelForTextEncoding.from_pretrained(codet5_folder).eval()
        theirs = reference(input_ids=ids, attention_mask=mask).last_hidden_state
    assert torch.equal(ours, theirs)


def drop_a_tensor(folder):
    weights = stored(folder)
    del weights["encoder.block.1.layer.0.SelfAttention.q.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def truncate(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:2000])


def widen(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "d_ff": 64}))


@pytest.mark.parametrize(
    "damage",
    [
        drop_a_tensor,
        truncate,
        widen,
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "model.safetensors").write_bytes(b""),
        lambda folder: (folder / "config.json").unlink(),
        lambda folder: (folder / "config.json").write_text("{oops"),
        lambda folder: (folder / "config.json").write_text('{"model_type": "nonesuch"}'),
        shutil.rmtree,
    ],
    ids=[
        "a tensor missing",
        "truncated weights",
        "other sizes",
        "no weights",
        "empty weights",
        "no configuration",
        "broken configuration",
        "unknown model",
        "no folder",
    ],
)
def test_a_broken_checkpoint_is_told_in_one_line(codet5_folder, tmp_path, damage):
    folder = tmp_path / "broken"
    shutil.copytree(codet5_folder, folder)
    damage(folder)
    with pytest.raises(CheckpointError, match="cannot load the encoder") as caught:
        load_pretrained_encoder(folder)
    assert "\n" not in str(caught.value)


def test_a_hub_id_without_a_network_is_told_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(CheckpointError, match="nobody/nothing") as caught:
        load_pretrained_encoder("nobody/nothing")
    assert "\n" not in str(caught.value)
