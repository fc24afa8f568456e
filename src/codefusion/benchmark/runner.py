"""Answers of every system to every task, kept on disk, so that a killed run loses one at most.

Not for scores: see `results`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codefusion.benchmark.plan import Plan, SystemPlan, Task
from codefusion.checkpoints import SHIPPED
from codefusion.data.examples import Example, read_examples
from codefusion.errors import CodeFusionError, DataError
from codefusion.evaluation.evaluate import group_golds
from codefusion.evaluation.grading import Prediction
from codefusion.pipeline.jury import JUDGES, SETTINGS, settings_of
from codefusion.systems.registry import make_system


@dataclass(frozen=True)
class Started:
    """A system begins to answer a task of `rows` utterances."""

    system: str
    language: str
    seed: int
    rows: int


@dataclass(frozen=True)
class Answered:
    """One more utterance has been answered."""


@dataclass(frozen=True)
class Kept:
    """The answers of a system lie on disk; `reused` when they did before."""

    system: str
    language: str
    seed: int
    reused: bool


@dataclass(frozen=True)
class Answers:
    """The predictions of one system for one task and seed, and what the system says of itself."""

    system: str
    language: str
    seed: int
    described: Mapping[str, Any]
    predictions: tuple[Prediction, ...]


Question = tuple[Example, tuple[str, ...]]  # an utterance and its golds


def questions(plan: Plan, language: str) -> list[Question]:
    """Return the utterances of a task with their golds; raises `DataError`."""
    task = plan.tasks[language]
    rows = read_examples(Path(plan.folder) / task.file, language)
    alone: list[Question] = [(row, (row.code,)) for row in rows]
    return (group_golds(rows) if plan.group_golds else alone)[:: task.every]


def answer(plan: Plan, out: Path) -> Iterator[Started | Answered | Kept | Answers]:
    """Yield what happens, and the `Answers` of each system, task and seed once they are whole.

    What lies in `out` from an earlier run of the same systems on the same files is read back.
    """
    for language in plan.tasks:
        asked = questions(plan, language)
        for name, system_plan in plan.systems.items():
            if not system_plan.measures(language):
                continue
            for seed in plan.seeds:
                path = out / "answers" / f"{name}.{language}.{seed}.jsonl"
                key = _key(plan, system_plan, language)
                kept = _read(path, key, asked)
                if kept is None:
                    yield Started(name, language, seed, len(asked))
                    system = make_system(
                        system_plan.kind,
                        system_plan.arguments(language),
                        _train(plan, plan.tasks[language], language),
                    )
                    predictions = []
                    for one in system.predict([row for row, _ in asked], seed):
                        predictions.append(one)
                        yield Answered()
                    kept = dict(system.describe()), list(predictions)
                    _write(path, key, *kept)
                    yield Kept(name, language, seed, reused=False)
                else:
                    yield Kept(name, language, seed, reused=True)
                described, found = kept
                yield Answers(
                    name,
                    language,
                    seed,
                    described,
                    tuple(
                        Prediction(row, one.candidates, one.error, golds)
                        for (row, golds), one in zip(asked, found, strict=True)
                    ),
                )


def _train(plan: Plan, task: Task, language: str) -> Sequence[Example] | None:
    return None if task.train is None else read_examples(Path(plan.folder) / task.train, language)


def _key(plan: Plan, system: SystemPlan, language: str) -> str:
    """Tell apart whatever may change the answers: the settings, the files, the weights."""
    task = plan.tasks[language]
    arguments = system.arguments(language)
    parts: list[Any] = [system.kind, arguments, task.every, plan.group_golds]
    for file in (task.file, task.train):
        parts.append(None if file is None else _digest(Path(plan.folder) / file))
    parts += [_files(str(arguments.get(name, ""))) for name in ("model", "jury")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error


def _files(model: str) -> list[tuple[str, int, int]]:
    """Return sizes and times of a local model's weights and jury; what is elsewhere has none.

    Judges that many checkpoints share, since they ship, count as its own.
    """
    places = [SHIPPED / model, Path(model).expanduser()] if model else []
    for place in places[:]:
        if (place / SETTINGS).is_file():
            for judge in settings_of(place).judges:
                places += [JUDGES / judge.model, SHIPPED / judge.model]
    files = sorted(
        {
            one
            for place in places
            if place.is_dir()
            for kind in ("*.safetensors", SETTINGS)
            for one in place.rglob(kind)
        }
    )
    return [(str(one), one.stat().st_size, one.stat().st_mtime_ns) for one in files]


def _write(path: Path, key: str, described: Mapping[str, Any], rows: list[Prediction]) -> None:
    """Write all or nothing: a file that is there is whole."""
    lines: list[dict[str, Any]] = [{"version": 1, "key": key, "system": dict(described)}]
    lines += [
        {
            "utterance": one.example.utterance,
            "candidates": list(one.candidates),
            **({"error": one.error} if one.error else {}),
        }
        for one in rows
    ]
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise CodeFusionError(f"cannot write {path}: {error.strerror or error}") from error


def _read(
    path: Path, key: str, asked: Sequence[Question]
) -> tuple[dict[str, Any], list[Prediction]] | None:
    if not path.is_file():
        return None
    try:
        head, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if head["version"] != 1 or head["key"] != key or len(lines) != len(asked):
            return None
        rows = [
            Prediction(row, tuple(line["candidates"]), line.get("error"))
            for (row, _), line in zip(asked, lines, strict=True)
        ]
        return dict(head["system"]), rows
    except (ValueError, KeyError, TypeError) as error:
        raise CodeFusionError(f"{path} is broken ({error}); remove it to answer again") from error
