"""The folder a sandboxed program runs in: made with its files, deleted whatever is in it by then.

Not for keeping the program inside of it (`sandbox_kernel`, `sandbox_child`).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from codefusion.errors import UsageError


@contextlib.contextmanager
def fresh_folder(files: Mapping[str, str | bytes]) -> Iterator[str]:
    """Give the path of a new folder that holds `files`, and delete it afterwards.

    Raises `UsageError` for a file whose name leads outside.
    """
    # Resolved, or a symbolic link such as macOS's /tmp would make every file an outside one.
    folder = os.path.realpath(tempfile.mkdtemp(prefix="codefusion-"))
    try:
        _write_files(Path(folder), files)
        yield folder
    finally:
        _delete_folder(folder)


def _write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        inner = PurePosixPath(name)
        if inner.is_absolute() or ".." in inner.parts or not inner.parts:
            raise UsageError(f"file {name!r} lies outside the sandbox; give a relative path")
        target = folder / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def _delete_folder(folder: str) -> None:
    """Delete without recursion and long paths: a nest can be deeper than Python's stack."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
        here = os.open(folder, flags)
        try:
            trail: list[str] = []
            waiting = [_unlink_files(here)]
            while waiting[-1] or trail:
                if waiting[-1]:
                    name = waiting[-1].pop()
                    os.chmod(name, 0o700, dir_fd=here)
                    outer, here = here, os.open(name, flags, dir_fd=here)
                    os.close(outer)
                    trail.append(name)
                    waiting.append(_unlink_files(here))
                else:
                    waiting.pop()
                    inner, here = here, os.open("..", flags, dir_fd=here)
                    os.close(inner)
                    os.rmdir(trail.pop(), dir_fd=here)
        finally:
            os.close(here)
        os.rmdir(folder)


def _unlink_files(descriptor: int) -> list[str]:
    """Delete what is no folder in an open folder, and return the names of the folders."""
    with os.scandir(descriptor) as entries:
        found = list(entries)
        folders = [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
    for name in {entry.name for entry in found}.difference(folders):
        os.unlink(name, dir_fd=descriptor)
    return folders
