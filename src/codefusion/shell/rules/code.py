"""Code that comes from elsewhere, or that is only known when it runs.

Not for what code in plain sight does: `calls` reads nested scripts, and other rules judge them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from codefusion.shell.calls import Call, Reading
from codefusion.shell.notes import Danger, Level, caution, danger
from codefusion.shell.options import Options
from codefusion.shell.programs import interpreter, program_texts, program_words, reads_program
from codefusion.shell.words import Word
from codefusion.shell.wrappers import SHELLS, shell_script

_DOWNLOADERS = {
    "curl", "wget", "fetch", "aria2c", "http", "https", "xh", "nc", "ncat", "netcat", "socat",
    "lynx", "w3m", "ftp", "lftp", "tftp", "telnet", "dig", "nslookup", "ssh", "scp", "gsutil",
}  # fmt: skip
_DECODERS = {"base64", "base32", "xxd", "openssl", "uudecode", "gpg", "rev", "tr"}
_SOURCES = {"source", "."}
# Variables that name a program by convention.
_PROGRAM_VARIABLES = {
    "EDITOR", "VISUAL", "PAGER", "BROWSER", "CC", "CXX", "LD", "MAKE", "PYTHON", "TERMINAL",
}  # fmt: skip
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")

_DELETES = re.compile(
    # A name alone may be a text to look for: `perl -ne 'print if /unlink/'`.
    r"\b(?:(?:os\.)?(?:unlink|rmdir|rmtree|remove_tree|rm_rf|rm_r|rm_f|remove_dir|unlinkSync"
    r"|rmSync|rmdirSync|removedirs)|os\.(?:remove|truncate)|shutil\.rmtree|File\.delete"
    r"|FileUtils\.(?:rm|remove)\w*|fs\.(?:rm|unlink|rmdir))(?=\s*(?:[($@\"'<\w;}]|$))"
)
_FORKS = re.compile(r"\bfork\b\W*\bwhile\b|\bwhile\b.*\bfork\b")
_FETCHES = re.compile(r"\b(?:exec|eval)\b.*(?:urlopen|requests\.get|https?://|LWP)", re.DOTALL)
_TRUNCATES = re.compile(r"""open\([^)]*,\s*['"][wx]b?\+?['"]|\.write_text\(|writeFileSync|>\s*\$""")
_AWK_WRITES = re.compile(r"""\bprintf?\b[^;\n}|>]*>\s*("[^"]*"|\w+)""")
_STATEMENTS = re.compile(
    r"\b(?:drop\s+(?:database|schema|table|user|role|index|view)|truncate\s+(?:table\s+)?\w+"
    r"|delete\s+from|alter\s+table\s+\S+\s+drop)\b|dropDatabase\(|\.drop\(\)|deleteMany\("
    r"|remove\(\{?\}?\)|\b(?:flushall|flushdb)\b",
    re.IGNORECASE,
)
_DATABASES = {
    "mysql", "mariadb", "psql", "sqlite3", "mongo", "mongosh", "redis-cli", "sqlcmd", "cqlsh",
    "clickhouse-client", "duckdb", "sqlplus",
}  # fmt: skip


def code_dangers(reading: Reading) -> Iterator[Danger]:
    """Yield the notes on what runs without being seen in the command."""
    saved: set[str] = set()
    for redirect in reading.redirects:
        if redirect.operator.startswith(">") and _from_network(redirect.calls):
            saved.add(redirect.target.text)
        yield from _fed_by([redirect.target], redirect.calls)
    for call in reading.calls:
        yield from _computed(call)
        yield from _fed(call)
        yield from _fed_by(call.words, call.feeds)
        yield from _program(call)
        yield from _database(call)
        yield from _connects(call)
        if call.name in ("curl", "wget"):
            saved |= _saved(call)
        else:
            yield from _saved_and_run(call, saved)
        if call.name == "tee" and _from_network(call.feeds):
            saved |= {word.text for word in call.words[1:]}
    yield from (
        Danger("stop", Level.DANGER, span, "Multiplies itself until the machine stands still.")
        for span in reading.multiplying
    )


def _computed(call: Call) -> Iterator[Danger]:
    if call.name:
        return
    name = call.words[0]
    variable = _VARIABLE.fullmatch(name.text)
    if variable and variable[1] in _PROGRAM_VARIABLES:
        return
    if _from_network((*name.inside, *(call.feeds if name.text == "{}" else ()))):
        yield danger(call, "network", "Runs what is downloaded, unseen.")
    elif _decoded(name.inside) or not (name.inside and "eval" in call.via):
        yield danger(call, "unseen", f"Which program {name.text} is, only running it will tell.")
    else:
        # Such as `eval "$(ssh-agent -s)"`, which many programs ask for.
        yield caution(call, "unseen", "Runs what another program prints, unseen.")


