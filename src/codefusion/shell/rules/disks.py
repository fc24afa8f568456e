"""Programs that format, partition or wipe disks. Not for files on them (`files`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from codefusion.shell.calls import Call
from codefusion.shell.notes import Danger, danger
from codefusion.shell.options import Options

_ONLY_LOOKS = {
    "fdisk": ("-l", "--list", "-s", "--getsz", "-x", "--list-details"),
    "gdisk": ("-l",),
    "cfdisk": (),
    "sfdisk": ("-d", "-l", "-s", "-V", "-F", "-T", "-J", "--dump", "--list", "--verify", "--json"),
    "sgdisk": ("-p", "-v", "-i", "-b", "-F", "-f", "-E", "-L", "--print", "--verify", "--backup"),
}
_MAKES = re.compile(r"(?:mkfs|newfs)(?:[._].+)?|mke2fs|mkdosfs|mkntfs|mkswap|mkudffs")
_WIPES = {"blkdiscard", "hdparm", "nvme", "badblocks"}
_PARTED_LOOKS = {"print", "help", "unit", "align-check", "version"}


def _partition(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:])
    # sgdisk's dangerous options come first in it: `-Z -p` wipes too.
    wipes = options.has("-Z", "-z", "-o", "-d", "--zap", "--zap-all", "--clear", "--delete")
    looks = options.has(*_ONLY_LOOKS[call.name]) and not (call.name == "sgdisk" and wipes)
    if options.operands and not looks:
        yield danger(call, "format", f"Changes the partitions of {options.operands[0].text}.")


def _parted(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-a", "--align"))
    device, *commands = [word.text for word in options.operands] or [""]
    if options.has("-l", "--list") or (commands and set(commands) & _PARTED_LOOKS):
        changes = set(commands) & {"rm", "mklabel", "mktable", "mkpart", "resizepart", "set"}
        if not changes:
            return
    yield danger(call, "format", f"Changes the partitions of {device or 'a disk'}.")


def _make(call: Call) -> Iterator[Danger]:
    paths = [word.text for word in call.words[1:] if "/" in word.text]
    device = paths[-1] if paths else "a disk"
    yield danger(call, "format", f"Formats {device}: all that is on it is lost.")


def _wipe(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:])
    texts = " ".join(word.text for word in call.words[1:])
    device = call.words[-1].text
    erases = {
        "blkdiscard": True,
        "hdparm": "--security-erase" in texts or "--trim-sector" in texts,
        "nvme": bool(re.search(r"\b(?:format|sanitize|delete-ns|write-zeroes)\b", texts)),
        "badblocks": options.has("-w", "-n"),
    }[call.name]
    if erases:
        yield danger(call, "format", f"Erases {device}: all that is on it is lost.")


def _wipefs(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-o", "-t", "--offset", "--types"))
    if options.may_have("-a", "-o", "--all", "--offset") and not options.has("-n", "--no-act"):
        yield danger(call, "format", f"Erases the signatures of {call.words[-1].text}.")


def rule_for(name: str) -> Callable[[Call], Iterator[Danger]] | None:
    """Return the rule for `mkfs.ext4`, `newfs_msdos` and the like, which are too many to list."""
    return _make if _MAKES.fullmatch(name) else None


RULES = {
    **dict.fromkeys(_ONLY_LOOKS, _partition),
    **dict.fromkeys(_WIPES, _wipe),
    "parted": _parted,
    "wipefs": _wipefs,
}
