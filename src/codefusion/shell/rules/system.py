"""Permissions, processes and the power switch.

Not for tools whose dangers a list of subcommands tells (`table`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codefusion.shell.calls import Call
from codefusion.shell.notes import Danger, caution, danger
from codefusion.shell.options import Options
from codefusion.shell.rules.files import is_repeated, listed
from codefusion.shell.rules.paths import is_system

_SIGNAL = re.compile(r"-(?:[1-9]\d*|(?:SIG)?[A-Z][A-Z0-9+-]{2,})")
# In octal: the last digit gives others the right to write, the first of four is special.
_OPEN_OCTAL = re.compile(r"0?[0-7]{0,3}[2367]")
_SPECIAL_OCTAL = re.compile(r"0?[2467][0-7]{3}")
_SPECIAL = re.compile(r"[ugoa]*[+=][rwxXt]*s[rwxXt]*")
_TAKEN = re.compile(r"-[rwxXst]+")
_NO_RIGHTS = {"0", "00", "000", "0000", "a-rwx", "ugo-rwx", "a=", "-rwx"}


def _chmod(call: Call) -> Iterator[Danger]:
    # `chmod -x file` takes a right away and has no option.
    taken = [word.text for word in call.words[1:] if _TAKEN.fullmatch(word.text)]
    words = [word for word in call.words[1:] if word.text not in taken]
    options = Options(words, ("--reference",))
    modes = taken or [word.text for word in options.operands[:1]]
    files = options.operands if taken else options.operands[1:]
    mode = modes[0] if modes else ""
    what = "every file that is found or listed" if is_repeated(call) else listed(files)
    many = _names_many(call, options)
    if many:
        yield danger(call, "permissions", f"Changes the permissions of {what}{many}.")
    elif any(is_system(word.text) for word in files):
        yield danger(call, "permissions", f"Changes who may use {what}.")
    if _OPEN_OCTAL.fullmatch(mode) or _open_to_all(mode):
        yield danger(call, "permissions", f"Lets every user change {what}.")
    elif _SPECIAL_OCTAL.fullmatch(mode) or any(_SPECIAL.fullmatch(p) for p in mode.split(",")):
        yield danger(call, "permissions", f"Lets whoever runs {what} act as its owner or group.")
    elif mode in _NO_RIGHTS:
        yield danger(call, "permissions", f"Lets nobody use {what} any more.")


def _names_many(call: Call, options: Options) -> str:
    """Return how a sentence about a change of rights goes on if it goes for a whole tree."""
    if options.may_have("-R", "--recursive"):
        return " and everything below"
    searches = any(inner.name in ("find", "fd", "locate") for w in call.words for inner in w.inside)
    everywhere = any("**" in word.text for word in options.operands)
    return ", all at once" if is_repeated(call) or searches or everywhere else ""


def _open_to_all(mode: str) -> bool:
    for part in mode.split(","):
        found = re.fullmatch(r"([ugoa]*)[+=]([rwxXst]+)", part)
        # With nobody named the umask decides, which seldom lets others write.
        if found and "w" in found[2] and set(found[1]) & set("oa"):
            return True
    return False


def _change_owner(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("--reference", "--from"))
    files = options.operands[1:]
    what = "every file that is found or listed" if is_repeated(call) else listed(files)
    many = _names_many(call, options)
    if many or any(is_system(word.text) for word in files):
        yield danger(call, "permissions", f"Changes the owner or group of {what}{many}.")


def _change_acl(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-m", "-x", "-M", "-X"))
    if options.may_have("-R", "--recursive"):
        yield danger(call, "permissions", f"Changes who may use {listed(options.operands)}.")


def _chattr(call: Call) -> Iterator[Danger]:
    texts = [word.text for word in call.words[1:]]
    if "-R" in texts:
        yield danger(call, "permissions", "Changes the attributes of everything below.")
    elif any(re.match(r"-[A-Za-z]*[ia]", text) for text in texts):
        yield caution(call, "permissions", "Takes a file's protection against changes away.")


def _kill(call: Call) -> Iterator[Danger]:
    texts = [word.text for word in call.words[1:]]
    if any(text in ("-l", "-L", "-0", "--list", "--table") for text in texts):
        return
    targets = texts[1:] if texts and _SIGNAL.fullmatch(texts[0]) else texts
    if texts[:1] in (["-s"], ["-n"]):
        if texts[1:2] == ["0"]:
            return
        targets = texts[2:]
    if not targets and texts == ["-1"]:
        return  # a signal without a process
    if "-1" in targets:
        yield danger(call, "stop", "Ends every process that you may end.")
    elif "1" in targets:
        yield danger(call, "stop", "Sends a signal to the first process, which runs all others.")
    elif targets or is_repeated(call):
        yield caution(call, "stop", "Ends processes, or sends them a signal.")


def _kill_by_name(call: Call) -> Iterator[Danger]:
    options = Options([w for w in call.words[1:] if not _SIGNAL.fullmatch(w.text)], ("-s", "-F"))
    patterns = [word.text for word in options.operands]
    if options.has("-l", "--list", "-0", "-V"):
        return
    if call.name == "killall5" or set(patterns) & {".", ".*", "^"}:
        yield danger(call, "stop", "Ends every process that you may end.")
    elif options.has("-u", "--user", "--euid", "-U", "-g", "-t"):
        yield danger(call, "stop", "Ends all processes of a user, a group or a terminal.")
    else:
        yield caution(call, "stop", f"Ends every process that matches {listed(options.operands)}.")


def _power(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:])
    if options.has("-c", "-k", "-w", "--wtmp-only", "--show"):
        return
    if call.name in ("init", "telinit"):
        levels = {"0": "Shuts the machine down", "6": "Restarts the machine"}
        level = options.operands[0].text if options.operands else ""
        if level in levels or level in ("1", "s", "S"):
            yield danger(call, "stop", levels.get(level, "Ends all but one user's session") + ".")
        return
    verb = "Restarts" if call.name == "reboot" or options.has("-r", "--reboot") else "Shuts down"
    yield danger(call, "stop", f"{verb} the machine.")


def _sudo(call: Call) -> Iterator[Danger]:
    if Options(call.words[1:]).has("-l", "-v", "-k", "-K", "--list", "--validate"):
        return
    yield caution(call, "root", "Runs with the rights of another user, root if none is named.")


def _crontab(call: Call) -> Iterator[Danger]:
    options = Options(call.words[1:], ("-u",))
    if options.has("-r"):
        yield danger(call, "delete", "Deletes all your scheduled jobs.")
    elif not options.has("-l", "-e", "-T", "-V"):
        yield danger(call, "overwrite", "Replaces all your scheduled jobs.")


RULES = {
    "chmod": _chmod, "gchmod": _chmod,
    "chown": _change_owner, "chgrp": _change_owner, "chcon": _change_owner,
    "setfacl": _change_acl, "chattr": _chattr,
    "kill": _kill, "pkill": _kill_by_name, "killall": _kill_by_name, "killall5": _kill_by_name,
    "skill": _kill_by_name, "slay": _kill_by_name,
    "shutdown": _power, "reboot": _power, "halt": _power, "poweroff": _power, "init": _power,
    "telinit": _power,
    "sudo": _sudo, "doas": _sudo, "pkexec": _sudo, "su": _sudo, "runuser": _sudo,
    "crontab": _crontab,
}  # fmt: skip
