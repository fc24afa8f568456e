"""A pipeline folder: the same candidates from it, and one line about what is wrong with it."""

import json
import shutil

import pytest
from safetensors.torch import load_file, save_file

from codefusion.checkpoints import resolve_folder
from codefusion.diffusion.samplers import SCHEDULERS
from codefusion.errors import CheckpointError
from codefusion.pipeline import CodeFusionPipeline, TokenPipeline


@pytest.fixture(scope="module")
def saved(pipeline, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    pipeline.save_pretrained(folder)
    return folder


@pytest.fixture
def copy(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "copy")


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("share_embeddings", [True, False])
def test_a_loaded_pipeline_draws_the_same_bit_for_bit(
    make_pipeline, tmp_path, scheduler, share_embeddings
):
    pipeline = make_pipeline(scheduler, share_embeddings=share_embeddings)
    pipeline.save_pretrained(tmp_path)
    loaded = CodeFusionPipeline.from_pretrained(tmp_path)
    assert type(loaded.scheduler) is SCHEDULERS[scheduler]
    options = {"num_inference_steps": 3, "num_candidates": 4, "seed": 5}
    assert loaded("find python files", **options) == pipeline("find python files", **options)


def test_the_folder_holds_no_pickles(saved):
    suffixes = {path.suffix for path in saved.rglob("*") if path.is_file()}
    assert suffixes == {".json", ".safetensors"}


def test_a_loaded_model_is_ready_to_sample(saved):
    assert not CodeFusionPipeline.from_pretrained(saved).model.training


def test_saving_a_loaded_pipeline_loses_nothing(saved, tmp_path):
    CodeFusionPipeline.from_pretrained(saved).save_pretrained(tmp_path)
    again = CodeFusionPipeline.from_pretrained(tmp_path)
    once = CodeFusionPipeline.from_pretrained(saved)
    assert again("list", num_inference_steps=2) == once("list", num_inference_steps=2)


def test_the_newest_whole_checkpoint_of_a_run_is_taken(saved, tmp_path):
    for name, whole in (("checkpoint-1-00000009", True), ("checkpoint-2-00000001", True)):
        shutil.copytree(saved, tmp_path / name / "pipeline")
        if whole:
            (tmp_path / name / "progress.json").write_text("{}")
    shutil.copytree(saved, tmp_path / "checkpoint-2-00000002" / "pipeline")  # broke off
    assert resolve_folder(str(tmp_path)) == tmp_path / "checkpoint-2-00000001" / "pipeline"
    CodeFusionPipeline.from_pretrained(tmp_path)


def keep(path, size):
    path.write_bytes(path.read_bytes()[:size])


def edit(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def without_a_tensor(folder):
    path = folder / "model" / "model.safetensors"
    weights = load_file(path)
    del weights["decoder.output.weight"]
    save_file(weights, path, metadata={"format": "pt"})


DAMAGES = {
    "no weights": lambda f: (f / "model/model.safetensors").unlink(),
    "empty weights": lambda f: keep(f / "model/model.safetensors", 0),
    "weights cut in the header": lambda f: keep(f / "model/model.safetensors", 3000),
    "weights cut in the data": lambda f: keep(f / "model/model.safetensors", 100_000),
    "a tensor missing": without_a_tensor,
    "weights of another size": lambda f: edit(f / "model/config.json", feed_forward_size=128),
    "no model folder": lambda f: shutil.rmtree(f / "model"),
    "broken configuration": lambda f: (f / "model/config.json").write_text("{oops"),
    "configuration of another kind": lambda f: (f / "model/config.json").write_text("[]"),
    "impossible configuration": lambda f: edit(f / "model/config.json", parameterisation="v"),
    "impossible heads": lambda f: edit(f / "model/config.json", num_heads=0),
    "broken index": lambda f: (f / "model_index.json").write_text("{oops"),
    "index of another kind": lambda f: (f / "model_index.json").write_text("[1]"),
    "index without a scheduler": lambda f: (f / "model_index.json").write_text("{}"),
    "index of an unknown scheduler": lambda f: edit(f / "model_index.json", scheduler=["a", "B"]),
    "index of no scheduler": lambda f: edit(f / "model_index.json", scheduler=[None, None]),
    "index of an empty scheduler": lambda f: edit(f / "model_index.json", scheduler=[]),
    "no scheduler": lambda f: shutil.rmtree(f / "scheduler"),
    "broken scheduler": lambda f: (f / "scheduler/scheduler_config.json").write_text(""),
    "scheduler without its levels": lambda f: edit(
        f / "scheduler/scheduler_config.json", trained_betas=None
    ),
    "no tokenizer": lambda f: shutil.rmtree(f / "tokenizer"),
    "broken tokenizer": lambda f: (f / "tokenizer/tokenizer.json").write_text("{}"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_broken_folder_is_told_in_one_line(copy, damage):
    damage(copy)
    with pytest.raises(CheckpointError, match=str(copy)) as caught:
        CodeFusionPipeline.from_pretrained(copy)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["no-such-model", "./nowhere", "/nowhere/at/all", "~/nowhere", "a/b/c", "", "."]
)
def test_a_name_that_stands_for_nothing_is_told_in_one_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError) as caught:
        CodeFusionPipeline.from_pretrained(name)
    assert "\n" not in str(caught.value)


def test_a_hub_id_without_a_network_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(CheckpointError, match="cannot get 'nobody/nothing' from the Hub") as caught:
        CodeFusionPipeline.from_pretrained("nobody/nothing")
    assert "\n" not in str(caught.value)


def test_a_folder_of_another_kind_is_told_by_the_class_it_names(saved):
    with pytest.raises(
        CheckpointError,
        match=r"of class 'CodeFusionModel', not AutoregressiveModel or .*load_pipeline",
    ):
        TokenPipeline.from_pretrained(saved)
