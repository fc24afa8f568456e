import bz2
import gzip
import lzma
import os
import shutil
from pathlib import Path

import pytest

from codefusion.shell.descriptions import described
from codefusion.shell.manual import Manuals, read_help
from codefusion.shell.roff import Flag, first_sentence, read_page, read_tag


def source(pages: Path, name: str) -> str:
    return (pages / "man1" / f"{name}.1").read_text()


def test_a_page_of_man_macros_is_read_flag_by_flag(pages: Path) -> None:
    page = read_page(source(pages, "frob"))
    assert page.summary == "turn things around, e.g. files"
    assert page.flags == {
        **dict.fromkeys(
            ["-a", "--all"], Flag("do not skip names starting with a dot, i.e. hidden ones")
        ),
        **dict.fromkeys(["-w", "--width"], Flag("make it this wide", "word")),
        **dict.fromkeys(["-i", "--in-place"], Flag("change files themselves", "attached")),
        **dict.fromkeys(["-x", "--exact"], Flag("Match exactly; keep the rest")),
        **dict.fromkeys(["-n", "--name"], Flag("Only what fits", "word")),
        "--newerXY": Flag("Compare times", "word"),
    }
    assert page.mentioned >= {"-v", "-q", "--elsewhere"}


def test_a_page_of_mdoc_macros_is_read_flag_by_flag(pages: Path) -> None:
    page = read_page(source(pages, "twist"))
    assert page.summary == "wring a file"
    assert page.flags == {
        "-A": Flag("Wring it all"),
        **dict.fromkeys(["-o", "--output"], Flag("Write to file", "word")),
    }
    assert page.mentioned >= {"-A", "-B", "-c", "-h"}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("-l", {"-l": "none"}),
        ("-w, --width=COLS", {"-w": "word", "--width": "word"}),
        ("-I replace-str", {"-I": "word"}),
        ("--color[=WHEN]", {"--color": "attached"}),
        ("-n, --lines=[-]NUM", {"-n": "word", "--lines": "word"}),
        ("-q or --quiet", {"-q": "none", "--quiet": "none"}),
        ("-name pattern", {"-name": "word"}),
        ("-C <path>", {"-C": "word"}),
        ("- ", {}),
        ("", {}),
    ],
)
def test_a_tag_tells_its_flags_and_where_their_values_stand(
    tag: str, expected: dict[str, str]
) -> None:
    assert read_tag(tag) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One"),
        ("starting with . and .. are shown. More", "starting with . and .. are shown"),
        ("sizes, e.g. 2K,\n or more. Not this", "sizes, e.g. 2K, or more"),
        ("no stop", "no stop"),
        ("", ""),
    ],
)
def test_the_first_sentence_ends_at_a_full_stop_that_is_one(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_the_first_sentence_is_never_much_longer_than_a_line() -> None:
    assert len(first_sentence("word " * 500)) < 170


@pytest.mark.parametrize(
    "text", ["", ".", ".de", ".ig\n", "\\", ".TP", ".It", ".SH", "\\f(", "'\\{"]
)
def test_any_source_is_read_without_an_error(text: str) -> None:
    assert read_page(text).flags == {}


def test_pages_that_are_packed_or_point_to_another_are_read_too(pages: Path) -> None:
    folder, frob = pages / "man8", source(pages, "frob")
    folder.mkdir()
    for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        (folder / f"frob{name}.8.{name}").write_bytes(pack(frob.encode()))
    manuals = Manuals([pages])
    for name in ("frobgz", "frobbz2", "frobxz"):
        entry = manuals.entry(name)
        assert entry is not None
        assert entry.page == read_page(frob)
    wring = manuals.entry("wring")
    assert wring is not None
    assert wring.page.summary == "wring a file"


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b broken", b"\xff\xfe\x00"])
def test_a_broken_page_is_like_none(pages: Path, content: bytes) -> None:
    (pages / "man1" / "ls.1.gz").write_bytes(content)
    entry = Manuals([pages]).entry("ls")
    assert entry is not None
    assert entry.source == "built in"


@pytest.mark.parametrize("name", ["", "..", "../man1/frob", "/etc/passwd", "a b", "$(ls)", "*"])
def test_what_is_no_name_of_a_program_is_not_looked_for(manuals: Manuals, name: str) -> None:
    assert manuals.entry(name) is None


def test_the_folders_are_those_of_manpath_or_beside_the_programs(tmp_path: Path) -> None:
    (tmp_path / "opt" / "share" / "man").mkdir(parents=True)
    environment = {"PATH": f"{tmp_path}/opt/bin:relative", "XDG_CACHE_HOME": str(tmp_path)}
    beside = Manuals.of_this_machine(environment)
    assert beside.folders[0] == tmp_path / "opt" / "share" / "man"
    assert Path("/usr/share/man") in beside.folders
    named = Manuals.of_this_machine({**environment, "MANPATH": "/a:/b"})
    assert named.folders == [Path("/a"), Path("/b")]
    both = Manuals.of_this_machine({**environment, "MANPATH": "/a:"})
    assert both.folders == [Path("/a"), *beside.folders]
    assert beside.cache == tmp_path / "codefusion" / "manual"


def test_a_cached_page_is_used_until_the_file_changes(pages: Path, tmp_path: Path) -> None:
    cache, file = tmp_path / "cache", pages / "man1" / "frob.1"

    def summary() -> str:
        entry = Manuals([pages], cache).entry("frob")
        assert entry is not None
        return entry.page.summary

    first = summary()
    stamp = file.stat()
    assert Manuals([pages], cache).entry("frob") == Manuals([pages]).entry("frob")
    # The same size and time, other words: only the cache can still know the first ones.
    file.write_text(file.read_text().replace("turn", "TURN"))
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert summary() == first
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    assert summary() == first.replace("turn", "TURN")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"stamp": 1}', '{"stamp": null, "flags": 3}'])
def test_a_broken_cache_is_made_anew(pages: Path, tmp_path: Path, content: str) -> None:
    cache = tmp_path / "cache"
    Manuals([pages], cache).entry("frob")
    (stored,) = cache.iterdir()
    stored.write_text(content)
    assert Manuals([pages], cache).entry("frob") == Manuals([pages]).entry("frob")
    assert len(stored.read_text()) > 100


