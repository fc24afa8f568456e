"""The built-in descriptions of common utilities, for machines without manual pages."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from codefusion.shell.roff import Flag, Page, Value


def described(utility: str) -> Page | None:
    """Return what the project itself says of a utility, None for those it does not know."""
    return _table().get(utility)


@cache
def _table() -> dict[str, Page]:
    text = files("codefusion.shell").joinpath("descriptions.txt").read_text(encoding="utf-8")
    table: dict[str, Page] = {}
    page = Page()
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        names, _, sentence = line.strip().partition("  ")
        sentence = sentence.removesuffix(".")
        if line.startswith(" "):
            # `<` after the last name holds for all of them.
            value: Value = "word" if names.endswith("<") else "none"
            for name in names.removesuffix("<").split():
                page.flags[name] = Flag(sentence, value)
        else:
            page = Page(sentence)
            table |= dict.fromkeys(names.split(), page)
    return table
