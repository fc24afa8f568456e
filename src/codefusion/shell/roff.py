"""Manual pages read from their source: what a program does, and what each of its flags does.

Not a formatter: of the macros of man(7) and mdoc(7) only those that tell words, tags and paragraphs
apart are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

_FONT = re.compile(
    r"\\f(?:\[[^\]]*\]|\(..|.)|\\s[-+]?\d+|\\[&|^/,:%)c]|\\[mn*](?:\[[^\]]*\]|\(..|.)"
)
_SPECIAL = re.compile(r"\\\((..)|\\\[([^\]]+)\]")
_GLYPHS = {
    "aq": "'", "cq": "'", "oq": "'", "dq": '"', "lq": '"', "rq": '"', "em": "-", "en": "-",
    "hy": "-", "mi": "-", "ti": "~", "ha": "^", "rs": "\\", "bu": "*", "ga": "`", "ba": "|",
    "la": "<", "ra": ">", "co": "(c)", "lB": "[", "rB": "]", "lC": "{", "rC": "}", "sl": "/",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_SECTIONS = {"SH", "SS", "Sh", "Ss"}
_PARAGRAPHS = {"PP", "P", "LP", "Pp", "sp", "RE", "HP", "El"}
# Macros of fonts: those of two letters alternate, and put their words together without blanks.
_FONTS = {"B", "I", "SM", "SB", "R"}
_ALTERNATING = {"BR", "BI", "IR", "IB", "RB", "RI"}
_QUOTES = {"Dq": '""', "Sq": "''", "Qq": '""', "Op": "[]", "Ql": "''", "Pq": "()", "Bq": "[]"}
_MDOC_WORDS = {
    "Fl", "Ar", "Nm", "Cm", "Pa", "Ic", "Li", "Em", "Sy", "Xr", "Ev", "Va", "Dv", "Sx", "Oo", "Oc",
    "Xo", "Xc", "Ns", "No", "Pf", "Ap", "Tn", "Ux", "Ad", "Er", "Fa", "Fn", "Ft", "Vt", "Ms", "Qo",
    "Qc", "Do", "Dc", "So", "Sc", "Po", "Pc", "Bo", "Bc", "Ao", "Ac", "Aq", "Brq", "Lk", "Mt",
    *_QUOTES,
}  # fmt: skip
_DROPPED = {"Oo": "[", "Oc": "]", "Xo": "", "Xc": "", "Ns": "", "No": "", "Ap": "'"}

_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z0-9?@#%](?:[\w-]*\w)?")
# The value of `--color[=WHEN]` and `-i[SUFFIX]`, but not that of `--lines=[-]NUM`.
_OPTIONAL = re.compile(r"\[|=\[[^\]]*\](?!\w)")
_VALUE = re.compile(r"(?!\s*(?:or|and)\b)(?:=|\s+[<\[{A-Za-z.]|<)")
# A full stop after a blank is a file name; `e.g.` ends nothing.
_SENTENCE = re.compile(r"(.*?[^\s.][)'\"]?(?<!e\.g)(?<!i\.e)(?<!etc))\.(?:\s|$)")
_LONGEST = 160


# Where the value of a flag stands: nowhere, attached if at all (`-i.bak`), or in the next word too.
Value: TypeAlias = Literal["none", "attached", "word"]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a flag does, in a sentence or part of one, and where its value stands."""

    text: str
    value: Value = "none"


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says: `flags` are those it describes, `mentioned` all that it names anywhere."""

    summary: str = ""
    flags: dict[str, Flag] = field(default_factory=dict)
    mentioned: frozenset[str] = frozenset()


class _Event(NamedTuple):
    kind: Literal["section", "tag", "text", "paragraph", "indent"]
    text: str = ""


def read_page(source: str) -> Page:
    """Read the source of a page; parts that are not understood are left out."""
    return _page(_events(_lines(source)))


def first_sentence(text: str) -> str:
    """Return the first sentence of a description, without its full stop and not too long."""
    text = " ".join(text.split())
    found = _SENTENCE.match(text)
    sentence = found[1] if found else text
    if len(sentence) > _LONGEST:
        sentence = sentence.partition("; ")[0]
    if len(sentence) > _LONGEST:
        sentence = sentence[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return sentence.rstrip(":; ")


def flags_in(text: str) -> set[str]:
    """Return everything in a text that is spelled like a flag."""
    return {match[0] for match in _FLAG.finditer(text)}


def letters_in(usage: str) -> set[str]:
    """Return the flags of the clusters in a usage line: `ls [-ABCF]`, `perl [ -pna ]`."""
    clusters = re.findall(r"(?<![\w-])-([A-Za-z0-9@%]+)", usage)
    return {f"-{letter}" for cluster in clusters for letter in cluster}


def read_tag(tag: str) -> dict[str, Value]:
    """Return the flags that a tag such as `-w, --width=COLS` names, with their values' places."""
    matches = list(_FLAG.finditer(tag))
    ends = [*(match.start() for match in matches[1:]), len(tag)]
    found: dict[str, Value] = {}
    for match, end in zip(matches, ends, strict=False):  # no match, one end
        rest = tag[match.end() : end]
        found[match[0]] = (
            "attached" if _OPTIONAL.match(rest) else "word" if _VALUE.match(rest) else "none"
        )
    # `-w, --width=COLS` has the value after the last only.
    last: Value = list(found.values())[-1] if found else "none"
    return {name: last if value == "none" else value for name, value in found.items()}


