"""Requests that find answers: which files, where, and what to do with them.

Puts together the tests of `find_tests` and the actions of `find_actions`; has none of its own but
the kind of file, the place and the depth."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from codefusion.data.bash_generator import names
from codefusion.data.bash_generator.find_actions import draw_action
from codefusion.data.bash_generator.find_parts import Part
from codefusion.data.bash_generator.find_tests import NAMES, OTHERS
from codefusion.data.bash_generator.names import pick
from codefusion.data.bash_generator.templates import Pair, mention
from codefusion.data.phrasing import Phrasebook
from codefusion.data.weighted import Weighted

_BOOK = Phrasebook(
    {
        "dir": "directory|directory|directory|folder|dir|working directory",
        "here": "in the current <dir>|under the current <dir>|in current <dir>|under current "
        "<dir>|in the current directory tree|under the current directory tree|in the current "
        "<dir> recursively|recursively in the current <dir>|in this <dir>|in the current <dir> "
        "and below|in the current <dir> and its sub[-|]directories|in and below the current "
        "directory|from the current <dir>|within the current <dir>|below the current directory|in "
        "the current <dir> and all sub[-|]directories|under the current <dir> and below",
        "only": "in the current <dir> only|in the current <dir> without [recursing|descending] "
        "into sub[-|]directories|in the current <dir> non-recursively|in the current <dir> but "
        "not in its sub[-|]directories|in the current <dir> [excluding|ignoring] sub[-|"
        "]directories|directly in the current <dir>|only in the current <dir>",
        "everywhere": "[in|on] the [entire|whole] [file system|filesystem|system]|on the system|"
        "in the file system|in the root directory|under the root [directory|]|on this machine|"
        "everywhere|in the system|under /|in / directory|under the / directory|in the / folder",
        "home": "in [the|my|your] home [directory|folder]|under the home directory|in home "
        "directory|under the user's home directory|in ~",
        "there": "under {x}|in {x}|under {x}|in {x}|in the {x} [directory|folder]|under the {x} "
        "directory|in [|the ][directory|folder|path] {x}|under [|the ][directory|folder|path] {x}|"
        "in {x} [directory|folder]|under {x} directory|in {x} and [below|its subdirectories|all "
        "its subdirectories]|in the {x} directory tree|under the {x} directory tree|inside {x}|"
        "within {x}|recursively in {x}|under {x} recursively|below {x}|from {x}|in directory tree "
        "{x}",
        "both": "in {x} and {y}|under {x} and {y}|in [the directories|directories|folders] {x} "
        "and {y}|under {x} or {y}|in {x} or {y}",
        "depth": "at most {n} levels [deep|down|below]|up to {n} levels [deep|down]|no more than "
        "{n} levels deep|down to {n} levels|with a maximum depth of {n}|to a maximum depth of {n}|"
        "searching at most {n} levels deep",
        "deeper": "at least {n} levels [deep|down|below]|below {n} levels|with a minimum depth of "
        "{n}",
        "skip": "excluding [|the ]{x}[| directory| directories| folder]|ignoring [|the ]{x}[| "
        "directory| subdirectory| folder]|except [|the ]{x}[| directory| folder]|skipping [|the "
        "]{x}[| directory]|omitting [|the ]{x} [directory|subdirectory]|but not in [|the ]{x}[| "
        "directory]|excluding those in [|the ]{x}[| directory]|without descending into {x}|but "
        "skip [|the ]{x} [directory|folder]|excluding the path {x}|that are not in [|the ]{x}[| "
        "directory]",
        "same": "without [crossing|descending into] other [file systems|filesystems]|on the same "
        "[file system|filesystem|partition]|staying on one file system",
        "join": " | | | and | and |, ",
    },
    {},
)
_NOUNS = {
    "f": ("files", "files", "files", "files", "regular files", "regular files"),
    "d": ("directories", "directories", "directories", "folders", "sub-directories", "dirs"),
    "l": ("symbolic links", "symlinks", "symbolic links", "symbolic link files", "soft links"),
    "": ("files and directories", "files/directories", "files and folders"),
}
_KINDS: Weighted[str] = Weighted([(74, "f"), (16, "d"), (4, "l"), (6, "")])
_SKIPPED = (".git", ".svn", "node_modules", ".snapshot")
_QUANTIFIERS = ("all ", "all ", "all ", "all ", "all the ", "", "", "every ")


@dataclass(frozen=True)
class _Place:
    said: str
    path: str
    depth: str = ""


@dataclass(frozen=True)
class _Skip:
    """A folder to leave out: by a test among the others, or pruned before them."""

    said: str
    test: str = ""
    prune: str = ""


def _ask(rng: Random, pattern: str, **slots: str) -> str:
    return _BOOK.expand(rng, pattern, slots)


def _place(rng: Random) -> _Place:
    roll = rng.random()
    if roll < 0.43:
        said = "" if rng.random() < 0.12 else _ask(rng, "<here>")
        return _Place(said, pick(rng, (".",) * 18 + ("./", "")))
    if roll < 0.48:
        return _Place(_ask(rng, "<only>"), ".", "-maxdepth 1")
    if roll < 0.58:
        return _Place(_ask(rng, "<everywhere>"), "/")
    if roll < 0.63:
        return _Place(_ask(rng, "<home>"), pick(rng, ("~", "~", "$HOME", "~/")))
    one = names.folder(rng)
    if roll < 0.96:
        path = f'"{one}"' if one.startswith("$") and rng.random() < 0.5 else one
        return _Place(_ask(rng, "<there>", x=mention(rng, one)), path)
    two = names.folder(rng)
    said = _ask(rng, "<both>", x=mention(rng, one), y=mention(rng, two))
    return _Place(said, f"{one} {two}")


def _conditions(rng: Random) -> list[Part]:
    parts = [NAMES.draw(rng)(rng)] if rng.random() < 0.64 else []
    roll = rng.random()
    wanted = 0 if roll < (0.62 if parts else 0.25) else 1 if roll < 0.93 else 2
    makers = {OTHERS.draw(rng) for _ in range(wanted)}
    parts += [make(rng) for make in sorted(makers, key=lambda make: make.__name__)]
    if len(parts) > 1 and rng.random() < 0.4:
        parts.reverse()
    return parts


def _noun_phrase(rng: Random, kind: str, parts: list[Part], place: str) -> str:
    noun = pick(rng, _NOUNS[kind])
    before = [part.before for part in parts if part.before]
    after = [part.after.strip() for part in parts if part.after.strip()]
    if kind == "f" and any(part.bare for part in parts) and rng.random() < 0.2:
        noun = ""
    quantifier = pick(rng, _QUANTIFIERS)
    if quantifier == "every ":
        noun = _singular(noun)
    rest = _ask(rng, "<join>").join(after)
    place_first = rng.random() < 0.5 or not after
    rest = f"{place} {rest}" if place_first else f"{rest} {place}"
    return f"{quantifier}{' '.join([*before, noun])} {rest}"


def _singular(noun: str) -> str:
    noun = noun.replace("directories", "directory").replace("files and", "file and")
    return noun.removesuffix("s")


def _depth(rng: Random) -> tuple[str, str]:
    """How it is said how deep to search, and find's option for it."""
    number = names.whole(rng, 1, 5)
    if rng.random() < 0.8:
        return _ask(rng, "<depth>", n=number), f"-maxdepth {number}"
    return _ask(rng, "<deeper>", n=number), f"-mindepth {number}"


