"""The recipes of the repository: they parse, fit each other, and keep apart what they must."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from codefusion.models.presets import preset_config
from codefusion.training.recipe import load_recipe, recipe_from, recipe_to_dict

RECIPES = Path(__file__).parents[2] / "recipes"
SHIPPED = sorted(path for path in RECIPES.rglob("*.yaml") if path.parent.name != "benchmarks")


def test_there_are_recipes_to_parse() -> None:
    assert SHIPPED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_parses_and_names_a_model_that_can_be_built(path: Path) -> None:
    recipe = load_recipe(path)
    config = preset_config(recipe.model.preset, recipe.model.overrides)
    widths = recipe.data.bucket_widths or (config.max_code_length,)
    assert widths[-1] == config.max_code_length
    assert recipe.data.pairs


def size(model: Any) -> dict[str, Any]:
    config = preset_config(model.preset, model.overrides).to_dict()
    encoder = {key: one for key, one in config.pop("encoder").items() if key != "dropout_rate"}
    # An auto-regressive model has none of the other three, whatever they say.
    free = ("dropout", "lagged", "predict_length", "feedback_temperature")
    return {"encoder": encoder, **{k: one for k, one in config.items() if k not in free}}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_recipe_starts_from_the_run_of_another_of_the_same_size_or_from_none(path: Path) -> None:
    recipe = load_recipe(path)
    runs = {f"runs/{one.name}": one for one in map(load_recipe, SHIPPED)}
    if recipe.model.start_from is not None:
        assert recipe.model.start_from in runs
        before = runs[recipe.model.start_from].model
        lagged = recipe.model.overrides.get("lagged", False)
        assert before.overrides.get("lagged", False) == lagged or before.system == "autoregressive"
        assert before.system == recipe.model.system or (
            lagged and before.system == "autoregressive"
        )
        assert size(before) == size(recipe.model)


def test_no_two_recipes_write_into_one_run() -> None:
    names = [load_recipe(path).name for path in SHIPPED]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_survives_being_written_and_read_again(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe_from(yaml.safe_load(yaml.safe_dump(recipe_to_dict(recipe)))) == recipe


def test_the_reviewer_has_not_read_programs_of_validation() -> None:
    recipe = load_recipe(RECIPES / "jury" / "reviewer.yaml")
    assert recipe.data.validation is not None
    for source in recipe.data.pairs:
        assert source.reversed
        assert source.apart or "train.jsonl" in str(source.path)
