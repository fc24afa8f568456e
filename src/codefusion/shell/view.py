"""Suggestions as lines of text for a terminal. Not for printing them."""

from __future__ import annotations

from collections.abc import Iterator

from codefusion.shares import percent
from codefusion.shell.notes import Level
from codefusion.shell.suggestion import Suggestion

_BOLD, _DIM, _RED, _YELLOW, _GREEN = "1", "2", "1;31", "33", "32"
_INDENT = " " * 6
_PIECE = 18


def visible(text: str) -> str:
    """Escape what a terminal would act on, line ends too: a model may write any character."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def listed(suggestion: Suggestion, number: int, width: int, colour: bool) -> Iterator[str]:
    """Yield the lines about one suggestion: the command, its dangers and what it does."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    share = "    " if suggestion.score is None else percent(suggestion.score)
    mark = paint("valid  ", _GREEN) if suggestion.valid else paint("invalid", _YELLOW)
    # Never cut: what is run must be read whole.
    yield f"{number}  {share}  {mark}  {paint(visible(suggestion.code), _BOLD)}"
    for note in suggestion.dangers:
        dangerous = note.level is Level.DANGER
        text = f"{'!!' if dangerous else ' !'} {note.kind}: {visible(note.sentence)}"
        yield _INDENT[:-3] + paint(text, _RED if dangerous else _YELLOW)
    for missing in suggestion.missing:
        what = f"{missing.utility} {missing.flag}" if missing.flag else missing.utility
        text = f" ? not on this machine: {visible(what)}"
        yield _INDENT[:-3] + paint(text, _YELLOW)
    for one in suggestion.explanations:
        text = f"{visible(one.piece):<{_PIECE}}  {visible(one.text)}"
        yield _INDENT + paint(_cut(text, width - len(_INDENT)), _DIM)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"
