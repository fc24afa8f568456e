"""What utilities and their flags do on this machine: manual pages, the shell's help, own words.

Not for running programs: of an unknown one not even `--help` is asked, since that would run it.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from codefusion.shell.builtins import BUILTINS
from codefusion.shell.descriptions import described
from codefusion.shell.roff import (
    Flag,
    Page,
    Value,
    first_sentence,
    flags_in,
    letters_in,
    read_page,
    read_tag,
)

# Raised when what is read of a page changes, so that older caches are not taken for it.
_CACHE_VERSION = 1
_SECTIONS = ("1", "8", "6", "n", "1p", "1ssl")
_NAME = re.compile(r"[\w.+@\[:-]+")
_INCLUDE = re.compile(r"\.so\s+(\S+)")
_OPEN: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}
_WORD = re.compile(r"-[a-z]{3,}")
_SOME = 8
_PATTERN = re.compile(r"(-[a-z]+)([A-Z]{2,})")

Source: TypeAlias = Literal["manual page", "shell help", "built in"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a utility, and from where."""

    name: str
    page: Page
    source: Source

    def flag(self, name: str) -> Flag | None:
        """Return what a flag does, None if that is not told."""
        return self.page.flags.get(name)

    def lacks(self, flag: str) -> bool:
        """Whether the utility has no such flag here; never on the word of the built-in table.

        A page need not describe what it has: a flag that it names anywhere counts as there.
        """
        return (
            self.source != "built in"
            and flag not in self.page.mentioned
            and not any(_stands_for(name, flag) for name in self.page.mentioned)
        )

    @property
    def has_words(self) -> bool:
        """Whether flags of one dash may be words here, like those of `find`, and no clusters."""
        return sum(bool(_WORD.fullmatch(name)) for name in self.page.mentioned) > _SOME


@dataclass
class Manuals:
    """The manual pages below some folders, with a cache of what was read of them.

    `folders` hold `man1`, `man8` and so on; `cache` is a folder, None for no cache; `shell` is a
    bash to ask for its builtins, None for none.
    """

    folders: Sequence[Path]
    cache: Path | None = None
    shell: str | None = None
    _known: dict[str, Entry | None] = field(default_factory=dict)

    @classmethod
    def of_this_machine(cls, environment: Mapping[str, str] = os.environ) -> Manuals:
        """Return those that `man` would find, cached below XDG_CACHE_HOME."""
        cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return cls(
            list(_man_path(environment)),
            Path(cache) / "codefusion" / "manual",
            shutil.which("bash", path=environment.get("PATH")),
        )

    def entry(self, utility: str) -> Entry | None:
        """Return what is known of a utility, None if nothing is. `git-log` is a utility too."""
        if utility not in self._known:
            self._known[utility] = self._find(utility)
        return self._known[utility]

    def _find(self, utility: str) -> Entry | None:
        if not _NAME.fullmatch(utility) or utility in (".", ".."):
            return None
        if utility in BUILTINS and self.shell is not None:
            page = self._cached(Path(self.shell), utility, partial(self._help, utility))
            if page is not None:
                return Entry(utility, page, "shell help")
        for file in self._files(utility):
            page = self._cached(file, utility, partial(_read, file))
            if page is not None:
                return Entry(utility, page, "manual page")
        page = described(utility)
        return None if page is None else Entry(utility, page, "built in")

    def _files(self, utility: str) -> Iterator[Path]:
        # Asked for one by one: to list a folder with thousands of pages takes far longer.
        for section in _SECTIONS:
            for folder in self.folders:
                for packed in ("", *_OPEN):
                    file = folder / f"man{section[0]}" / f"{utility}.{section}{packed}"
                    if file.is_file():
                        yield file

    def _help(self, utility: str) -> Page | None:
        assert self.shell is not None
        with suppress(OSError, subprocess.TimeoutExpired):
            done = subprocess.run(
                [self.shell, "--norc", "--noprofile", "-c", 'help -- "$1"', "_", utility],
                capture_output=True,
                timeout=5,
                stdin=subprocess.DEVNULL,
                # Neither BASH_ENV nor functions of the caller's, which bash would run.
                env={"LC_ALL": "C"},
                check=False,
            )
            if done.returncode == 0:
                return read_help(done.stdout.decode(errors="replace"))
        return None

    def _cached(self, file: Path, utility: str, read: Callable[[], Page | None]) -> Page | None:
        """Return what `read` does, from the cache if `file` is as it was then."""
        try:
            stamp = [_CACHE_VERSION, file.stat().st_mtime_ns, file.stat().st_size]
        except OSError:
            return None
        if self.cache is None:
            return read()
        key = hashlib.sha256(f"{file}\0{utility}".encode()).hexdigest()[:24]
        stored = self.cache / f"{key}.json"
        # A cache that is missing, broken or cannot be written only costs time.
        with suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(stored.read_text(encoding="utf-8"))
            if content["stamp"] == stamp:
                return _unpacked(content)
        page = read()
        if page is not None:
            with suppress(OSError):
                self.cache.mkdir(parents=True, exist_ok=True)
                temporary = stored.with_suffix(f".{os.getpid()}")
                temporary.write_text(json.dumps(_packed(page, stamp)), encoding="utf-8")
                temporary.replace(stored)
        return page


