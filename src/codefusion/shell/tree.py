"""Questions about the syntax tree that the grammar has no field for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


def descendants(node: Node) -> Iterator[Node]:
    """Yield the node and all below it, in no order to rely on."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def errors(root: Node) -> list[Node]:
    """Return the places that the grammar could not read."""
    return [node for node in descendants(root) if node.is_error or node.is_missing]


def runs_in_background(node: Node) -> bool:
    """Whether something below the node is started with `&`."""
    return any(child.type == "&" for child in descendants(node))


def is_endless(loop: Node) -> bool:
    """Whether a `while` or `for ((` loop has a condition that always holds."""
    condition = loop.child_by_field_name("condition")
    if condition is None:
        return loop.type == "c_style_for_statement"
    return condition.text in (b"true", b":", b"1")


def redirect_targets(redirect: Node, code: str) -> list[Node]:
    """Return the target of a `>` and, after it, words that belong to the command.

    The grammar takes the words that follow a redirection for further targets of it.
    """
    words = [child for child in redirect.named_children if child.type != "file_descriptor"]
    # The number in `> a 2>&1` belongs to the next redirection.
    later = [word for word in words[1:] if not code.startswith(("<", ">"), word.end_byte)]
    return words[:1] + later
