"""What is measured: tasks, systems, seeds and the extras of a report, read from YAML.

Not for how (`runner`) nor for what is printed (`report`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codefusion.errors import RecipeError, unknown_name
from codefusion.languages import language_names
from codefusion.settings import build, read_settings
from codefusion.systems.registry import KINDS


@dataclass(frozen=True)
class Task:
    """Pairs to answer, and those that a system may look examples up in.

    `every` keeps each k-th row only, at even distances: files are often sorted.
    """

    file: str
    train: str | None = None
    every: int = 1

    def __post_init__(self) -> None:
        if self.every < 1:
            raise RecipeError(f"every must be at least 1, got {self.every}")


@dataclass(frozen=True)
class SystemPlan:
    """A row of the tables: what kind, with which model for each language, with which options.

    `options` hold for every language, `models` name what differs; a system without a model for a
    language is left out there. `ablation` puts the row into the table of ablations too.
    """

    kind: str
    title: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    ablation: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RecipeError(str(unknown_name("kind of system", self.kind, KINDS)))

    def measures(self, language: str) -> bool:
        """Whether there is something to measure for this language."""
        return not self.models or language in self.models

    def arguments(self, language: str) -> dict[str, Any]:
        """Return the options of the system for one language."""
        model = {"model": self.models[language]} if self.models else {}
        return {**self.options, **model}


@dataclass(frozen=True)
class Steps:
    """Figures over the denoising steps, for the system of this name, of kind checkpoint.

    `counts` are numbers of steps to compare the quality of; `traced` rows show how far each of
    `trace_steps` steps (of a lagged model: each pass, so many of which a token has) is from the
    final program.
    """

    system: str
    counts: tuple[int, ...] = (1, 2, 4, 8, 16)
    traced: int = 40
    trace_steps: int = 24


@dataclass(frozen=True)
class Latency:
    """Timing of single utterances, for these systems of kind checkpoint (all when not given)."""

    systems: tuple[str, ...] = ()
    repeats: int = 15
    warmup: int = 2


@dataclass(frozen=True)
class Plan:
    """A whole report. `split` is how the tables name the split, `reference` the system that the
    others are compared with, row by row."""

    name: str
    split: str
    tasks: Mapping[str, Task]
    systems: Mapping[str, SystemPlan]
    folder: str = "data"
    seeds: tuple[int, ...] = (0,)
    group_golds: bool = False
    reference: str | None = None
    code_bert: str | None = None  # a RoBERTa checkpoint, for CodeBERTScore on Python
    steps: Steps | None = None
    latency: Latency | None = None

    def __post_init__(self) -> None:
        for language in self.tasks:
            if language not in language_names():
                raise RecipeError(str(unknown_name("language", language, language_names())))
        if not self.tasks or not self.systems or not self.seeds:
            raise RecipeError("a benchmark needs tasks, systems and seeds")
        named = [self.reference, self.steps.system if self.steps else None]
        named += list(self.latency.systems) if self.latency else []
        for name in named:
            if name is not None and name not in self.systems:
                raise RecipeError(str(unknown_name("system", name, self.systems)))
        if self.steps and self.systems[self.steps.system].kind != "checkpoint":
            raise RecipeError(f"{self.steps.system} has no denoising steps: it is no checkpoint")
        for key, one in self.systems.items():
            for language in one.models:
                if language not in self.tasks:
                    raise RecipeError(f"{key} has a model for {language}, which is no task")


def load_plan(path: str | Path, settings: Sequence[str] = ()) -> Plan:
    """Read a plan and apply `a.b=value` settings; raises `RecipeError`."""
    return build(Plan, read_settings(path, settings))
