"""What is read of a command: its calls, redirections, and the places that could not be read.

Not for reading it (`reader`) and not for judging it (`danger`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codefusion.languages import Span
from codefusion.shell.words import Word

# A pattern or an expansion in the last part of its path leaves open which program it is.
_OPEN_NAME = re.compile(r"[$`*?]|\[.+\]")
_SUBSTITUTES = re.compile(r"[`(]")


@dataclass(frozen=True, slots=True)
class Call:
    """A program with the words it gets, `words[0]` being its own.

    `name` is the last part of its path, empty when only a run can tell it. `via` are the wrappers
    that call it, the outermost first. `feeds` are the calls whose output reaches its input, and
    `stdin` is that input where it is plain to see. `exact` is False where `span` is that of a whole
    script in quotes, in which the call stands somewhere. `has_script` says that it runs one that is
    in its words, which are then without it.
    """

    name: str
    words: tuple[Word, ...]
    span: Span
    via: tuple[str, ...] = ()
    feeds: tuple[Call, ...] = ()
    stdin: str | None = None
    exact: bool = True
    has_script: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """A `>` and the like: `calls` are those whose output, or whose pipeline's, goes to `target`."""

    operator: str
    target: Word
    span: Span
    calls: tuple[Call, ...] = ()


@dataclass(slots=True)
class Reading:
    """All that was found in a command, in order of the text.

    `multiplying` are functions that call themselves more than once or in the background, and
    endless loops that start something there; `broken` is what the grammar could not read, and
    `too_deep` are scripts nested too deeply to be read.
    """

    calls: list[Call] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    multiplying: list[Span] = field(default_factory=list)
    broken: list[Span] = field(default_factory=list)
    too_deep: list[Span] = field(default_factory=list)


def program_name(word: Word) -> str:
    """Return the name of the program that a word names, empty when only a run can tell it."""
    name = word.text.rpartition("/")[2]
    if name == "{}":
        return ""  # what `find` or `xargs` puts there
    if not word.known and name in ("$SHELL", "${SHELL}"):
        return "sh"
    if word.known and not word.glob:
        return name
    return "" if _OPEN_NAME.search(name) or _SUBSTITUTES.search(word.text) else name


def distinct(calls: Sequence[Call]) -> Iterator[Call]:
    """Leave out what was read twice: the `$(...)` of a script in quotes is one of its words."""
    exact = [(call.words, call.span) for call in calls if call.exact]
    for call in calls:
        texts, (start, end) = [word.text for word in call.words], call.span
        if call.exact or not any(
            start <= a and b <= end and texts == [word.text for word in words]
            for words, (a, b) in exact
        ):
            yield call
