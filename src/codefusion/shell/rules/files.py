"""Programs that delete or overwrite files.

Not for whole disks (`disks`), nor for files that a version control system keeps (`table`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codefusion.shell.calls import Call
from codefusion.shell.notes import Danger, caution, danger
from codefusion.shell.options import Options
from codefusion.shell.rules.paths import is_device, is_sink, is_system, named
from codefusion.shell.words import Word

_NAMED_AT_MOST = 3
_ZERO = re.compile(r"0+[KMGTkmgt]?[iB]*")


def listed(words: Sequence[Word]) -> str:
    """Return the things that words name, shortened for a sentence."""
    names = [named(word.text) for word in words[:_NAMED_AT_MOST]]
    more = len(words) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def is_repeated(call: Call) -> bool:
    """Whether the call is made for files that another program finds or lists."""
    return bool({"find", "gfind", "fd", "fdfind", "xargs", "gxargs", "parallel"} & set(call.via))


def _remove(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:])
    recursive = options.may_have("-r", "-R", "-d", "--recursive", "--dir")
    what = listed(options.operands) or "what it is given as input"
    if is_repeated(call):
        what = "every file that is found or listed"
    if options.may_have("-i", "-I", "--interactive") and not options.may_have("-f", "--force"):
        yield caution(call, "delete", f"Asks, then deletes {what} for good.")
    elif recursive:
        yield danger(call, "delete", f"Deletes {what} for good, with everything below.")
    else:
        yield danger(call, "delete", f"Deletes {what} for good.")


def _unlink(call: Call) -> Iterator[Danger]:
    yield danger(call, "delete", f"Deletes {listed(Options(call.words[1:]).operands)} for good.")


def _rmdir(call: Call) -> Iterator[Danger]:
    what = listed(Options(call.words[1:]).operands)
    yield caution(call, "delete", f"Removes {what}, if empty.")


def _shred(call: Call) -> Iterator[Danger]:
    operands = Options(call.words[1:], ("-n", "-s", "--iterations", "--size")).operands
    kind = "format" if any(is_device(word.text) for word in operands) else "delete"
    yield danger(call, kind, f"Overwrites {listed(operands)} so that nothing can be restored.")


def _find(call: Call) -> Iterator[Danger]:
    texts = [word.text for word in call.words]
    for word in call.words:
        if word.text == "-delete":
            yield danger(call, "delete", "Deletes every file that is found, for good.")
        elif word.text in ("-fprint", "-fprint0", "-fprintf", "-fls"):
            target = texts[min(texts.index(word.text) + 1, len(texts) - 1)]
            if not is_sink(target):
                yield caution(call, "overwrite", f"Overwrites {target}.")


def _move(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-t", "-S", "--target-directory", "--suffix"))
    target = options.value("-t", "--target-directory")
    if target is None and len(options.operands) > 1:
        target = options.operands[-1].text
    if target is None:
        return
    if call.name != "cp" and is_sink(target):
        yield danger(call, "delete", f"Moves {listed(options.operands[:-1])} to nowhere.")
    elif options.has("-n", "--no-clobber", "-i", "--interactive"):
        return
    elif is_device(target):
        yield danger(call, "format", f"Overwrites the device {target} itself.")
    elif [word.text for word in options.operands[:-1]] == ["/dev/null"]:
        yield danger(call, "overwrite", f"Empties {target}.")
    elif is_system(target):
        yield danger(call, "overwrite", f"Writes to {target}, which the system depends on.")
    elif not is_sink(target):
        several = len(options.operands) > 2 or options.has("-t", "--target-directory")
        what = f"files of the same names in {target}" if several else target
        yield caution(call, "overwrite", f"Replaces {what} if it is there already.")


def _link(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-t", "-S", "--target-directory", "--suffix"))
    if options.may_have("-f", "--force") and options.operands:
        target = options.operands[-1].text
        level = danger if is_system(target) else caution
        yield level(call, "overwrite", f"Replaces {target} by a link.")


def _truncate(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-s", "-r", "--size", "--reference"))
    size = options.value("-s", "--size") or ""
    if size.startswith("+") or options.has("--help"):
        return
    verb = "Empties" if _ZERO.fullmatch(size) else "Cuts off"
    yield danger(call, "overwrite", f"{verb} {listed(options.operands)}.")


def _tee(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:])
    appends = options.may_have("-a", "--append")
    for word in options.operands:
        yield from written(call, word.text, appends)


def written(call: Call, path: str, appends: bool = False) -> Iterator[Danger]:
    """Yield the note on writing to a path, or on appending to it."""
    if is_sink(path):
        return
    if is_device(path):
        yield danger(call, "format", f"Writes over the device {path} itself.")
    elif is_system(path):
        verb = "Adds to" if appends else "Overwrites"
        yield danger(call, "overwrite", f"{verb} {path}, which the system depends on.")
    elif not appends:
        yield caution(call, "overwrite", f"Overwrites {path} if there is such a file.")


def _dd(call: Call) -> Iterator[Danger]:
    for word in call.words[1:]:
        name, _, path = word.text.partition("=")
        if name == "of":
            yield from written(call, path)


def _edit_in_place(call: Call) -> Iterator[Danger]:
    texts = [word.text for word in call.words[1:]]
    if call.name in ("sed", "gsed"):
        edits = [t for t in texts if re.match(r"-[nErsz]*i|--in-place", t)]
    else:
        edits = [t for t in texts if re.match(r"-[a-df-hj-zA-DF-LN-Z0-9]*i", t)]
    if not edits:
        return
    targets = [word for word in call.words[1:] if is_system(word.text)]
    if targets:
        yield danger(call, "overwrite", f"Changes {listed(targets)}, which the system depends on.")
    else:
        yield caution(call, "overwrite", "Changes the files themselves instead of printing.")


def _archive(call: Call) -> Iterator[Danger]:
    texts = [word.text for word in call.words[1:]]
    # The first word may be letters without a dash.
    short = [text for text in texts if re.match(r"-\w", text)]
    letters = "".join(short + [text for text in texts[:1] if not text.startswith("-")])
    extracts = "x" in letters or any(text in ("--extract", "--get") for text in texts)
    keeps = any(t in ("-k", "--keep-old-files", "--skip-old-files", "-O") for t in texts)
    if "--delete" in texts:
        yield danger(call, "delete", "Deletes files from the archive.")
    elif any(text.startswith("--remove-f") for text in texts):
        yield danger(call, "delete", "Deletes the files once they are in the archive.")
    elif extracts and not keeps:
        yield caution(call, "overwrite", "Replaces files of the same names as those inside.")


def _zip(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-i", "-x", "-P", "-t", "-n", "-b"))
    if call.name == "zip" and options.has("-m", "--move"):
        yield danger(call, "delete", "Deletes the files once they are in the archive.")
    elif call.name == "zip" and options.has("-d", "--delete"):
        yield danger(call, "delete", "Deletes files from the archive.")
    elif call.name == "unzip" and options.has("-o"):
        yield caution(call, "overwrite", "Replaces files of the same names, without asking.")


def _rsync(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-e", "-f", "-B", "-T", "--rsh", "--filter", "--exclude"))
    if options.has("-n", "--dry-run", "--list-only"):
        return
    texts = [word.text for word in call.words[1:]]
    target = options.operands[-1].text if options.operands else "the target"
    if any(text.startswith("--del") for text in texts):
        yield danger(call, "delete", f"Deletes what {target} has and the source has not.")
    elif options.may_have("--remove-source-files"):
        yield danger(call, "delete", "Deletes the files at their source once they are copied.")
    elif len(options.operands) > 1 and not options.has("--ignore-existing"):
        yield caution(call, "overwrite", f"Replaces older files in {target}.")


def _save(call: Call) -> Iterator[Danger]:
    """Options that name a file to write, of programs that otherwise print."""
    named_by = {
        "curl": ("-o", "--output"),
        "wget": ("-O", "--output-document"),
        "sort": ("-o", "--output"),
    }[call.name]
    options = Options(call.words[1:], (*named_by, "-H", "-X", "-d", "-t", "-k", "-P", "-u", "-A"))
    path = options.value(*named_by)
    if path is None:
        return
    inputs = [word.text for word in options.operands]
    if call.name == "sort" and path in inputs:
        yield caution(call, "overwrite", f"Changes {path} itself.")
    else:
        yield from written(call, path)


def _scp(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-P", "-i", "-o", "-l", "-F", "-J", "-c", "-S"))
    if len(options.operands) > 1:
        target = options.operands[-1].text
        yield caution(call, "overwrite", f"Replaces {target} if there is such a file.")


def _patch(call: Call) -> Iterator[Danger]:
    if not Options(call.words[1:]).has("-n", "--dry-run"):
        yield caution(call, "overwrite", "Changes the files themselves.")


RULES = {
    "rm": _remove, "grm": _remove, "unlink": _unlink, "rmdir": _rmdir,
    "shred": _shred, "gshred": _shred, "srm": _unlink, "wipe": _unlink, "trash-empty": _unlink,
    "find": _find, "gfind": _find,
    "mv": _move, "gmv": _move, "cp": _move, "gcp": _move, "install": _move, "rename": _patch,
    "ln": _link, "truncate": _truncate, "tee": _tee, "sponge": _tee, "dd": _dd, "dcfldd": _dd,
    "sed": _edit_in_place, "gsed": _edit_in_place, "perl": _edit_in_place,
    "ruby": _edit_in_place,
    "tar": _archive, "bsdtar": _archive, "gtar": _archive, "zip": _zip, "unzip": _zip,
    "rsync": _rsync, "scp": _scp, "patch": _patch,
    "curl": _save, "wget": _save, "sort": _save,
}  # fmt: skip
