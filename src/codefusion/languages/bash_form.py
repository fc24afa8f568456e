"""The canonical text of a Bash program: one spacing, one separator, as few quotes as are safe.

Not for judging programs, and not for rewriting them: words, their order and their operators stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_STRINGS = {"raw_string", "string"}
# White space and quotes inside of these mean something, so they are kept as they are.
_ATOMS = _STRINGS | {
    "ansi_c_string", "translated_string", "regex", "extglob_pattern", "array", "subscript",
    "expansion", "simple_expansion", "arithmetic_expansion", "brace_expression",
}  # fmt: skip
_GROUPS = {"subshell", "command_substitution", "process_substitution"}
_REDIRECTS = {"file_redirect", "herestring_redirect"}
_LIST_OPERATORS = {"|", "|&", "&&", "||", "&", ";;", ";&", ";;&"}
_CASE_ENDS = {";;", ";&", ";;&"}
# After these a newline is mere white space; after anything else it ends a command.
_OPENERS = _LIST_OPERATORS | {
    "if", "then", "elif", "else", "while", "until", "do", "in", "{", "!",
}  # fmt: skip

_BLANK = re.compile(r"(?:\s|;|\\\r?\n)*")
_CONTINUATION = re.compile(r"\\\r?\n")

# Inside of double quotes: no expansion, no escape, nothing that an interactive shell expands,
# and no single quote, so that single quotes hold the same text.
_LITERAL = re.compile(r"""(?:[^"$`\\'!]|\\[^"$`\\'!\n])*""")
# Words that mean the same with and without quotes, wherever they stand: no glob, brace, tilde,
# assignment or comment can come of them.
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,-]+|\{\}")
_BARE_NEIGHBOUR = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_RESERVED = {
    "if", "then", "elif", "else", "fi", "for", "in", "do", "done", "while", "until", "case",
    "esac", "select", "function", "time", "coproc",
}  # fmt: skip


def leaves(root: Node, atoms: Set[str] = frozenset()) -> Iterator[tuple[Node, Node]]:
    """Yield each leaf and its parent in order of the text; types in `atoms` count as leaves."""
    waiting = [(root, root)]
    while waiting:
        node, parent = waiting.pop()
        if node.type in atoms or not node.child_count:
            yield node, parent
        else:
            waiting += [(child, node) for child in reversed(node.children)]


def canonical_text(root: Node, code: str) -> str:
    """Return the canonical text of the tree over `code`; ValueError if it has errors."""
    if root.has_error:
        raise ValueError("syntax error")
    parts: list[str] = []
    left: _Token | None = None
    for gap, token in _tokens(root, code):
        # Where a here-document ends depends on its lines, and the grammar skips an escaped blank
        # that stands alone, though it is a word: such programs are kept as they are.
        if not _BLANK.fullmatch(gap) or (token and token.is_heredoc):
            return code.strip()
        if token is None:
            break
        if left is not None:
            parts.append(_between(left, gap, token))
        parts.append(token.text)
        left = token
    if not parts:
        raise ValueError("no command")
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    node: Node
    parent: Node

    @property
    def operator(self) -> str:
        """The grammar's name of a keyword, operator or bracket; empty for words."""
        return "" if self.node.is_named else self.node.type

    @property
    def is_redirect(self) -> bool:
        return bool(self.operator) and self.parent.type in _REDIRECTS

    @property
    def is_heredoc(self) -> bool:
        return self.parent.type == "heredoc_redirect"

    @property
    def opens_group(self) -> bool:
        return self.parent.type in _GROUPS and self.node.start_byte == self.parent.start_byte

    @property
    def closes_group(self) -> bool:
        return self.parent.type in _GROUPS and self.node.end_byte == self.parent.end_byte

    @property
    def opens_commands(self) -> bool:
        """Whether a command may follow on the next line without a separator."""
        closing = self.operator == ")" and self.parent.type in ("case_item", "function_definition")
        return self.operator in _OPENERS or self.opens_group or closing


def _tokens(root: Node, code: str) -> Iterator[tuple[str, _Token | None]]:
    """Yield each token, and None for the end, after what stands before it; drop comments."""
    gap, end, in_test = "", 0, False
    for node, parent in leaves(root, _ATOMS):
        gap += code[end : node.start_byte]
        end = node.end_byte
        separates = node.type in (";", "\n") and parent.type != "c_style_for_statement"
        if separates or node.type == "comment":
            gap += ";" if node.type == ";" else "\n" if separates else ""
            continue
        text = code[node.start_byte : end]
        if parent.type == "test_command" and not node.is_named:
            in_test = text in ("[", "[[")
        if node.type in _STRINGS:
            # Inside of a test, quotes tell a text from a pattern.
            text = _requoted(
                node.type, text, may_be_bare=not in_test and _stands_alone(parent, code)
            )
        yield gap, _Token(text, node, parent)
        gap = ""
    yield gap + code[end:], None


def _between(left: _Token, gap: str, right: _Token) -> str:
    semicolon = ";" in gap
    newline = "\n" in _CONTINUATION.sub("", gap) and not left.opens_commands
    closes = right.closes_group or right.operator in _CASE_ENDS
    if (semicolon or newline) and not closes:
        return "; "
    if left.opens_group:
        # `$((` would start an arithmetic expansion.
        return " " if right.text.startswith("(") else ""
    if right.closes_group:
        return ""
    if right.is_redirect:
        return "" if left.node.type == "file_descriptor" else " "
    if left.is_redirect:
        return "" if left.text in (">&", "<&") else " "
    if right.node.type == "file_descriptor" or _LIST_OPERATORS & {left.operator, right.operator}:
        return " "
    return " " if gap else ""


def _requoted(kind: str, text: str, may_be_bare: bool) -> str:
    content = text[1:-1]
    if kind == "string" and not _LITERAL.fullmatch(content):
        return text
    if may_be_bare and _BARE.fullmatch(content) and content not in _RESERVED:
        return content
    return f"'{content}'"


def _stands_alone(parent: Node, code: str) -> bool:
    """Whether a text could lose its quotes without growing into what stands beside it."""
    return parent.type != "concatenation" or all(
        sibling.type in _STRINGS
        or _BARE_NEIGHBOUR.fullmatch(code, sibling.start_byte, sibling.end_byte)
        for sibling in parent.children
    )
