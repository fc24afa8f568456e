"""What a command means, piece by piece: its programs, their flags and the operators between them.

Not for what may go wrong (`danger`), and not for how the descriptions are found (`manual`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from codefusion.languages import Span
from codefusion.languages.bash import parse
from codefusion.shell.builtins import BUILTINS
from codefusion.shell.calls import Call
from codefusion.shell.manual import Entry, Manuals, Source
from codefusion.shell.reader import read_calls
from codefusion.shell.words import Word

if TYPE_CHECKING:
    from tree_sitter import Node

_OPERATORS = {
    "|": "the output of the left goes into the right",
    "|&": "the output and errors of the left go into the right",
    "&&": "the right runs if the left succeeds",
    "||": "the right runs if the left fails",
    "&": "the left runs in the background",
    ">": "the output goes into a file, replacing it",
    ">|": "the output goes into a file, replacing it in any case",
    ">>": "the output goes to the end of a file",
    ">&": "the output goes into a file, replacing it",
    "&>": "the output and errors go into a file, replacing it",
    "&>>": "the output and errors go to the end of a file",
    "<": "the input comes from a file",
    "<<<": "the input is this text",
    "<<": "the input is the lines below",
    "$(": "what this prints is put here",
    "`": "what this prints is put here",
    "<(": "what this prints is read like a file",
    ">(": "what is written there goes into this",
}
_REDIRECTS = {"file_redirect", "herestring_redirect", "heredoc_redirect"}
# Their first word may be flags without a dash.
_BARE_FLAGS = {"tar", "bsdtar", "ar"}
# To these, a word with a dash may be a text, a number, a signal or a right.
_TAKE_ANY_DASH = {"echo", "printf", "kill", "pkill", "killall", "chmod", "seq", "expr", "test", "["}
_ELSEWHERE = {"ssh", "docker", "podman", "nerdctl", "kubectl", "oc", "lxc", "adb", "chroot"}
_NUMBER = re.compile(r"-\d+")
_KEYWORDS = {"time", "coproc", "noglob", "then", "do"}

Origin: TypeAlias = Source | Literal["syntax"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one piece of a command means; `source` says who tells.

    `piece` is the text at `span`, with the dash that a flag in a cluster has before the first.
    """

    span: Span
    piece: str
    text: str
    source: Origin


@dataclass(frozen=True, slots=True)
class Missing:
    """A flag that the manual of `utility` on this machine does not have, or a missing program."""

    span: Span
    utility: str
    flag: str | None = None


def explain(command: str, manuals: Manuals) -> list[Explanation]:
    """Return what is known of the pieces of a command, in order of the text."""
    found = {(one.span, one.text): one for one in _operators(parse(command), command)}
    for call in read_calls(command).calls:
        for piece in _pieces(call, manuals):
            if piece.text:
                one = Explanation(
                    piece.span, _shown(piece, command), piece.text, piece.entry.source
                )
                found[one.span, one.text] = one
    # The longer of two that begin together is the one around the other.
    return sorted(found.values(), key=lambda one: (one.span[0], -one.span[1]))


def missing_flags(command: str, manuals: Manuals) -> list[Missing]:
    """Return the flags that the manual pages on this machine do not list.

    Only where there is a page or the shell's own help: of other programs nothing is known.
    """
    found = dict.fromkeys(
        Missing(piece.span, piece.entry.name, piece.flag)
        for call in _calls_here(command)
        for piece in _pieces(call, manuals)
        if piece.flag and piece.entry.lacks(piece.flag) and call.name not in _TAKE_ANY_DASH
    )
    return sorted(found, key=lambda one: one.span)


def missing_programs(command: str, path: str | None = None) -> list[Missing]:
    """Return the programs that are not on the search path; None stands for PATH."""
    defined = set(re.findall(r"([\w.-]+)\s*\(\)|\bfunction\s+([\w.-]+)", command))
    own = {name for names in defined for name in names} | BUILTINS | _KEYWORDS
    found = dict.fromkeys(
        Missing(call.words[0].span, call.name)
        for call in _calls_here(command)
        if call.name
        and call.name not in own
        and call.words[0].known
        and "/" not in call.words[0].text
        and shutil.which(call.name, path=path) is None
    )
    return list(found)


def _calls_here(command: str) -> Iterator[Call]:
    """Yield the calls that are made on this machine, as far as can be told."""
    return (call for call in read_calls(command).calls if not _ELSEWHERE & set(call.via))


@dataclass(frozen=True, slots=True)
class _Piece:
    span: Span
    text: str
    entry: Entry
    flag: str | None = None


