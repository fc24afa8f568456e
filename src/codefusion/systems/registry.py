"""Which kinds of systems a benchmark can name, and how each is made from YAML.

A new kind is one file and one entry here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from codefusion.data.examples import Example
from codefusion.errors import RecipeError, unknown_name
from codefusion.systems.base import System


def _checkpoint() -> Any:
    from codefusion.systems.checkpoint import CheckpointSystem

    return CheckpointSystem


def _retrieval() -> Any:
    from codefusion.systems.retrieval import RetrievalSystem

    return RetrievalSystem


def _hub() -> Any:
    from codefusion.systems.hub import HubSystem

    return HubSystem


def _endpoint() -> Any:
    from codefusion.systems.endpoint import EndpointSystem

    return EndpointSystem


# Imported when used: a table of retrieval alone need not load transformers.
KINDS: dict[str, Callable[[], Any]] = {
    "checkpoint": _checkpoint,
    "retrieval": _retrieval,
    "hub": _hub,
    "endpoint": _endpoint,
}


def make_system(kind: str, options: Mapping[str, Any], train: Sequence[Example] | None) -> System:
    """Return a system of this kind; `train` are the pairs that it may look examples up in.

    Raises `RecipeError` for an option that it does not know, or training pairs that it lacks.
    """
    if kind not in KINDS:
        raise unknown_name("kind of system", kind, KINDS)
    made = KINDS[kind]()
    known = inspect.signature(made).parameters
    arguments = dict(options)
    if "train" in arguments:
        raise RecipeError("training pairs are named by the task: set tasks.LANGUAGE.train")
    if "train" in known:
        required = known["train"].default is inspect.Parameter.empty
        if train is None and required:
            raise RecipeError(f"a system of kind {kind} needs pairs: set tasks.LANGUAGE.train")
        if train is not None:
            arguments["train"] = train
    if not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values()):
        for name in arguments:
            if name not in known:
                raise unknown_name(f"option of a system of kind {kind}", name, known)
    missing = [
        name
        for name, one in known.items()
        if one.default is inspect.Parameter.empty
        and one.kind is not inspect.Parameter.VAR_KEYWORD
        and name not in arguments
    ]
    if missing:
        raise RecipeError(f"a system of kind {kind} needs {', '.join(missing)}")
    system: System = made(**arguments)
    return system
