"""Turn a compact phrase pattern into one of its many sentences.

Knows brackets, macros and slots; knows nothing of rules, tables or Excel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

Maker = Callable[[Random], str]


@dataclass(frozen=True)
class _Slot:
    name: str


@dataclass(frozen=True)
class _Choice:
    options: tuple[_Sequence, ...]


_Sequence = tuple["str | _Slot | _Choice", ...]


class Phrasebook:
    """Expands patterns: `[a|b]` picks one, `<name>` is a macro, `{name}` a slot.

    Slots given to `expand` win over the book's own makers, which are only called when reached.
    Slot values are inserted as they are, so a literal may hold brackets or braces.
    """

    def __init__(self, macros: Mapping[str, str], makers: Mapping[str, Maker]) -> None:
        self._macros = macros
        self._makers = makers
        self._compiled = cache(self._compile)

    def expand(self, rng: Random, pattern: str, slots: Mapping[str, str]) -> str:
        """One random sentence of `pattern`."""
        out: list[str] = []
        self._emit(rng, self._compiled(pattern), slots, out)
        return "".join(out)

    def _emit(
        self, rng: Random, sequence: _Sequence, slots: Mapping[str, str], out: list[str]
    ) -> None:
        for part in sequence:
            if isinstance(part, str):
                out.append(part)
            elif isinstance(part, _Slot):
                value = slots.get(part.name)
                out.append(self._makers[part.name](rng) if value is None else value)
            else:
                options = part.options
                self._emit(rng, options[int(rng.random() * len(options))], slots, out)

    def _compile(self, pattern: str) -> _Sequence:
        sequence, end = self._parse(self._with_macros(pattern), 0)
        if end != len(self._with_macros(pattern)):
            raise ValueError(f"unbalanced brackets in phrase pattern {pattern!r}")
        return sequence[0] if len(sequence) == 1 else (_Choice(sequence),)

    def _with_macros(self, pattern: str) -> str:
        while "<" in pattern:
            head, _, rest = pattern.partition("<")
            name, _, tail = rest.partition(">")
            pattern = f"{head}[{self._macros[name]}]{tail}"
        return pattern

    def _parse(self, text: str, start: int) -> tuple[tuple[_Sequence, ...], int]:
        """The alternatives from `start` up to an unmatched `]` or the end, and where they end."""
        options: list[_Sequence] = []
        current: list[str | _Slot | _Choice] = []
        position = literal = start
        while position < len(text):
            char = text[position]
            if char not in "[]|{":
                position += 1
                continue
            if position > literal:
                current.append(text[literal:position])
            if char == "]":
                break
            if char == "|":
                options.append(tuple(current))
                current = []
                position += 1
            elif char == "{":
                close = text.index("}", position)
                current.append(_Slot(text[position + 1 : close]))
                position = close + 1
            else:
                inner, close = self._parse(text, position + 1)
                current.append(_Choice(inner))
                position = close + 1
            literal = position
        else:
            if position > literal:
                current.append(text[literal:position])
        options.append(tuple(current))
        return tuple(options), position