def _fed(call: Call) -> Iterator[Danger]:
    """Judge shells and interpreters that read their code from a pipe or a substitution."""
    if call.name in SHELLS:
        script = shell_script(call.words)
        reads = script is None and not call.has_script
        yield from _source_of_code(call, script, reads)
    elif call.name in _SOURCES:
        yield from _source_of_code(call, call.words[1] if len(call.words) > 1 else None, False)
    elif interpreter(call.name):
        programs = program_words(call.name, call.words)
        script = next(iter(programs or call.words[1:]), None)
        yield from _source_of_code(call, script, reads_program(call.name, call.words))


def _fed_by(words: Iterable[Word], feeds: Iterable[Call]) -> Iterator[Danger]:
    """Judge shells in `>(...)` that read what is written there."""
    for word in words:
        for inner in word.inside if word.text.startswith(">(") else ():
            if inner.name in SHELLS and shell_script(inner.words) is None:
                yield from _source_of_code(replace(inner, feeds=tuple(feeds)), None, True)


def _source_of_code(call: Call, script: Word | None, reads: bool) -> Iterator[Danger]:
    inside: Sequence[Call] = script.inside if script is not None else ()
    if (reads and call.stdin is None) or (script is not None and script.text == "/dev/stdin"):
        inside = (*inside, *call.feeds)
    if not inside:
        return
    if _from_network(inside):
        yield danger(call, "network", "Runs what is downloaded, unseen.")
    elif call.name in _SOURCES and not _decoded(inside):
        yield caution(call, "unseen", "Runs what another program prints, unseen.")
    else:
        yield danger(call, "unseen", "Runs what other programs print, unseen.")


def _program(call: Call) -> Iterator[Danger]:
    for text in program_texts(call.name, call.words, call.stdin):
        if interpreter(call.name):
            if _FORKS.search(text):
                yield danger(call, "stop", "Multiplies itself until the machine stands still.")
            if _FETCHES.search(text):
                yield danger(call, "network", "Runs what is downloaded, unseen.")
            if found := _DELETES.search(text):
                yield danger(call, "delete", f"Its program deletes files ({found[0].strip('.(')}).")
            elif _TRUNCATES.search(text):
                yield caution(call, "overwrite", "Its program writes files.")
        elif "awk" in call.name:
            for written in _AWK_WRITES.finditer(text):
                target = written[1].strip('"')
                if not target.startswith("/dev/std") and not target.isdigit():
                    yield caution(call, "overwrite", "Its program may overwrite files.")


def _database(call: Call) -> Iterator[Danger]:
    if call.name in ("dropdb", "mysqladmin") and (
        call.name == "dropdb" or "drop" in [word.text for word in call.words]
    ):
        yield danger(call, "delete", "Deletes a database.")
    if call.name in _DATABASES:
        texts = [word.text for word in call.words[1:]] + [call.stdin or ""]
        if found := _STATEMENTS.search(" ".join(texts)):
            yield danger(call, "delete", f"Deletes data of the database ({found[0]}).")


def _connects(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:])
    texts = [word.text for word in call.words[1:]]
    if call.name in ("nc", "ncat", "netcat") and options.has("-e", "-c", "--exec", "--sh-exec"):
        yield danger(call, "network", "Hands a shell to whoever is on the other side.")
    elif call.name == "socat" and any(re.match(r"(?i)(?:exec|system):", text) for text in texts):
        yield danger(call, "network", "Hands a program to whoever is on the other side.")
    elif call.name == "curl" and (
        options.has("-T", "--upload-file") or any(re.match(r"@|[\w.]+=@", text) for text in texts)
    ):
        yield caution(call, "send", "Sends a file over the network.")


def _saved(call: Call) -> set[str]:
    options = Options(call.words[1:], ("-o", "-O", "--output", "--output-document"))
    if call.name == "wget":
        path = options.value("-O", "--output-document")
    else:
        path = Options(call.words[1:], ("-o", "--output")).value("-o", "--output")
    if path is not None:
        return {path}
    # By default wget, and curl with -O, name the file after the last part of the address.
    return {word.text.rpartition("/")[2] for word in call.words[1:] if "://" in word.text}


def _saved_and_run(call: Call, saved: set[str]) -> Iterator[Danger]:
    runs = call.name in SHELLS | _SOURCES or interpreter(call.name)
    texts = [word.text for word in (call.words[1:] if runs else call.words[:1])]
    if saved & {text.removeprefix("./") for text in texts} | saved & set(texts):
        yield danger(call, "network", "Runs what was downloaded, unseen.")


def _from_network(calls: Iterable[Call]) -> bool:
    return any(call.name in _DOWNLOADERS for call in calls)


def _decoded(calls: Iterable[Call]) -> bool:
    return any(call.name in _DECODERS for call in calls)
