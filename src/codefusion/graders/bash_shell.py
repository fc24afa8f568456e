"""A second opinion on whether code is Bash: what `bash -n` says, where there is a bash.

Not for running commands: with `-n` the shell reads its input to the end and executes nothing.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache

# A text that keeps the parser longer than this is no command anybody would run.
_SECONDS = 5


def bash_accepts(code: str) -> bool | None:
    """Whether the shell finds no syntax error; None on a machine without bash.

    Unlike `Bash.is_valid` it takes code that is only a comment, and does not look into old
    backtick substitutions. Takes about 3 ms, for each text once: one process each, since what one
    text leaves open, the next could close.
    """
    complaint = bash_complaint(code)
    return None if complaint is None else not complaint


def bash_complaint(code: str) -> str | None:
    """Return what the shell says against the code, in one line; empty if nothing, None if absent.

    Extended globs such as `!(*.c)` are an error, as they are to a shell that nobody set up.
    """
    shell = shutil.which("bash")
    if shell is None:
        return None
    if not code.strip():
        return "blank"
    # The shell would drop it with a warning, but no program can be given such a command.
    if "\0" in code:
        return "holds a null byte"
    return _ask(shell, code)


@lru_cache(maxsize=1 << 15)
def _ask(shell: str, code: str) -> str:
    try:
        done = subprocess.run(
            [shell, "--norc", "--noprofile", "-n"],
            input=code.encode(errors="replace"),
            capture_output=True,
            timeout=_SECONDS,
            # Empty, lest BASH_ENV name a file that bash would run first.
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not read within {_SECONDS} s"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode(errors="replace").partition("\n")[0]
    return said.removeprefix(f"{shell}: ") or f"ended with code {done.returncode}"
