"""The options and operands of a call, read as getopt reads them.

Not for what they mean: that is in `rules` for dangers and in `manual` for people.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from codefusion.shell.words import Word

# The shortest beginning of a long option that may stand for it: `--re` for `--recursive`.
_SHORTEST = 4


class Options:
    """What follows a program's name; `valued` are the options that take the next word."""

    def __init__(self, words: Sequence[Word], valued: Collection[str] = ()) -> None:
        self.operands: list[Word] = []
        self._flags: dict[str, str | None] = {}
        self._written: set[str] = set()
        waiting = list(words)[::-1]
        while waiting:
            word = waiting.pop()
            text = word.text
            if text == "--":
                self._written.add(text)
                self.operands += waiting[::-1]
                break
            if len(text) < 2 or text[0] != "-":
                self.operands.append(word)
                continue
            self._written.add(text)
            for flag, value in _taken_apart(text, valued):
                if flag in valued and value is None and waiting:
                    value = waiting.pop().text
                self._flags[flag] = value

    def has(self, *names: str) -> bool:
        """Whether one of the options is given, in a cluster too; `-word` is meant as a whole."""
        return any(name in self._flags or name in self._written for name in names)

    def may_have(self, *names: str) -> bool:
        """Like `has`, and a long option may be abbreviated."""
        return self.has(*names) or any(
            len(flag) >= _SHORTEST and name.startswith(flag)
            for flag in self._flags
            for name in names
            if flag.startswith("--")
        )

    def value(self, *names: str) -> str | None:
        """Return what is given to the first of the options that has a value."""
        values = (self._flags.get(name) for name in names)
        return next((value for value in values if value is not None), None)


def _taken_apart(text: str, valued: Collection[str]) -> list[tuple[str, str | None]]:
    """Return the flags in one word, and the value that is attached to the last."""
    if text.startswith("--"):
        name, equals, value = text.partition("=")
        return [(name, value if equals else None)]
    if text in valued:
        return [(text, None)]
    found: list[tuple[str, str | None]] = []
    for place, letter in enumerate(text[1:], start=2):
        flag = f"-{letter}"
        if flag in valued:
            return [*found, (flag, text[place:] or None)]
        found.append((flag, None))
    return found
