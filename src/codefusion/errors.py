"""The errors a user may cause, each told in one line: what was wrong, what was got, what to do.

Not for broken invariants of our own code: those are `assert`.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable


class CodeFusionError(Exception):
    """A mistake the user can mend; its text is a complete one-line message."""

    exit_code = 1


class UsageError(CodeFusionError):
    """A wrong argument, name or value."""

    exit_code = 2


class RecipeError(UsageError):
    """A recipe with an unknown key, or a value out of its range."""


class DataError(CodeFusionError):
    """A data file that is missing, broken or not what its checksum says."""


class CheckpointError(CodeFusionError):
    """A checkpoint that is missing, incomplete or corrupt."""


class TrainingError(CodeFusionError):
    """A run that cannot go on, such as one whose loss is no longer a number."""


def unknown_name(kind: str, got: str, known: Iterable[str]) -> UsageError:
    """Return the error for a name that is not among `known`, with the nearest known one."""
    names = sorted(known)
    near = difflib.get_close_matches(got.lower(), [name.lower() for name in names], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return UsageError(f"unknown {kind} {got!r}; {hint}known: {', '.join(names)}")


def told_in_one_line(command: Callable[[], object]) -> None:
    """Run a program; what its user can mend ends it with one line on stderr and an exit code."""
    try:
        command()
    except CodeFusionError as error:
        sys.stderr.write(f"codefusion: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("codefusion: interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone; nothing is left to say.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        # Such as a full disk, wherever it is met; what can be mended otherwise is said above.
        sys.stderr.write(f"codefusion: {error}\n")
        sys.exit(1)
