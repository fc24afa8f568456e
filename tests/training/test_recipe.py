from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from codefusion.errors import RecipeError, UsageError
from codefusion.settings import read_settings
from codefusion.training.recipe import (
    Recipe,
    Source,
    load_recipe,
    recipe_from,
    recipe_to_dict,
)

Content = Callable[..., dict[str, Any]]


@pytest.fixture
def recipe_file(tmp_path: Path, recipe_content: Content) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe_content()))
    return path


def refusal(content: Any) -> str:
    """Return the one line with which a recipe is refused."""
    with pytest.raises(RecipeError) as caught:
        recipe_from(content)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("place", "wrong", "nearest"),
    [
        (("fintuning",), {}, "finetuning"),
        (("pretraining", "batch_sise"), 4, "batch_size"),
        (("data", "langauge"), "bash", "language"),
        (("data", "pairs", 0, "pth"), "x", "path"),
        (("data", "validation", "repaet"), 2, "repeat"),
        (("optimization", "ema_decy"), 0.9, "ema_decay"),
        (("loss", "decodr"), 1.0, "decoder"),
    ],
)
def test_an_unknown_key_at_any_depth_is_refused_with_the_nearest_known_one(
    recipe_content: Content, place: tuple[Any, ...], wrong: object, nearest: str
) -> None:
    content = recipe_content()
    content["optimization"] = {}
    content["data"]["validation"] = {"path": "validation.jsonl"}
    node = content
    for part in place[:-1]:
        node = node[part]
    node[place[-1]] = wrong
    message = refusal(content)
    assert repr(place[-1]) in message
    assert f"did you mean {nearest!r}?" in message


def test_an_unknown_key_is_located_by_the_path_to_it(recipe_content: Content) -> None:
    content = recipe_content()
    content["data"]["pairs"][0]["nonsense"] = 1
    assert "data.pairs.0" in refusal(content)


def value_at(recipe: Recipe, place: str) -> Any:
    """Return what stands at `place` in the recipe, None when nothing does."""
    node: Any = recipe_to_dict(recipe)
    for part in place.split("."):
        if node is None:
            return None
        node = node[int(part)] if isinstance(node, list) else node.get(part)
    return node


@pytest.mark.parametrize(
    ("place", "text", "value"),
    [
        ("pretraining.steps", "7", 7),
        ("pretraining.learning_rate", "5e-4", 5e-4),
        ("loss.pad", "1", 1.0),
        ("data.pairs.0.limit", "3", 3),
        ("data.bucket_widths.0", "8", 8),
        ("data.bucket_widths", "[32]", [32]),
        ("data.bucket_widths", "[]", []),
        ("optimization.clip", "0.5", 0.5),
        ("data.validation.path", "v.jsonl", "v.jsonl"),
        ("model.overrides.num_heads", "4", 4),
        ("name", "a=b", "a=b"),
        ("finetuning.train_encoder", "false", False),
        ("tokenizer.path", "null", None),
    ],
)
def test_a_setting_changes_the_value_it_names(
    recipe_file: Path, place: str, text: str, value: object
) -> None:
    other = [] if value is not None else ["tokenizer.path=somewhere"]
    assert value_at(load_recipe(recipe_file, other), place) != value
    changed = value_at(load_recipe(recipe_file, [*other, f"{place}={text}"]), place)
    assert changed == value
    assert type(changed) is type(value)


def test_of_two_settings_for_one_value_the_last_holds(recipe_file: Path) -> None:
    assert load_recipe(recipe_file, ["seed=1", "seed=2"]).seed == 2


@pytest.mark.parametrize(
    "setting",
    [
        "seed",
        "=3",
        "seed=[1",
        "seed.x=1",
        "sede=1",
        "data.pairs.5.limit=1",
        "data.pairs.first.limit=1",
        "data.bucket_widths.9=8",
        "pretraining.steps=many",
        "pretraining.steps=1.5",
        "pretraining=1",
    ],
)
def test_a_setting_that_fits_nowhere_is_refused_in_one_line(
    recipe_file: Path, setting: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(recipe_file, [setting])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("seed", "three"),
        ("seed", True),
        ("seed", 1.5),
        ("name", 7),
        ("data", []),
        ("data__pairs", {"path": "x"}),
        ("data__pairs", ["x"]),
        ("data__bucket_widths", 16),
        ("data__bucket_widths", [16, "wide"]),
        ("pretraining__steps", None),
        ("pretraining__learning_rate", "fast"),
        ("pretraining__learning_rate", True),
        ("finetuning__train_encoder", "yes"),
        ("model__overrides", [1]),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_place(
    recipe_content: Content, path: str, wrong: object
) -> None:
    message = refusal(recipe_content(**{path: wrong}))
    assert path.replace("__", ".") in message
    assert " must " in message


@pytest.mark.parametrize(
    ("section", "name", "wrong"),
    [
        ("pretraining", "cpd", 1.1),
        ("pretraining", "mask_probability", -0.1),
        ("pretraining", "steps", -1),
        ("pretraining", "warmup", -1),
        ("pretraining", "batch_size", 0),
        ("pretraining", "learning_rate", 0.0),
        ("pretraining", "learning_rate", float("nan")),
        ("finetuning", "draws", 0),
        ("finetuning", "draws", 3),  # does not divide the batch of 4
        ("finetuning", "unconditional", 2.0),
        ("optimization", "ema_decay", 1.0),
        ("optimization", "precision", "fp8"),
        ("optimization", "betas", [0.9]),
        ("optimization", "betas", [0.9, 0.98, 0.99]),
        ("optimization", "betas", [0.9, 1.0]),
        ("optimization", "clip", 0.0),
        ("optimization", "weight_decay", -0.1),
        ("optimization", "self_conditioning", 1.5),
        ("monitoring", "keep", 0),
        ("monitoring", "save_every", -1),
        ("monitoring", "evaluation_rows", 0),
        ("loss", "denoising", -1.0),
    ],
)
def test_a_value_out_of_its_range_is_refused_in_one_line(
    recipe_content: Content, section: str, name: str, wrong: object
) -> None:
    content = recipe_content()
    content.setdefault(section, {})[name] = wrong
    with pytest.raises(UsageError) as caught:
        recipe_from(content)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["seed", "threads"])