def _lines(source: str) -> Iterator[str]:
    """Yield the lines without comments, definitions and the bodies of conditions."""
    ends: list[str] = []
    depth = 0
    for line in source.replace("\\\n", " ").splitlines():
        if ends:
            if "".join(line.split()) == ends[-1]:
                ends.pop()
            continue
        depth += line.count("\\{") - line.count("\\}") if line.startswith((".", "'")) else 0
        request = re.match(r"[.']\s*(?:ig|(?:de|am)1?\s+[^\s\"]+)\s*([^\s\\]*)", line)
        if request:
            ends.append("." + (request[1] or "."))
        elif depth > 0 or re.match(r"[.']\s*(?:if|ie|el|\\\})", line):
            continue
        elif not re.match(r"[.']?\s*\\\"", line):
            yield re.sub(r'(?<!\\)\\".*', "", line).rstrip()


def _plain(text: str) -> str:
    text = _FONT.sub("", text.replace("\\-", "-").replace("\\e", "\0"))
    text = _SPECIAL.sub(lambda match: _GLYPHS.get(match[1] or match[2], ""), text)
    text = text.replace("\\ ", " ").replace("\\~", " ").replace("\\0", " ")
    return _ESCAPE.sub(r"\1", text).replace("\0", "\\")


def _events(lines: Iterable[str]) -> Iterator[_Event]:
    tag_follows = False
    for line in lines:
        request = re.match(r"[.']\s*(\w+|\\)?\s*(.*)", line)
        if request is None:
            if not line.strip():
                yield _Event("paragraph")
                continue
            yield _Event("tag" if tag_follows else "text", _plain(line))
            tag_follows = False
            continue
        name, rest = request[1] or "", request[2]
        if name in _SECTIONS:
            yield _Event("section", _plain(" ".join(_arguments(rest))))
        elif name in ("TP", "TQ"):
            tag_follows = True
        elif name == "IP":
            yield _Event("tag", _plain((_arguments(rest) or [""])[0]))
        elif name == "It":
            yield _Event("tag", _plain(_mdoc(_arguments(rest))))
        elif name in ("RS", "Bl", "Bd"):
            yield _Event("indent")
        elif name in _PARAGRAPHS:
            yield _Event("paragraph")
        else:
            text = _words(name, rest)
            if text:
                yield _Event("tag" if tag_follows else "text", text)
                tag_follows = False


def _words(name: str, rest: str) -> str:
    arguments = _arguments(rest)
    if name in _FONTS:
        return _plain(" ".join(arguments))
    if name in _ALTERNATING:
        return _plain("".join(arguments))
    if name == "Nd":
        return "- " + _plain(_mdoc(arguments))
    return _plain(_mdoc([name, *arguments])) if name in _MDOC_WORDS else ""


def _arguments(text: str) -> list[str]:
    """Split the words of a macro, of which quoted ones may hold blanks."""
    found = re.findall(r'"((?:[^"]|"")*)"?|((?:\\ |\S)+)', text)
    return [quoted.replace('""', '"') or bare for quoted, bare in found if quoted or bare]


def _mdoc(words: list[str]) -> str:
    """Write out a line of mdoc macros: `Fl a Ns Ar file` is `-afile`."""
    written = ""
    joined, closing = False, ""
    dashes = ""
    for word in words:
        if word in _QUOTES:
            written += " " + _QUOTES[word][0]
            closing = _QUOTES[word][1] + closing
            joined = True
        elif word in _MDOC_WORDS:
            joined = joined or word == "Ns"
            dashes = dashes + "-" if word == "Fl" else ""  # `Fl Fl all` is `--all`
            written += (" " + _DROPPED[word]) if _DROPPED.get(word) else ""
        else:
            mark = word in ".,:;)]|"
            written += ("" if joined or mark else " ") + ("" if mark else dashes) + word
            joined, dashes = False, dashes[:1]
    return (written + closing).strip()


def _page(events: Iterable[_Event]) -> Page:
    summary, section = "", ""
    flags: dict[str, Flag] = {}
    everything: list[str] = []
    waiting: dict[str, Value] = {}  # flags whose description has not begun
    described: list[str] = []
    paragraph, synopsis = "", ""

    def settle() -> None:
        nonlocal waiting, described
        text = first_sentence(" ".join(described))
        if waiting and text:
            for name, value in waiting.items():
                flags.setdefault(name, Flag(text, value))
            waiting, described = {}, []

    for event in events:
        everything.append(event.text)
        if section == "SYNOPSIS":
            synopsis += " " + event.text
        if event.kind == "section":
            settle()
            waiting, described, paragraph = {}, [], ""
            section = event.text.upper()
        elif event.kind == "tag" or (event.kind == "indent" and paragraph.startswith("-")):
            settle()
            tag = event.text or paragraph
            waiting = (waiting | read_tag(tag)) if tag.startswith("-") else {}
            described, paragraph = [], ""
        elif event.kind == "text":
            if section == "NAME" and not summary:
                paragraph += " " + event.text
                _, dash, rest = paragraph.partition(" - ")
                summary = first_sentence(rest) if dash else ""
            elif waiting:
                described.append(event.text)
            else:
                paragraph = f"{paragraph} {event.text}".strip()
        else:
            if described:
                settle()
                waiting = {}
            paragraph = ""
    settle()
    text = "\n".join(everything)
    return Page(summary, flags, frozenset(flags_in(text)) | letters_in(synopsis))
