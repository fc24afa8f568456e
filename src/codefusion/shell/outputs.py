"""What a call prints, where its words alone tell: `echo rm`, `which rm`, `base64 -d <<< ...`.

Not for running anything, and not for programs that look at files.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from codefusion.shell.options import Options

if TYPE_CHECKING:
    from codefusion.shell.calls import Call

_FORMAT = re.compile(r"%(?:-?\d*)([sdbq%])")
_ESCAPES = {r"\n": "\n", r"\t": "\t", r"\\": "\\"}
_ESCAPE = re.compile(r"\\[nt\\]|\\x([0-9a-fA-F]{1,2})|\\0?([0-7]{1,3})")


def known_output(call: Call) -> str | None:
    """Return what a call prints, None where its words do not tell."""
    arguments = call.words[1:]
    if not all(word.known and not word.glob for word in arguments):
        return None
    texts = [word.text for word in arguments]
    match call.name:
        case "echo":
            return _echo(texts)
        case "printf":
            return _printf(texts)
        case "which" | "type" | "command":
            names = [text for text in texts if not text.startswith("-")]
            return names[-1] + "\n" if names else None
        case "cat" | "tee":
            return call.stdin if not [text for text in texts if text != "-"] else None
        case "rev":
            return None if call.stdin is None else call.stdin.rstrip("\n")[::-1] + "\n"
        case "base64" | "base32":
            decodes = Options(arguments).may_have("-d", "-D", "--decode")
            return _decoded(call.name, call.stdin) if decodes else None
        case "xxd":
            return _decoded("xxd", call.stdin) if any("r" in text for text in texts) else None
        case _:
            return None


def _echo(texts: list[str]) -> str:
    newline, escapes = "\n", False
    while texts and re.fullmatch(r"-[neE]+", texts[0]):
        newline = "" if "n" in texts[0] else newline
        escapes = escapes or "e" in texts[0]
        texts = texts[1:]
    text = " ".join(texts)
    return (_ESCAPE.sub(_character, text) if escapes else text) + newline


def _printf(texts: list[str]) -> str | None:
    if not texts or texts[0].startswith("-"):
        return None
    pattern, values = _ESCAPE.sub(_character, texts[0]), texts[1:]
    printed = ""
    while True:
        waiting = values[::-1]

        def filled(match: re.Match[str], waiting: list[str] = waiting) -> str:
            return "%" if match[1] == "%" else waiting.pop() if waiting else ""

        printed += _FORMAT.sub(filled, pattern)
        if not waiting or len(waiting) == len(values):
            return printed
        values = waiting[::-1]


def _character(match: re.Match[str]) -> str:
    hexadecimal, octal = match[1], match[2]
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return chr(int(octal, 8)) if octal else _ESCAPES[match[0]]


def _decoded(kind: str, text: str | None) -> str | None:
    if text is None:
        return None
    packed = "".join(text.split()).encode("ascii", "replace")
    try:
        match kind:
            case "base64":
                raw = base64.b64decode(packed + b"=" * (-len(packed) % 4))
            case "base32":
                raw = base64.b32decode(packed)
            case _:
                raw = binascii.unhexlify(packed)
    except ValueError:
        return None
    return raw.decode("utf-8", "replace")
