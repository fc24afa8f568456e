"""Literals of an utterance: the pieces of it that a program repeats letter by letter.

Not for tokens: `codec` gives each literal a slot token that stands for it in the prompt and in
the code. Copying is then a choice among a few slots, where spelling `20` or `photos.tar.gz` is
a chain of tokens that all have to be right at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from codefusion.data.columns import as_text, find_mentions

NUMBER, TEXT, WORD = "number", "text", "word"
# What slot tokens may stand for; a column of a table is no literal, but is copied as one.
COLUMN = "column"
KINDS = (NUMBER, TEXT, WORD, COLUMN)

# What is quoted is one literal, however many words it has. An apostrophe opens a quotation only
# where a word could begin.
_QUOTED = re.compile(
    r'"([^"\n]{1,80})"|“([^”\n]{1,80})”|‘([^’\n]{1,80})’|`([^`\'\n]{1,80})[`\']'
    r"|(?<!\w)'([^'\n]{1,80})'(?!\w)"
)
_RUN = re.compile(r"\S+")
_OPENING, _CLOSING = "([{<,;:=", ".,;:!?)]}>"
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
_SENTENCE_END = ".!?:"
# A number with a sign, a currency or a unit: the program has the digits, seldom the rest.
_NUMBER = re.compile(r"[-+$€£#]?(\d+(?:,\d{3})*(?:\.\d+)?)(?:%|-?[^\W\d_]*)\.?")
_PLAIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Literal:
    """A piece of an utterance, `start` to `end`, and the `text` that code has in its place."""

    kind: str
    text: str
    start: int
    end: int


def find_literals(utterance: str, is_common: Callable[[str], bool]) -> list[Literal]:
    """Return the literals of `utterance`, from left to right and without overlaps.

    Numbers (without sign, unit and thousands separators); quoted pieces and words with digits
    or signs inside, such as paths (`text`); and plain words that are capitalised within the
    sentence or not `is_common` (`word`).
    """
    found: list[Literal] = []
    position = 0
    for match in _QUOTED.finditer(utterance):
        found += _unquoted(utterance, position, match.start(), is_common)
        group = match.lastindex or 0
        content = match.group(group)
        if content.strip():
            number = _NUMBER.fullmatch(content)
            if number is None or not content[0].isdigit() or not content[-1].isdigit():
                found.append(Literal(TEXT, content, match.start(group), match.end(group)))
            else:
                found.append(Literal(NUMBER, content, match.start(group), match.end(group)))
        position = match.end()
    found += _unquoted(utterance, position, len(utterance), is_common)
    return found


def _unquoted(
    utterance: str, start: int, end: int, is_common: Callable[[str], bool]
) -> Iterator[Literal]:
    for match in _RUN.finditer(utterance, start, end):
        run = match.group()
        left = len(run) - len(run.lstrip(_OPENING))
        word = _without_closing(run[left:])
        begin = match.start() + left
        number = _NUMBER.fullmatch(word)
        if number is not None:
            first, last = number.span(1)
            yield Literal(NUMBER, number.group(1).replace(",", ""), begin + first, begin + last)
        elif _PLAIN.fullmatch(word):
            first = begin == 0 or utterance[:begin].rstrip()[-1:] in _SENTENCE_END
            capitalised = not word.islower() and not first
            if capitalised or not is_common(word):
                yield Literal(WORD, word, begin, begin + len(word))
        elif any(character.isalnum() or character in "*~$/" for character in word):
            yield Literal(TEXT, word, begin, begin + len(word))


def _without_closing(word: str) -> str:
    """Drop punctuation at the end, but a bracket only when it was not opened within the word."""
    while word and word[-1] in _CLOSING:
        last = word[-1]
        if last in _PAIRS and word.count(_PAIRS[last]) >= word.count(last):
            break
        word = word[:-1]
    return word


def find_uses(code: str, literals: Collection[tuple[str, str]]) -> list[tuple[int, int, str]]:
    """Return where `code` repeats one of the (kind, text) `literals`: (start, end, text).

    The longest come first and nothing overlaps. A use ends where a word or number ends, so 5 is
    not found in 25. An index in brackets is no use of a number.
    """
    taken = [False] * len(code)
    uses: list[tuple[int, int, str]] = []
    for kind, text in sorted(literals, key=lambda one: (-len(one[1]), one[1])):
        if text not in code:
            continue
        for match in _pattern(kind, text).finditer(code):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                uses.append((start, end, text))
    return sorted(uses)


def literals_of(utterance: str, table: Sequence[Sequence[object]]) -> frozenset[tuple[str, str]]:
    """Return the (kind, text) of what a program for this request may have to repeat.

    That is every literal, what the utterance says of a cell's text, and `c[k]` for a column that it
    calls by name or letter.
    """
    # Plain words in lower case are in programs as names of commands and functions more often than
    # as literals, and which of them are rare must not depend on a model's tokenizer.
    found = find_literals(utterance, is_common=lambda word: True)
    mentions = find_mentions(utterance, as_text(table))
    return frozenset(
        [(one.kind, one.text) for one in found]
        + [(COLUMN, f"c[{one.column}]") for one in mentions if one.named]
        + [(WORD, utterance[one.start : one.end]) for one in mentions if not one.named]
    )


def repeated(code: str, literals: Collection[tuple[str, str]]) -> set[str]:
    """Return the texts of those (kind, text) `literals` that `code` has."""
    return {text for _, _, text in find_uses(code, literals)}


def _pattern(kind: str, text: str) -> re.Pattern[str]:
    if kind == NUMBER:
        return re.compile(rf"(?<![\d.\[]){re.escape(text)}(?![\d>]|\.\d)")
    before = r"(?<![^\W_])" if text[0].isalnum() else ""
    after = r"(?![^\W_])" if text[-1].isalnum() else ""
    return re.compile(before + re.escape(text) + after)