def _skip(rng: Random, path: str) -> _Skip:
    by_word = rng.random() < 0.6
    text = names.word(rng) if by_word else pick(rng, _SKIPPED)
    said = _ask(rng, "<skip>", x=mention(rng, text))
    start = path.rstrip("/") or ("" if path else ".")  # "/x" below the root
    way = rng.random()
    if way < 0.4:
        negation = pick(rng, ("-not", "-not", "!"))
        quote = pick(rng, ('"', "'"))
        return _Skip(said, test=f"{negation} -path {quote}*/{text}/*{quote}")
    if way < 0.7 and " " not in start:
        return _Skip(said, prune=f"-path {start}/{text} -prune -o")
    return _Skip(said, prune=f"-name {text} -prune -o")


def find_pair(rng: Random) -> Pair:
    """One request and its command, with gaps where a part was empty."""
    kind = _KINDS.draw(rng)
    place = _place(rng)
    parts = _conditions(rng)
    tests = [part.test for part in parts]
    depth, limits = place.depth, []
    if not depth and rng.random() < 0.07:
        limit, depth = _depth(rng)
        limits.append(limit)
    it = _noun_phrase(rng, kind, parts, place.said)
    typed = kind if kind != "f" or "regular" in it or rng.random() < 0.33 else ""
    if typed:
        tests.insert(0 if rng.random() < 0.72 else len(tests), f"-type {typed}")
    prune = ""
    roll = rng.random()
    if roll < 0.06:
        skip = _skip(rng, place.path)
        limits.append(skip.said)
        tests += [skip.test] if skip.test else []
        prune = skip.prune
    elif roll < 0.075:
        limits.append(_ask(rng, "<same>"))
        depth = f"{depth} -xdev".strip()
    sentence, action = draw_action(rng, kind or "f", " ".join([it, *limits]))
    if prune and (not action or action.startswith(("|", ">"))):
        action = f"-print {action}".strip()
    if rng.random() < 0.12 and depth and tests:
        words = [place.path, prune, tests[0], depth, *tests[1:], action]
    else:
        words = [place.path, depth, prune, *tests, action]
    return sentence, " ".join(["find", *(one for one in words if one)])
