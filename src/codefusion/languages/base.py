"""What every target language offers, for any text a model may write: no method ever raises.

Not for the meaning of programs: running or comparing them belongs to the graders.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import ClassVar, TypeAlias

# Half-open range of character offsets.
Span: TypeAlias = tuple[int, int]

# How parsers refuse a text: plainly, by its nesting (RecursionError, MemoryError), by its
# characters (UnicodeEncodeError, a null byte: ValueError) or by the size of its numbers.
UNPARSEABLE = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)


class Language(ABC):
    """A language to generate; the three hooks may raise any of `UNPARSEABLE` for broken code."""

    name: ClassVar[str]
    title: ClassVar[str]

    def is_valid(self, code: str) -> bool:
        """Whether `code` is one or more complete programs of the language; blank code is not."""
        try:
            return self._accepts(code)
        except UNPARSEABLE:
            return False

    def normal_form(self, code: str) -> str:
        """Return a text shared only by programs that differ in formatting or style of quotes.

        Idempotent. Code that doesn't parse is only rid of superfluous white space.
        """
        return _normal_form(self, code)

    def maskable_spans(self, code: str) -> list[Span]:
        """Return where identifiers and keywords stand, in order and without overlap.

        Code that breaks off or breaks the grammar yields what can be recognised in it.
        """
        return list(_in_order(_until_broken(self._find_maskable(code))))

    def _settled(self, code: str) -> str:
        """Return the canonical text, or `code` itself where that text has another one again."""
        form = self._canonical(code)
        with suppress(*UNPARSEABLE):
            if self._canonical(form) == form:
                return form
        return code

    @abstractmethod
    def _accepts(self, code: str) -> bool:
        """Whether `code` parses and holds at least one statement."""

    @abstractmethod
    def _canonical(self, code: str) -> str:
        """Return the canonical text of code that parses; raise for any other."""

    @abstractmethod
    def _find_maskable(self, code: str) -> Iterator[Span]:
        """Yield spans in any order; raising ends the search, and what was yielded counts."""


# Graders ask for the form of one text once for each metric and each gold.
@lru_cache(maxsize=1 << 14)
def _normal_form(language: Language, code: str) -> str:
    collapsed = " ".join(code.split())
    # The collapsed text may parse where the original did not, so it is tried too: otherwise
    # a second application would go further than the first.
    for candidate in (code, collapsed):
        with suppress(*UNPARSEABLE):
            return language._settled(candidate)
    return collapsed


def _until_broken(spans: Iterator[Span]) -> Iterator[Span]:
    with suppress(*UNPARSEABLE):
        yield from spans


def _in_order(spans: Iterable[Span]) -> Iterator[Span]:
    covered = 0
    for start, end in sorted(spans):
        if start >= covered and end > start:
            yield start, end
            covered = end
