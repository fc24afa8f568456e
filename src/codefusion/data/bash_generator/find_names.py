"""Which names and extensions the files that are asked for have, and find's tests for them.

Not for what else they are asked by: that is `find_tests`."""

from __future__ import annotations

from random import Random

from codefusion.data.bash_generator import names
from codefusion.data.bash_generator.find_parts import Part, quoted
from codefusion.data.bash_generator.names import pick
from codefusion.data.bash_generator.templates import mention
from codefusion.data.phrasing import Phrasebook

_BOOK = Phrasebook(
    {
        "named": "named|named|called|with name|with the name|that are named|whose name is|"
        "by the name|which are named|having the name",
        "match": "matching|matching|that match|which match|matching pattern|matching the pattern|"
        "named like|like|whose names match|with names matching",
        "start": "[whose|with] [name|names|filename] [starts with|start with|starting with|"
        "beginning with|begins with]|starting with|that start with|beginning with|"
        "whose names begin with|which begin with|prefixed with",
        "end": "ending [with|in]|that end [with|in]|whose names end [with|in]|"
        "with names ending [with|in]|which end with",
        "hold": "[with|having|containing] {x} in [their|the|its] [name|names|filename|filenames]|"
        "[whose|which] names contain {x}|that contain {x} in [their names|the name]|"
        "whose name contains {x}|containing {x} in their names|with names containing {x}",
        "anycase": " (case insensitive)| ignoring case| ignoring the case| case insensitively| "
        "case-insensitively| regardless of case| (case-insensitive)| in case insensitive mode| "
        "irrespective of case",
    },
    {},
)
_OF_EXTENSION = (
    "[with|having|that have] [extension {x}|{x} extension|the {x} extension|the extension {x}|"
    "an extension of {x}|file extension {x}]"
)
_NOT_NAMED = (
    "[not [named|matching|called]|that are not [named|]|except|excluding|other than|"
    "whose names do not match|that do not match|which are not|but not] {x}"
)


def _test(rng: Random, glob: str, any_case: bool = False) -> str:
    bare = "*" not in glob and rng.random() < 0.55
    return f"-{'i' if any_case else ''}name {glob if bare else quoted(rng, glob)}"


def _case(rng: Random, any_case: bool) -> str:
    return _BOOK.expand(rng, "<anycase>", {}) if any_case else ""


def extension(rng: Random) -> Part:
    """Files of one kind: "txt files", "files ending in .txt", "*.txt files"."""
    one = names.extension(rng)
    any_case = rng.random() < 0.08
    case = _case(rng, any_case)
    test = _test(rng, f"*.{one}", any_case)
    roll = rng.random()
    if one in names.SPOKEN and roll < 0.22:
        return Part(test, case, names.SPOKEN[one])
    if roll < 0.48:
        before = pick(rng, (f"*.{one}", f"'*.{one}'", f'"*.{one}"', f".{one}", f'".{one}"'))
        return Part(test, case, before, bare=before.lstrip("'\"").startswith("*"))
    if roll < 0.68:
        return Part(test, case, one)
    said, pattern = mention(rng, pick(rng, (f".{one}", f".{one}", one))), _OF_EXTENSION
    if roll >= 0.9:
        said, pattern = mention(rng, f"*.{one}"), "[<match>|<named>] {x}"
    elif roll >= 0.8:
        said, pattern = mention(rng, f".{one}"), "<end> {x}"
    return Part(test, _BOOK.expand(rng, pattern, {"x": said}) + case)


def _glob(rng: Random, text: str) -> str:
    one, two = names.extension(rng), names.extension(rng)
    anywhere = (f"{text}*", f"*{text}*", f"*{text}", f"{text}*.{one}", f"{text}.*", f"*.{text}")
    return pick(rng, (*anywhere, f"{text}?", f"[a-z]*.{two}", f"{text}[0-9]"))


def name(rng: Random) -> Part:
    """Files of one name, or of one that starts with, ends in, holds or looks like something."""
    any_case = rng.random() < 0.12
    case = _case(rng, any_case)
    roll = rng.random()
    text = names.word(rng)
    if roll < 0.4:
        text = text if rng.random() < 0.5 else f"{text}.{names.extension(rng)}"
        if rng.random() < 0.15:
            return Part(_test(rng, text, any_case), case, mention(rng, text))
        glob, pattern = text, "<named> {x}"
    elif roll < 0.55:
        glob, pattern = f"{text}*", "<start> {x}"
    elif roll < 0.65:
        glob, pattern = f"*{text}", "<end> {x}"
    elif roll < 0.8:
        glob, pattern = f"*{text}*", "<hold>"
    else:
        text = glob = _glob(rng, text)
        pattern = "[<match>|<match>|<named>] {x}"
    test = _test(rng, glob, any_case)
    return Part(test, _BOOK.expand(rng, pattern, {"x": mention(rng, text)}) + case)


def two_names(rng: Random) -> Part:
    """Files of either of two kinds, or of either of two names."""
    one, two = names.extension(rng), names.extension(rng)
    by_name = rng.random() < 0.15
    if by_name:
        one, two = names.word(rng), names.word(rng)
        globs, dot = (one, two), ""
    else:
        globs, dot = (f"*.{one}", f"*.{two}"), pick(rng, ("*.", "*.", ".", ""))
    said = {"x": mention(rng, dot + one), "y": mention(rng, dot + two)}
    first = _test(rng, globs[0])
    either = pick(rng, ("-o", "-o", "-o", "-or"))
    test = f"\\( {first} {either} {_test(rng, globs[1])} \\)"
    both = _BOOK.expand(rng, "{x} [and|or|and|or] {y}", said)
    if not by_name and rng.random() < 0.6:
        return Part(test, before=both)
    return Part(test, _BOOK.expand(rng, "<named> {x}" if by_name else "<match> {x}", {"x": both}))


def not_named(rng: Random) -> Part:
    """Files but those of a name."""
    glob = f"*.{names.extension(rng)}" if rng.random() < 0.6 else names.word(rng)
    test = f"{pick(rng, ('-not', '-not', '!'))} {_test(rng, glob)}"
    return Part(test, _BOOK.expand(rng, _NOT_NAMED, {"x": mention(rng, glob)}))


def hidden(rng: Random) -> Part:
    """Hidden files."""
    return Part(_test(rng, ".*"), before="hidden")
