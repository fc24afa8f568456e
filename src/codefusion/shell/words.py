"""What the words of a command become before it runs: quotes, escapes, braces, variables.

Not for running anything: what only a run can tell stays as written, and the word says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from codefusion.languages import Span

if TYPE_CHECKING:
    from tree_sitter import Node

# While a word is put together, ASCII that is quoted is moved here, lest it be split or taken for a
# pattern, and what is unknown there, which the value of a variable keeps.
_QUOTED, _UNKNOWN = 0xE000, 0xE100
# The first of them, where a null would go, stands for the nothing in `''`, which is a word.
_NOTHING = chr(_QUOTED)
_QUOTE = {code: _QUOTED + code for code in range(128)}
_HIDE = {code: _UNKNOWN + code for code in range(128)}
_UNQUOTE = {moved: code or None for code, moved in _QUOTE.items()}
_DECODE = _UNQUOTE | {moved: code for code, moved in _HIDE.items()}
_IS_UNKNOWN = re.compile(f"[{chr(_UNKNOWN)}-{chr(_UNKNOWN + 127)}]")

_ESCAPE = re.compile(r"\\(\n|.)", re.DOTALL)
_ESCAPE_IN_STRING = re.compile(r'\\([$`"\\\n])')
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_BLANKS = re.compile(r"[ \t\n]+")
_GLOB = re.compile(r"[*?]|\[.+\]")
_ANSI = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
_ANSI_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f"}
# `{a,b}{a,b}...` grows fast; a command with more words than this is read no further.
_MOST_WORDS = 64

SUBSTITUTIONS = {"command_substitution", "process_substitution"}
_DEFAULTS = {":-", "-", ":=", "=", ":+", "+"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the program gets it.

    `text` keeps what is unknown as it is written (`$HOME`, `$(date)`); `known` is False then.
    `span` is where the word stands. `start` is where `text` itself stands letter for letter, None
    if it does so nowhere. `inside` are the calls of its substitutions.
    """

    text: str
    span: Span
    known: bool = True
    glob: bool = False
    start: int | None = None
    inside: tuple[Any, ...] = ()  # of Call, which is made of words


@dataclass(frozen=True, slots=True)
class Substitution:
    """What a `$(...)`, `` `...` `` or `<(...)` runs, and its output where that is plain to see."""

    calls: tuple[Any, ...]
    output: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What a variable holds, with the unknown parts of it out of harm's way."""

    text: str
    inside: tuple[Any, ...] = ()  # the calls that it comes from


@dataclass
class _Pieces:
    """A word under construction, with the quoted and the unknown parts of it out of harm's way."""

    text: str = ""
    inside: tuple[Any, ...] = ()


