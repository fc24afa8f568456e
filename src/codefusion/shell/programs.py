"""One-line programs of other languages within a command: `python -c`, `perl -e`, `awk '...'`.

Not a parser of those languages: what they run or delete is looked for by its common spellings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from codefusion.shell.options import Options
from codefusion.shell.words import Word

# The option of each interpreter that takes a program, and its other options that take a value.
_INTERPRETERS = {
    "python": (("-c",), ("-m", "-W", "-X")),
    "perl": (("-e", "-E"), ("-M", "-m", "-I")),
    "ruby": (("-e",), ("-r", "-I")),
    "node": (("-e", "-p", "--eval", "--print"), ("-r", "--require")),
    "php": (("-r",), ("-d",)),
    "lua": (("-e",), ("-l",)),
    "osascript": (("-e",), ("-l",)),
}
_EDITORS = {"vim", "vi", "nvim", "ex", "view"}
_AWKS = {"awk", "gawk", "mawk", "nawk"}
_SEDS = {"sed", "gsed"}
_VERSION = re.compile(r"[\d.]+$")

_STRING = r"""(?:[rbfu]*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
# `system("rm x")`, `subprocess.run("rm x", shell=True)`, `execSync('rm x')`, "`rm x`".
_RUNS = re.compile(
    rf"\b(?:system|popen|exec\w*|spawn\w*|run|call|check_call|check_output|Popen|getoutput"
    rf"|shell_exec|passthru|do shell script)\s*\(?\s*{_STRING}(\s*[^\s,;)}}]?)"
)
# `subprocess.run(["rm", "x"])`, `spawn("rm", ["x"])`, `system("rm", "x")`.
_RUNS_LIST = re.compile(
    rf"\b(?:system|exec\w*|spawn\w*|run|call|check_call|check_output|Popen)\s*\(\s*\[?\s*"
    rf"({_STRING}(?:\s*,\s*\[?\s*{_STRING})+)"
)
_ANY_STRING = re.compile(_STRING)
_BACKTICKS = re.compile(r"`([^`]+)`|%x[({\[]([^)}\]]+)[)}\]]|\bqx[/({]([^/)}]+)[/)}]")
_EDITOR_SHELL = re.compile(r"^:?(?:silent\s+)?!(.+)")
_AWK_PIPE = re.compile(rf"\bprint\w*\b[^;\n}}]*\|\s*{_STRING}|{_STRING}\s*\|\s*getline")
_SED_RUNS = re.compile(r"(?:^|[;\n{\d$/])\s*e\s+([^;\n]+)")


def interpreter(name: str) -> str | None:
    """Return `python` for `python3.11` and so on; None for what runs no programs of its own."""
    base = _VERSION.sub("", name)
    base = {"nodejs": "node", "pypy": "python", "deno": "node", "bun": "node"}.get(base, base)
    return base if base in _INTERPRETERS else None


def program_words(name: str, words: Sequence[Word]) -> list[Word]:
    """Return the words of a call that are programs."""
    kind = interpreter(name)
    if kind is not None:
        return _given(words, *_INTERPRETERS[kind])
    if name in _AWKS:
        options = Options(words[1:], ("-F", "-v", "-f", "--field-separator", "--assign", "--file"))
        has_file = options.value("-f", "--file") is not None
        return [] if has_file else options.operands[:1]
    if name in _SEDS:
        options = Options(words[1:], ("-e", "-f", "-l", "--expression", "--file"))
        return _given(words, ("-e", "--expression"), ()) or options.operands[:1]
    if name in _EDITORS:
        given = _given(words, ("-c", "--cmd"), ())
        plus = [word for word in words[1:] if word.text.startswith("+")]
        return given + [replace(word, text=word.text[1:], start=None) for word in plus]
    return []


def program_texts(name: str, words: Sequence[Word], stdin: str | None) -> list[str]:
    """Return the programs of a call that can be read: in its words, or in its known input."""
    texts = [word.text for word in program_words(name, words)]
    return [*texts, stdin] if stdin is not None and reads_program(name, words) else texts


def reads_program(name: str, words: Sequence[Word]) -> bool:
    """Whether an interpreter takes its program from standard input."""
    kind = interpreter(name)
    if kind is None or program_words(name, words):
        return False
    takes, valued = _INTERPRETERS[kind]
    options = Options(words[1:], (*takes, *valued))
    if options.has("-m", "--version", "--help", "-V", "-h"):
        return False
    return not options.operands or options.operands[0].text in ("-", "/dev/stdin")


def embedded_scripts(name: str, text: str) -> Iterator[str]:
    """Yield the shell scripts that the program `text` of the interpreter `name` runs."""
    if name in _EDITORS:
        if found := _EDITOR_SHELL.match(text):
            yield found[1]
        return
    if name in _SEDS:
        yield from (found[1] for found in _SED_RUNS.finditer(text))
        return
    for found in _RUNS_LIST.finditer(text):
        yield " ".join(_unquoted(one[1]) for one in _ANY_STRING.finditer(found[1]))
    for found in _RUNS.finditer(text):
        # What is added to the text, as in `system("rm " $1)`, is not known.
        yield _unquoted(found[1]) + (" $x" if found[2].strip() else "")
    if name in _AWKS:
        yield from (_unquoted(found[1] or found[2]) for found in _AWK_PIPE.finditer(text))
    elif interpreter(name) in ("perl", "ruby", "php"):
        for found in _BACKTICKS.finditer(text):
            yield found[1] or found[2] or found[3]


def _given(words: Sequence[Word], takes: Sequence[str], valued: Sequence[str]) -> list[Word]:
    """Return the values of options, apart (`-e x`), attached (`-ex`) or clustered (`-ne x`)."""
    letters = "".join(name[1] for name in takes if len(name) == 2)
    attached = re.compile(rf"-[A-Za-z0-9]*?[{letters}](.+)|--\w+=(.*)", re.DOTALL)
    found: list[Word] = []
    for index, word in enumerate(words[1:], start=1):
        text = word.text
        if not text.startswith("-") or text[:2] in valued:
            continue
        last = f"-{text[-1]}" if text[1:2] != "-" else text
        if last in takes:
            found += words[index + 1 : index + 2]
            continue
        match = attached.fullmatch(text)
        if match and (match[1] or text.partition("=")[0] in takes):
            found.append(replace(word, text=match[1] or match[2], start=None))
    return found


def _unquoted(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1])
