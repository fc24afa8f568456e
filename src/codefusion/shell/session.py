"""Choosing among commands: what each key does, and what must be typed before one may run.

Not for reading keys (`terminal`), showing commands (`view`) or doing what is chosen (`actions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from codefusion.shell.suggestion import BASH, Suggestion

Kind: TypeAlias = Literal["run", "edit", "copy", "print", "quit"]

_KEYS: dict[str, Kind] = {
    "r": "run", "e": "edit", "c": "copy", "p": "print", "\r": "print", "\n": "print", "q": "quit",
    "\x1b": "quit", "\x04": "quit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """What the user has decided to do, with the command to do it with (empty for `quit`)."""

    kind: Kind
    code: str = ""


class Session:
    """The state of one choice.

    Nothing runs but by `r` after a number, and a dangerous command not until its word is typed.
    With `print_only` a number is the whole choice, for shells that put it into their edit buffer.
    """

    def __init__(self, suggestions: Sequence[Suggestion], print_only: bool = False) -> None:
        self.suggestions = list(suggestions)
        self.print_only = print_only
        self.chosen: Suggestion | None = None
        self.number = 0  # of the chosen one, from 1
        self._asked_for: str | None = None

    @property
    def word(self) -> str | None:
        """The word to be typed now, None while keys are expected."""
        return self._asked_for

    @property
    def keys(self) -> str:
        """What may be pressed now, for a prompt."""
        count = len(self.suggestions)
        numbers = "1" if count == 1 else f"1-{count}"
        if self.chosen is None:
            return f"{numbers} choose, q quit"
        run = "r run, " if self.chosen.language == BASH else ""
        return f"{run}e edit, c copy, p print, {numbers} another, q quit"

    def press(self, key: str) -> Action | None:
        """Take one key; return what to do, if anything. Unknown keys do nothing."""
        assert self._asked_for is None
        if key.isdecimal() and 1 <= int(key) <= len(self.suggestions):
            self.number = int(key)
            self.chosen = self.suggestions[self.number - 1]
            return Action("print", self.chosen.code) if self.print_only else None
        kind = _KEYS.get(key)
        if kind == "quit":
            return Action("quit")
        if kind is None or self.chosen is None or self.print_only:
            return None
        if kind != "run":
            return Action(kind, self.chosen.code)
        if self.chosen.language != BASH:
            return None
        self._asked_for = self.chosen.word
        return None if self._asked_for else Action("run", self.chosen.code)

    def type(self, line: str | None) -> Action | None:
        """Take the line that was asked for by `word`; only that very word lets the command run."""
        assert self._asked_for is not None
        assert self.chosen is not None
        confirmed = line is not None and line.strip() == self._asked_for
        self._asked_for = None
        return Action("run", self.chosen.code) if confirmed else None

    def replace(self, suggestion: Suggestion) -> None:
        """Put an edited command in the place of the chosen one."""
        assert self.chosen is not None
        self.chosen = self.suggestions[self.number - 1] = suggestion
