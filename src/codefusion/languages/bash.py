"""Bash commands, judged by the tree-sitter grammar: fast, and without a shell on the machine.

Not for asking a real shell (`graders.bash_shell`), nor for running commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from codefusion.languages.base import Language, Span
from codefusion.languages.bash_form import canonical_text, leaves

if TYPE_CHECKING:
    import tree_sitter

# The grammar's nodes for words of the language itself.
KEYWORDS = {
    "if", "then", "elif", "else", "fi", "for", "in", "do", "done", "while", "until", "case",
    "esac", "select", "function", "declare", "typeset", "export", "readonly", "local", "unset",
}  # fmt: skip

_NOT_ASCII = re.compile(r"[^\x01-\x7f]")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
# No slash: a command given by its path is a path.
_COMMAND = re.compile(r"[\w.+-]*[A-Za-z][\w.+-]*")
# Of `--name=value` only the name; -1 and -10 are numbers, not names.
_FLAG = re.compile(r"--?[A-Za-z][\w-]*")


def parse(code: str) -> tree_sitter.Node:
    """Return the root of the syntax tree, whose byte offsets are character offsets in `code`.

    Broken code has a tree too; its root says so by `has_error`.
    """
    import tree_sitter

    # The grammar's scanner may read out of bounds at a character beyond ASCII, which ends the
    # process (tree-sitter/tree-sitter-bash#337). To the shell they are letters like any other.
    source = _NOT_ASCII.sub("_", code).encode()
    # A parser of its own for each text: parsers are cheap, and not safe to share among threads.
    return tree_sitter.Parser(_grammar()).parse(source).root_node


class Bash(Language):
    """One-liners and short scripts."""

    name = "bash"
    title = "Bash"

    def _accepts(self, code: str) -> bool:
        # A shell is given bytes without nulls; encoding refuses lone surrogates.
        if b"\0" in code.encode():
            return False
        root = parse(code)
        return not root.has_error and any(node.type != "comment" for node in root.named_children)

    def _canonical(self, code: str) -> str:
        return canonical_text(parse(code), code)

    def _find_maskable(self, code: str) -> Iterator[Span]:
        for node, parent in leaves(parse(code)):
            if length := _maskable_length(node, parent, code):
                yield node.start_byte, node.start_byte + length


@cache
def _grammar() -> tree_sitter.Language:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Language(tree_sitter_bash.language())


def _maskable_length(node: tree_sitter.Node, parent: tree_sitter.Node, code: str) -> int:
    """Return how many characters from the leaf's start on may be masked, 0 for none."""
    text = code[node.start_byte : node.end_byte]
    if not node.is_named:
        return len(text) if node.type in KEYWORDS else 0
    if node.type == "variable_name":
        return len(text) if _IDENTIFIER.fullmatch(text) else 0
    if node.type == "word" and parent.type in ("command_name", "function_definition"):
        return len(text) if _COMMAND.fullmatch(text) else 0
    # Inside of a word, a dash starts no flag.
    starts_word = parent.type != "concatenation" or node.start_byte == parent.start_byte
    if node.type in ("word", "test_operator") and starts_word:
        flag = _FLAG.match(text)
        return flag.end() if flag else 0
    return 0
