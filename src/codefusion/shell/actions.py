"""What can be done with a chosen command: run it, edit it, copy it.

Not for deciding whether it may be done: that is `session`.
"""

from __future__ import annotations

import base64
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from codefusion.errors import UsageError

# Programs that fill the clipboard, with the variable without which they cannot.
_CLIPBOARDS = (
    (("pbcopy",), None),
    (("wl-copy",), "WAYLAND_DISPLAY"),
    (("xclip", "-selection", "clipboard"), "DISPLAY"),
    (("xsel", "--clipboard", "--input"), "DISPLAY"),
)
_SECONDS = 5


def run(code: str) -> NoReturn:
    """Run a command of bash in place of this process, whose exit code is then the command's."""
    shell = shutil.which("bash")
    if shell is None:
        raise UsageError("there is no bash here to run the command with; print it instead")
    sys.stdout.flush()
    sys.stderr.flush()
    # Python ignores it, and so would every program of the pipeline.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execv(shell, [shell, "-c", code])


def edit(code: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the command as it comes out of $VISUAL or $EDITOR; raises `UsageError` if it fails."""
    editor = environment.get("VISUAL") or environment.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="codefusion-") as folder:
        file = Path(folder) / "command.sh"
        file.write_text(code + "\n", encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(file)], check=False)
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise UsageError(
                f"cannot edit with {editor!r} (set VISUAL or EDITOR): {error}"
            ) from error
    if done.returncode != 0:
        raise UsageError(f"{editor!r} failed with status {done.returncode}; nothing is changed")
    if not text.strip():
        raise UsageError("nothing is left of the command; nothing is changed")
    return text.rstrip("\n")


def copy(code: str, environment: Mapping[str, str] = os.environ) -> str:
    """Put a command on the clipboard; return by what means.

    Where no program for it is found, the terminal is asked to do it (OSC 52), also from afar.
    """
    for command, needs in _CLIPBOARDS:
        program = shutil.which(command[0], path=environment.get("PATH"))
        if program is None or (needs and not environment.get(needs)):
            continue
        done = subprocess.run(
            [program, *command[1:]],
            input=code.encode(errors="replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode == 0:
            return command[0]
    packed = base64.b64encode(code.encode(errors="replace")).decode()
    sys.stderr.write(f"\x1b]52;c;{packed}\a")
    sys.stderr.flush()
    return "the terminal"
