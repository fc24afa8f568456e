"""Bash commands, judged by the tree-sitter grammar; `bash_accepts` asks the shell itself.

Not for running commands: nothing in here executes what it reads.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from codefusion.languages.base import Language, Span

if TYPE_CHECKING:
    import tree_sitter

# Nodes of the grammar for the words of the language itself; they have no name of their own.
KEYWORDS = frozenset(
    "if then elif else fi for in do done while until case esac select function "
    "declare typeset export readonly local unset unsetenv".split()
)

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_COMMAND = re.compile(r"[\w.+:-]*[A-Za-z][\w.+:-]*")
# Of `--name=value` only the name; -1 and -10 are numbers, not names.
_FLAG = re.compile(r"--?[A-Za-z][\w-]*")


class Bash(Language):
    """One-liners and short scripts."""

    name = "bash"
    title = "Bash"

    def _accepts(self, code: str) -> bool:
        root = parse_tree(code)
        return not root.has_error and any(node.type != "comment" for node in root.named_children)

    def _canonical(self, code: str) -> str:
        # Imported here because the module of the canonical form needs this one's parser.
        from codefusion.languages.bash_form import canonical_text

        return canonical_text(code)

    def _find_maskable(self, code: str) -> Iterator[Span]:
        offsets = _character_offsets(code)
        for node in leaves(parse_tree(code)):
            if length := _maskable_length(node):
                start = offsets[node.start_byte] if offsets else node.start_byte
                yield start, start + length