def test_a_cache_that_cannot_be_written_does_no_harm(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Manuals([pages], tmp_path / "file" / "cache").entry("frob") is not None


def test_without_a_page_the_built_in_words_tell() -> None:
    entry = Manuals([]).entry("ls")
    assert entry is not None
    assert (entry.source, entry.page) == ("built in", described("ls"))
    assert not entry.lacks("--no-such-flag")
    assert Manuals([]).entry("no-such-program") is None


@pytest.mark.parametrize(
    "name", ["ls", "find", "grep", "egrep", "sed", "awk", "xargs", "tar", "sort", "cp", "mv", "rm"]
)
def test_the_built_in_words_describe_common_utilities_and_flags(name: str) -> None:
    page = described(name)
    assert page is not None
    assert page.summary
    assert page.flags
    for flag, what in page.flags.items():
        assert flag.startswith("-")
        assert what.text[0].isupper()
        assert not what.text.endswith(".")


def test_the_page_of_a_machine_comes_before_the_built_in_words(pages: Path) -> None:
    (pages / "man1" / "ls.1").write_text(source(pages, "frob"))
    entry = Manuals([pages]).entry("ls")
    assert entry is not None
    assert entry.source == "manual page"


HELP = """read: read [-ers] [-a array] [name ...]
    Read a line and split it.

    Reads a single line.

    Options:
      -a array\tassign the words to the
    \t\tvariable ARRAY
      -r\tdo not allow escapes

    Exit Status:
    Zero.
"""


def test_the_help_of_the_shell_is_read_like_a_page() -> None:
    page = read_help(HELP)
    assert page.summary == "Read a line and split it"
    assert page.flags == {
        "-a": Flag("assign the words to the variable ARRAY", "word"),
        "-r": Flag("do not allow escapes"),
    }
    assert page.mentioned >= {"-e", "-r", "-s"}


def test_builtins_are_asked_of_the_shell_and_nothing_else_is_run(tmp_path: Path) -> None:
    shell = shutil.which("bash")
    assert shell is not None
    cd = Manuals([], shell=shell).entry("cd")
    assert cd is not None
    assert cd.source == "shell help"
    assert "-P" in cd.page.flags
    # A program of a user's is never run, not even for its help.
    program = tmp_path / "frobnicate"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    program.chmod(0o755)
    manuals = Manuals.of_this_machine({"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert manuals.entry("frobnicate") is None
    assert not (tmp_path / "was-run").exists()
