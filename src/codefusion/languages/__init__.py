"""The target languages, by name: what is valid, what is the same program, what to mask.

Not for models or tokenizers: nothing in here needs a tensor, so graders start in milliseconds.
"""

from __future__ import annotations

import importlib
from functools import cache

from codefusion.errors import unknown_name
from codefusion.languages.base import Language, Span

__all__ = ["Language", "Span", "get_language", "language_names"]

# A new language is one file and one line here: its name, then `module:class` in this package.
_REGISTRY = {
    "bash": "bash:Bash",
    "cf": "cf:ConditionalFormatting",
    "python": "python:Python",
}


def language_names() -> list[str]:
    """Return the registered names in alphabetical order."""
    return sorted(_REGISTRY)


def get_language(name: str) -> Language:
    """Return the one instance of a language; an unknown name is a `UsageError`."""
    if name not in _REGISTRY:
        raise unknown_name("language", name, _REGISTRY)
    return _load(name)


@cache
def _load(name: str) -> Language:
    module, _, cls = _REGISTRY[name].partition(":")
    language: Language = getattr(importlib.import_module(f"{__name__}.{module}"), cls)()
    return language
