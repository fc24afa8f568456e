"""Redirections that overwrite files. Not for programs that write files (`files`)."""

from __future__ import annotations

from collections.abc import Iterator

from codefusion.shell.calls import Call, Redirect
from codefusion.shell.notes import Danger, Level
from codefusion.shell.rules.paths import is_device, is_sink, is_socket, is_system

_OVERWRITE = {">", ">|", "&>", ">&", "<>"}
_APPEND = {">>", "&>>"}
_PRINT_NOTHING = {":", "true", "false"}


def redirect_dangers(redirect: Redirect) -> Iterator[Danger]:
    """Yield the notes on one redirection."""
    path, calls = redirect.target.text, redirect.calls

    def note(kind: str, level: Level, sentence: str) -> Danger:
        return Danger(kind, level, redirect.span, sentence)

    if is_socket(path):
        yield note("network", Level.DANGER, f"Connects to {path[5:]} over the network.")
        return
    if redirect.operator not in _OVERWRITE | _APPEND or is_sink(path) or _is_descriptor(redirect):
        return
    if redirect.target.inside and path.startswith((">(", "<(")):
        return
    if is_device(path):
        yield note("format", Level.DANGER, f"Writes over the device {path} itself.")
    elif is_system(path):
        verb = "Adds to" if redirect.operator in _APPEND else "Overwrites"
        yield note("overwrite", Level.DANGER, f"{verb} {path}, which the system depends on.")
    elif redirect.operator in _APPEND:
        return
    elif any(path in (word.text for word in call.words[1:]) for call in calls):
        yield note("overwrite", Level.DANGER, f"Empties {path} before it is read.")
    elif all(_prints_nothing(call) for call in calls):
        yield note("overwrite", Level.DANGER, f"Empties {path}.")
    else:
        yield note("overwrite", Level.CAUTION, f"Overwrites {path} if there is such a file.")


def _is_descriptor(redirect: Redirect) -> bool:
    text = redirect.target.text
    return redirect.operator == ">&" and text.rstrip("-").isdigit()


def _prints_nothing(call: Call) -> bool:
    texts = [word.text for word in call.words[1:]]
    if call.name == "cat":
        return texts == ["/dev/null"]
    if call.name == "exec":
        return False
    if call.name in ("echo", "printf"):
        return not "".join(text for text in texts if text != "-n")
    return call.name in _PRINT_NOTHING