@dataclass
class Expander:
    """Expands the words of one text, whose nodes have offsets in `code`.

    `place` turns a node's offsets into a span of the whole command, `substitute` reads what a
    substitution runs.
    """

    code: str
    place: Callable[[int, int], Span]
    substitute: Callable[[Node], Substitution]

    def words(self, node: Node, variables: Mapping[str, Value]) -> list[Word]:
        """Return what a word becomes: one word, several (`{a,b}`, `$x`) or none (empty `$x`)."""
        pieces = self._pieces(node, variables)
        span = self.place(node.start_byte, node.end_byte)
        # The value of `$x` is split at white space, unless it is quoted.
        texts = [part for text in _braces(pieces.text) for part in _BLANKS.split(text) if part]
        start = self._literal_start(node) if len(texts) == 1 else None
        return [
            Word(
                text=text.translate(_DECODE),
                span=span,
                known=not _IS_UNKNOWN.search(text),
                glob=bool(_GLOB.search(text)),
                start=start,
                inside=pieces.inside,
            )
            for text in texts[:_MOST_WORDS]
        ]

    def value(self, node: Node, variables: Mapping[str, Value]) -> Value:
        """Return what a variable holds that the word is assigned to."""
        pieces = self._pieces(node, variables)
        return Value(pieces.text.translate(_UNQUOTE), pieces.inside)

    def _pieces(self, node: Node, variables: Mapping[str, Value]) -> _Pieces:
        pieces = _Pieces()
        self._add(node, pieces, variables, quoted=False)
        return pieces

    def names(self, node: Node) -> Iterator[str]:
        """Yield the variables that a word reads itself, not in its substitutions."""
        if node.type == "variable_name":
            yield self._text(node)
        if node.type not in SUBSTITUTIONS:
            for child in node.children:
                yield from self.names(child)

    def _text(self, node: Node) -> str:
        # Between double quotes the grammar gives the blanks before an expansion to the expansion.
        return self.code[node.start_byte : node.end_byte].lstrip(" \t\n")

    def _literal_start(self, node: Node) -> int | None:
        """Return where a word's text stands as it is, with neither escape nor expansion."""
        text = self.code[node.start_byte : node.end_byte]
        quoted = node.type in ("raw_string", "string")
        plain = node.type == "raw_string" or (
            node.type in ("word", "string") and not re.search(r"[\\$`]", text)
        )
        return self.place(node.start_byte + quoted, node.end_byte)[0] if plain else None

    def _add(
        self, node: Node, pieces: _Pieces, variables: Mapping[str, Value], quoted: bool
    ) -> None:
        raw = self.code[node.start_byte : node.end_byte]
        match node.type:
            case "raw_string":
                pieces.text += _quote(raw[1:-1])
            case "ansi_c_string":
                pieces.text += _quote(_ANSI.sub(_ansi, raw[2:-1]))
            case "string" | "heredoc_body":
                self._add_string(node, pieces, variables)
            case "translated_string":
                self._add(node.children[-1], pieces, variables, quoted=True)
            case "simple_expansion" | "expansion":
                self._add_variable(node, pieces, variables, quoted)
            case "command_substitution" | "process_substitution":
                done = self.substitute(node)
                pieces.inside += done.calls
                if done.output is None:
                    pieces.text += _hide(self._text(node))
                else:
                    output = done.output.rstrip("\n")
                    pieces.text += _quote(output) if quoted else output
            case "arithmetic_expansion":
                self._add_rest(node, pieces)
                pieces.text += _hide(self._text(node))
            case "concatenation" | "command_name" | "array":
                for child in node.named_children if node.type == "array" else node.children:
                    pieces.text += " " if node.type == "array" and pieces.text else ""
                    self._add(child, pieces, variables, quoted)
            case _:
                pieces.text += _ESCAPE.sub(_unescape, raw)

    def _add_string(self, node: Node, pieces: _Pieces, variables: Mapping[str, Value]) -> None:
        # Between the children the grammar leaves white space out, which the string has.
        marks = int(node.type == "string")
        end = node.start_byte + marks
        for child in node.children:
            if child.type in ('"', "string_content", "heredoc_content"):
                continue
            indent = len(self.code[child.start_byte : child.end_byte]) - len(self._text(child))
            pieces.text += _quote(_in_string(self.code[end : child.start_byte + indent]))
            self._add(child, pieces, variables, quoted=True)
            end = child.end_byte
        pieces.text += _quote(_in_string(self.code[end : node.end_byte - marks]))

    def _add_rest(self, node: Node, pieces: _Pieces) -> None:
        """Read the substitutions below a node, whatever their place in it."""
        for child in node.named_children:
            if child.type in SUBSTITUTIONS:
                pieces.inside += self.substitute(child).calls
            else:
                self._add_rest(child, pieces)

    def _add_variable(
        self, node: Node, pieces: _Pieces, variables: Mapping[str, Value], quoted: bool
    ) -> None:
        operators = [child.type for child in node.children if not child.is_named][1:-1]
        value = variables.get(next(self.names(node), ""))
        if operators and operators[0] in _DEFAULTS and len(node.named_children) > 1:
            if value is None or "+" in operators[0]:
                self._add(node.named_children[1], pieces, variables, quoted)
                return
        elif operators:
            value = None  # a part or a change of the value
        self._add_rest(node, pieces)
        if value is None:
            pieces.text += _hide(self._text(node))
        else:
            # All of an array comes as words of their own, within quotes too.
            whole = "[@]" in self._text(node)
            pieces.text += _quote(value.text) if quoted and not whole else value.text
            pieces.inside += value.inside


def _quote(text: str) -> str:
    return text.translate(_QUOTE) or _NOTHING


def _hide(text: str) -> str:
    return text.translate(_HIDE)


def value_of(word: Word) -> Value:
    """Return what a variable holds that takes a whole word, as that of a loop does."""
    return Value(word.text if word.known else _hide(word.text), word.inside)


def _unescape(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1].translate(_QUOTE)


def _in_string(text: str) -> str:
    return _ESCAPE_IN_STRING.sub(lambda match: "" if match[1] == "\n" else match[1], text)


def _ansi(match: re.Match[str]) -> str:
    hexadecimal, unicode, octal, letter = match.groups()
    if letter is not None:
        return _ANSI_LETTERS.get(letter, letter if letter in "\\'\"?" else "\\" + letter)
    code = int(octal, 8) % 256 if octal else int(hexadecimal or unicode, 16)
    return chr(code)


def _braces(text: str) -> list[str]:
    """Expand `{a,b}`, innermost first."""
    found = _BRACES.search(text)
    if found is None:
        return [text]
    options = found[1].split(",")
    rests = _braces(text[found.end() :])
    expanded = [text[: found.start()] + a + b for a, b in product(options, rests)]
    return [each for one in expanded[:_MOST_WORDS] for each in _braces(one)][:_MOST_WORDS]
