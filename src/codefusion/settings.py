"""YAML files as frozen dataclasses: reading, overriding single values, refusing unknown keys.

Not for what the files hold: see `training.recipe` and `benchmark.plan`.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

from codefusion.errors import RecipeError, unknown_name

Kind = TypeVar("Kind")


def read_settings(path: str | Path, settings: Sequence[str] = ()) -> dict[str, Any]:
    """Return what a YAML file holds, after `a.b=value` settings (values are YAML; lists by index).

    A file with the key `base` changes single values of another, named relative to itself.
    Raises `RecipeError` for a missing file, broken YAML, or a setting without a place.
    """
    content = _read(Path(path), ())
    for setting in settings:
        _apply(content, setting)
    return content


def _read(file: Path, above: tuple[Path, ...]) -> dict[str, Any]:
    if file.resolve() in above:
        raise RecipeError(f"{file} is its own base")
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecipeError(f"no recipe {str(file)!r}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"cannot read the recipe {str(file)!r}: {error}") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise RecipeError(f"{file} is not valid YAML: {reason}") from error
    if not isinstance(content, dict):
        raise RecipeError(f"{file} must hold keys and values, got {type(content).__name__}")
    if "base" not in content:
        return content
    base = content.pop("base")
    if not isinstance(base, str):
        raise RecipeError(f"base in {file} must name another file, got {base!r}")
    return _merged(_read(file.parent / base, (*above, file.resolve())), content)


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `changes` within its mappings; lists and values take their place."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _merged(below, value) if both else value  # type: ignore[arg-type]
    return merged


def build(kind: type[Kind], content: Mapping[str, Any]) -> Kind:
    """Return the dataclass `kind` that a mapping describes.

    Raises `RecipeError` for an unknown key (with the nearest known one), a missing one, or a
    value of another type.
    """
    built = _build(kind, content, "")
    assert isinstance(built, kind)
    return built


def as_mapping(settings: Any) -> dict[str, Any]:
    """Return plain lists and mappings that `build` turns into an equal dataclass."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: plain(one) for key, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list | tuple) else value

    result: dict[str, Any] = plain(dataclasses.asdict(settings))
    return result


def _apply(content: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise RecipeError(f"a setting is written a.b=value, got {setting!r}")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RecipeError(f"the value of {setting!r} is not valid YAML") from error
    node: Any = content
    parts = key.split(".")
    for part in parts[:-1]:
        if isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
        elif isinstance(node, dict):
            if node.get(part) is None:
                node[part] = {}
            node = node[part]
        else:
            raise RecipeError(f"no place {key!r} in the recipe to set")
    if isinstance(node, list) and parts[-1].isdigit() and int(parts[-1]) < len(node):
        node[int(parts[-1])] = value
    elif isinstance(node, dict):
        node[parts[-1]] = value
    else:
        raise RecipeError(f"no place {key!r} in the recipe to set")


def _build(kind: Any, value: Any, where: str) -> Any:
    """Return `value` as `kind`: a dataclass, tuple, mapping, union with None, or scalar."""
    place = where or "the recipe"
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return _build(next(one for one in arguments if one is not type(None)), value, where)
    if kind is Any:
        return value
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise RecipeError(f"{place} must hold keys and values, got {value!r}")
        hints = typing.get_type_hints(kind)
        for key in value:
            if key not in hints:
                raise RecipeError(str(unknown_name(f"key in {place}", str(key), hints)))
        missing = [
            f.name
            for f in dataclasses.fields(kind)
            if f.default is dataclasses.MISSING
            and f.default_factory is dataclasses.MISSING
            and f.name not in value
        ]
        if missing:
            raise RecipeError(f"{place} lacks {', '.join(missing)}")
        prefix = f"{where}." if where else ""
        built = {key: _build(hints[key], one, prefix + key) for key, one in value.items()}
        return kind(**built)  # type: ignore[operator]
    if origin is collections.abc.Mapping:
        if not isinstance(value, Mapping):
            raise RecipeError(f"{place} must hold keys and values, got {value!r}")
        return {key: _build(arguments[1], one, f"{where}.{key}") for key, one in value.items()}
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise RecipeError(f"{place} must be a list, got {value!r}")
        if arguments[-1] is not Ellipsis and len(value) != len(arguments):
            raise RecipeError(f"{place} must hold {len(arguments)} values, got {value!r}")
        return tuple(_build(arguments[0], one, f"{where}.{i}") for i, one in enumerate(value))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is float and isinstance(value, str):
        try:  # YAML reads 5e-4, without a point, as text
            return float(value)
        except ValueError:
            pass
    expected = dict if origin is not None else kind
    if not isinstance(value, expected) or (kind is int and isinstance(value, bool)):
        raise RecipeError(f"{place} must be {expected.__name__}, got {value!r}")
    return value
