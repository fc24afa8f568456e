"""The parts of a Bash program that its metrics compare: its template, its commands.

Not for scores (`bash`), and not for what a utility's words mean (`bash_arguments`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from codefusion.graders.bash_arguments import Invocations, Token, Word
from codefusion.graders.bash_utilities import ARGUMENT
from codefusion.languages import get_language
from codefusion.languages.base import UNPARSEABLE
from codefusion.languages.bash import parse

if TYPE_CHECKING:
    from tree_sitter import Node

_SIGNED = {"Number", "Size", "Timespan", "Permission"}
_LITERAL = re.compile(r"[\w,.-]+")

_SUBSTITUTIONS = {"command_substitution", "process_substitution"}
_WORDS = {
    "word", "number", "string", "raw_string", "ansi_c_string", "translated_string", "regex",
    "concatenation", "extglob_pattern", "simple_expansion", "expansion", "arithmetic_expansion",
    "brace_expression", "array", "heredoc_body", *_SUBSTITUTIONS,
}  # fmt: skip
_VARIABLES = {"variable_name", "special_variable_name", "subscript"}
_DECLARATIONS = {"declaration_command", "unset_command"}
_IGNORED = {"comment", "heredoc_end", "heredoc_content"}


@dataclass(frozen=True, slots=True)
class Command:
    """A utility and its flags, both in the order of the text; `ls -la` has the two `-l`, `-a`."""

    utility: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """All that the metrics ask of one text."""

    template: str
    closed: Counter[str]  # The tokens that are no arguments.
    commands: tuple[Command, ...]


@lru_cache(maxsize=1 << 15)
def read_form(code: str) -> Form | None:
    """Return what the metrics need, None if `code` doesn't parse; each text is parsed once."""
    language = get_language("bash")
    try:
        if not language.is_valid(code):
            return None
        # In normal form, separators and the quotes of plain words are always the same.
        form = language.normal_form(code)
        reader = _Reader(form)
        tokens = reader.read(parse(form))
    except UNPARSEABLE:
        return None
    return Form(
        " ".join(token.text for token in tokens),
        Counter(token.text for token in tokens if not token.is_argument),
        tuple(Command(utility, tuple(flags)) for _, utility, flags in sorted(reader.found)),
    )


class _Reader:
    """Walks over one tree; `found` grows by each utility's place, name and flags."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.found: list[tuple[int, str, list[str]]] = []
        self._invocations = Invocations(self._value, self.found)
        self._strays: dict[int, list[Node]] = {}

    def read(self, node: Node) -> list[Token]:
        """Return the tokens of the tree under `node`."""
        if node.type in _IGNORED:
            return []
        if node.type == "command":
            return self._command(node)
        if node.type in _SUBSTITUTIONS:
            return self._substitution(node)
        if node.type in _DECLARATIONS:
            self.found.append((node.start_byte, self._text(node.children[0]), []))
        elif node.type == "redirected_statement":
            self._give_back_strays(node)
        elif node.type == "file_redirect":
            return self._redirect(node)
        if node.type in _WORDS:
            return self._value(node)
        if node.type in _VARIABLES:
            return [Token("Variable", True)]
        if not node.child_count:
            return self._leaf(node)
        return self._all(node.children)

    def _all(self, nodes: Iterable[Node]) -> list[Token]:
        return [token for node in nodes for token in self.read(node)]

    def _text(self, node: Node) -> str:
        return self.code[node.start_byte : node.end_byte]

    def _leaf(self, node: Node) -> list[Token]:
        if node.type in ("test_operator", "file_descriptor") or not node.is_named:
            text = " ".join(self._text(node).split())
            # An empty text is a line's end.
            return [Token(text or ";")]
        return [Token(ARGUMENT, True)]

    def _substitution(self, node: Node) -> list[Token]:
        # The grammar counts a blank before the bracket within a string as part of it.
        opening = self._text(node.children[0]).strip()
        return [
            Token("$(" if opening == "`" else opening),
            *self._all(node.children[1:-1]),
            Token(")"),
        ]

    def _value(self, node: Node, kind: str = ARGUMENT, text: str = "") -> list[Token]:
        """Return the substitutions within an argument, or its type if there are none."""
        if nested := list(_substitutions(node)):
            return self._all(nested)
        bare = text.strip("'\"")
        if kind == "Literal":
            literal = _LITERAL.fullmatch(bare)
            return [Token(bare) if literal else Token(ARGUMENT, True)]
        signs = "+-/" if kind == "Permission" else "+-"
        sign = bare[0] if kind in _SIGNED and bare and bare[0] in signs else ""
        return [Token(sign + kind, True)]

    def _redirect(self, node: Node) -> list[Token]:
        operator, target = "", None
        for child in node.children:
            if child.is_named and child.type != "file_descriptor":
                target = child
                break
            operator += self._text(child)
        if target is None:
            return [Token(operator)]
        text = self._text(target)
        if operator.endswith("&") and (text.isdigit() or text == "-"):
            return [Token(operator + text)]
        return [Token(operator), *self._value(target, "Path")]

    def _give_back_strays(self, node: Node) -> None:
        """The grammar takes words after a redirection for its targets: they are arguments."""
        strays: list[Node] = []
        for redirect in node.children_by_field_name("redirect"):
            if redirect.type == "file_redirect":
                strays += redirect.children_by_field_name("destination")[1:]
        last: Node | None = node
        while last is not None and last.type != "command":
            inner = last.child_by_field_name("body")
            if last.type in ("pipeline", "list", "negated_command"):
                inner = last.named_children[-1]
            last = inner
        if strays and last is not None:
            self._strays.setdefault(last.id, []).extend(strays)

    def _command(self, node: Node) -> list[Token]:
        before: list[Token] = []
        after: list[Token] = []
        words: list[Word] = []
        for child in [*node.children, *self._strays.get(node.id, ())]:
            # A dollar sign that expands nothing is a word, too.
            if child.type in ("command_name", "$") or child.type in _WORDS:
                self._add_word(words, child)
            elif words:
                after += self.read(child)
            else:
                before += self.read(child)
        return before + self._invocations.read(words) + after

    def _add_word(self, words: list[Word], node: Node) -> None:
        """Append a word; what touches the word before, as in a`b`, is a part of it."""
        word = Word(self._text(node), node)
        if words and words[-1].node.end_byte == node.start_byte:
            before = words.pop()
            bearer = node if any(_substitutions(node)) else before.node
            word = Word(before.text + word.text, bearer)
        words.append(word)


def _substitutions(node: Node) -> Iterator[Node]:
    """Yield the outermost substitutions under `node`, in order."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.type in _SUBSTITUTIONS:
            yield node
        else:
            waiting += reversed(node.children)