def _shown(piece: _Piece, command: str) -> str:
    text = command[slice(*piece.span)]
    return f"-{text}" if piece.flag and not text.startswith(("-", "'", '"')) else text


def _pieces(call: Call, manuals: Manuals) -> Iterator[_Piece]:
    """Yield the program, the flags and the subcommand of a call; `text` may be empty."""
    entry = manuals.entry("test" if call.name == "[" else call.name) if call.name else None
    if entry is None:
        return
    yield _Piece(call.words[0].span, entry.page.summary, entry)
    subcommand_follows = True
    waiting = list(call.words[1:])[::-1]
    first = True
    while waiting:
        word = waiting.pop()
        text = word.text
        if text == "--":
            return
        if first and call.name in _BARE_FLAGS and text.isalpha():
            yield from _flags(call, word, f"-{text}", entry, waiting)
        elif len(text) > 1 and text[0] == "-" and not _NUMBER.fullmatch(text):
            if word.known:
                yield from _flags(call, word, text, entry, waiting)
        elif subcommand_follows and re.fullmatch(r"[a-z][\w-]*", text):
            # `git log` has a page of its own, whose flags follow.
            below = manuals.entry(f"{call.name}-{text}")
            subcommand_follows = False
            if below is not None:
                entry = below
                yield _Piece(word.span, entry.page.summary, entry)
        first = False


def _flags(
    call: Call, word: Word, text: str, entry: Entry, waiting: list[Word]
) -> Iterator[_Piece]:
    """Yield the flags in one word; a value in the next is taken from `waiting`."""
    name, equals, _ = text.partition("=")
    flag = entry.flag(name)
    known = flag is not None or name in entry.page.mentioned
    if known or text.startswith("--") or (entry.has_words and len(text) > 3):
        span = word.span
        if flag is not None and flag.value == "word" and not equals and waiting:
            span = (span[0], max(span[1], waiting.pop().span[1]))
        if flag is None:
            name = _abbreviated(name, entry)
            flag = entry.flag(name)
        yield _Piece(span, flag.text if flag else "", entry, name)
        return
    shift = len(text) - len(word.text)  # 1 if the dash was left out
    for place, letter in enumerate(text[1:], start=1):
        if not letter.isalpha():
            return  # a value, as in `-I{}` and `-d2`
        flag = entry.flag(f"-{letter}")
        at = place - shift
        start = word.start if call.exact else None
        span = word.span if start is None else (start + at, start + at + 1)
        if flag is not None and flag.value != "none":
            rest = text[place + 1 :]
            if not rest and flag.value == "word" and waiting:
                span = (span[0], max(span[1], waiting.pop().span[1]))
            elif rest and start is not None:
                span = (span[0], word.span[1])
            yield _Piece(span, flag.text, entry, f"-{letter}")
            return
        yield _Piece(span, flag.text if flag else "", entry, f"-{letter}")


def _abbreviated(name: str, entry: Entry) -> str:
    """Return the one long flag that begins so, or the name itself."""
    longer = [flag for flag in entry.page.mentioned if flag.startswith(name)]
    return longer[0] if len(longer) == 1 and len(name) > 2 else name


def _operators(root: Node, command: str) -> Iterator[Explanation]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        parent = node.parent
        if node.is_named or parent is None or node.type not in _OPERATORS:
            continue
        span, text = (node.start_byte, node.end_byte), _OPERATORS[node.type]
        if parent.type in _REDIRECTS:
            span = (parent.start_byte, min(parent.end_byte, _line_end(parent, command)))
            text = _redirected(parent, text)
        elif node.type in ("$(", "`", "<(", ">("):
            if node.start_byte != parent.start_byte:
                continue  # the closing one
            span = (parent.start_byte, parent.end_byte)
        elif parent.type in ("binary_expression", "test_command"):
            continue
        # Between double quotes the grammar counts the blanks before an expansion to it.
        blanks = len(command[slice(*span)]) - len(command[slice(*span)].lstrip())
        span = (span[0] + blanks, span[1])
        yield Explanation(span, command[slice(*span)], text, "syntax")


def _line_end(node: Node, command: str) -> int:
    end = command.find("\n", node.start_byte)
    return len(command) if end < 0 else end


def _redirected(redirect: Node, text: str) -> str:
    """Say what `2>` and `2>&1` redirect."""
    first, last = redirect.children[0], redirect.children[-1]
    errors = first.type == "file_descriptor" and first.text == b"2"
    if any(child.type == ">&" for child in redirect.children):
        streams = {b"1": "where the output goes", b"2": "where the errors go"}
        text = text.replace("into a file, replacing it", streams.get(last.text or b"", "there"))
    return text.replace("the output goes", "the errors go", 1) if errors else text