def test_a_negative_seed_or_number_of_threads_is_refused(
    recipe_content: Content, name: str
) -> None:
    assert name in refusal(recipe_content(**{name: -1}))


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"path": "x", "library": "python"},
        {"generate": "python"},
        {"library": "c"},
        {"count": 3},
    ],
)
def test_a_source_names_exactly_one_known_origin(source: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Source(**source)


@pytest.mark.parametrize("field", ["repeat", "count", "limit"])
def test_a_source_of_no_rows_is_refused(field: str) -> None:
    with pytest.raises(RecipeError):
        Source(path="x", **{field: 0})


def test_a_recipe_needs_a_name() -> None:
    assert "lacks name" in refusal({"seed": 1})


def test_a_recipe_written_as_a_mapping_is_read_back_equal(recipe_content: Content) -> None:
    content = recipe_content(data__validation={"path": "v.jsonl", "limit": 2})
    recipe = recipe_from(content)
    assert recipe_from(recipe_to_dict(recipe)) == recipe
    assert recipe_from(yaml.safe_load(yaml.safe_dump(recipe_to_dict(recipe)))) == recipe


def test_a_recipe_cannot_be_changed_once_it_is_checked(recipe_content: Content) -> None:
    recipe = recipe_from(recipe_content())
    with pytest.raises(AttributeError):
        recipe.pretraining.steps = -5  # type: ignore[misc]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "name: [", "name: 'x\n  y: 2"])
def test_a_file_that_is_no_mapping_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert "\n" not in str(caught.value)


def test_a_missing_unreadable_or_binary_recipe_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "binary.yaml"):
        with pytest.raises(RecipeError) as caught:
            load_recipe(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_source_keeps_the_slice_asked_for() -> None:
    rows = list(range(10))
    assert rows[Source(path="x").kept] == rows
    assert rows[Source(path="x", skip=2, limit=3).kept] == [2, 3, 4]
    assert rows[Source(path="x", skip=8, limit=3).kept] == [8, 9]
    with pytest.raises(RecipeError, match="skip"):
        Source(path="x", skip=-1)


def test_an_unknown_system_and_a_phase_that_it_has_not_are_refused(
    recipe_content: Content,
) -> None:
    assert "unknown system 'mask'" in refusal(recipe_content(model__system="mask"))
    content = recipe_content(model__system="masked", pretraining__steps=3)
    assert "pretraining.steps=0" in refusal(content)
    assert recipe_from(recipe_content(model__system="masked", pretraining__steps=0))


def test_a_recipe_may_change_single_values_of_another(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text("a: 1\nb: {c: 2, d: [3, 4]}\n")
    (tmp_path / "second.yaml").write_text("base: first.yaml\nb: {d: [5]}\ne: 6\n")
    content = read_settings(tmp_path / "second.yaml", ["b.c=7"])
    assert content == {"a": 1, "b": {"c": 7, "d": [5]}, "e": 6}


@pytest.mark.parametrize(
    ("base", "message"),
    [("none.yaml", "no recipe"), ("[x]", "must name another file"), ("own.yaml", "its own base")],
)
def test_a_base_that_cannot_be_read_is_told(tmp_path: Path, base: str, message: str) -> None:
    (tmp_path / "own.yaml").write_text(f"base: {base}\n")
    with pytest.raises(RecipeError, match=message):
        read_settings(tmp_path / "own.yaml")


def test_only_pairs_are_reversed(recipe_content: Content) -> None:
    content = recipe_content()
    for key, source in (
        ("snippets", [{"path": "x", "reversed": True}]),
        ("validation", {"path": "x", "reversed": True}),
    ):
        changed = {**content, "data": {**content["data"], key: source}}
        assert "reversed is for data.pairs" in refusal(changed)