def _stands_for(name: str, flag: str) -> bool:
    """Whether a flag is one of those that the page calls `-newerXY`."""
    found = _PATTERN.fullmatch(name)
    return bool(found and flag.startswith(found[1]) and len(flag) == len(name))


def read_help(text: str) -> Page:
    """Read what `help` of bash prints of one builtin."""
    usage, _, rest = text.partition("\n")
    lines = rest.splitlines()
    summary = first_sentence(next((line for line in lines if line.strip()), ""))
    flags: dict[str, Flag] = {}
    names: dict[str, Value] = {}
    described: list[str] = []
    for line in [*lines, ""]:
        found = re.match(r"\s{4,8}(-\S.*?)(?:\t+|\s{2,})(\S.*)", line)
        if found or not line.strip():
            sentence = first_sentence(" ".join(described))
            flags |= {name: Flag(sentence, value) for name, value in names.items() if sentence}
            names, described = (read_tag(found[1]), [found[2]]) if found else ({}, [])
        elif names:
            described.append(line)
    return Page(summary, flags, frozenset(flags_in(text)) | letters_in(usage))


def _read(file: Path) -> Page | None:
    with suppress(OSError, EOFError, lzma.LZMAError):
        source = _source(file)
        found = _INCLUDE.match(source)
        if found:
            # Relative to the folder that holds man1 and so on.
            other = file.parent.parent / found[1]
            packed = [other.with_name(other.name + suffix) for suffix in ("", *_OPEN)]
            source = next((_source(one) for one in packed if one.is_file()), "")
        page = read_page(source)
        if page.summary or page.flags:
            return page
    return None


def _source(file: Path) -> str:
    unpack = _OPEN.get(file.suffix, bytes)
    return unpack(file.read_bytes()).decode("utf-8", errors="replace")


def _man_path(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders of MANPATH, where an empty part stands for the usual ones, or those."""
    seen: set[Path] = set()
    for part in environment.get("MANPATH", "").split(":"):
        folders = [Path(part)] if part else list(_usual_folders(environment.get("PATH", "")))
        for folder in folders:
            if folder not in seen:
                seen.add(folder)
                yield folder


def _usual_folders(path: str) -> Iterator[Path]:
    for programs in path.split(":"):
        if programs.startswith("/"):
            above = Path(programs).parent
            yield from (
                folder for folder in (above / "share/man", above / "man") if folder.is_dir()
            )
    yield from (Path("/usr/local/share/man"), Path("/usr/share/man"))


def _packed(page: Page, stamp: list[int]) -> dict[str, object]:
    flags = {name: [flag.text, flag.value] for name, flag in page.flags.items()}
    mentioned = sorted(page.mentioned)
    return {"stamp": stamp, "summary": page.summary, "flags": flags, "mentioned": mentioned}


def _unpacked(content: Any) -> Page:
    flags = {name: Flag(text, value) for name, (text, value) in content["flags"].items()}
    return Page(content["summary"], flags, frozenset(content["mentioned"]))
