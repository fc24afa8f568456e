"""Where a user's warm server is found: a folder, a socket and a lock that are that user's alone.

Not for what is said over the socket: that is `protocol`.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import struct
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LOCK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """The files of the one server that a user may have."""

    folder: Path

    @property
    def address(self) -> Path:
        """What clients connect to; it may be left over from a server that was killed."""
        return self.folder / "warm.sock"

    @property
    def lock(self) -> Path:
        """Locked as long as a server lives, and holds its process id."""
        return self.folder / "warm.lock"

    @property
    def log(self) -> Path:
        """What the last server had to say."""
        return self.folder / "warm.log"

    def make(self) -> None:
        """Make the folder where it is missing; raises as `check`."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.check()

    def check(self) -> None:
        """Raise `OSError` where the folder is missing, or not the user's alone."""
        found = self.folder.lstat()  # a link might lead to a folder of somebody else's choice
        if not (stat.S_ISDIR(found.st_mode) and _is_ours(found)) or found.st_mode & 0o077:
            raise PermissionError(f"{self.folder} is not a folder of yours alone; remove it")

    def connect(self, seconds: float) -> socket.socket:
        """Return a connection to this user's server; raises `OSError` if there is none."""
        self.check()
        found = self.address.lstat()
        if not (stat.S_ISSOCK(found.st_mode) and _is_ours(found)):
            raise PermissionError(f"{self.address} is not a socket of yours; remove it")
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(seconds)
            connection.connect(str(self.address))
            check_peer(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def listen(self, backlog: int) -> socket.socket:
        """Return a socket that only this user can connect to; for who has `locked` the place."""
        self.address.unlink(missing_ok=True)  # whoever made it is dead, or would have the lock
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(str(self.address))
        except OSError as error:
            listener.close()
            raise OSError(f"cannot listen at {str(self.address)!r}: {error}") from error
        self.address.chmod(0o600)  # until now the folder alone kept others out
        listener.listen(backlog)
        return listener

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the one server here; raises `BlockingIOError` if there is another."""
        with open(self.lock, "a+", encoding="ascii") as file:
            _lock(file.fileno())
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def server(self) -> int | None:
        """Return the process id of the server that lives, None if there is none."""
        self.check()
        try:
            file = open(self.lock, encoding="ascii")  # noqa: SIM115  # closed below
        except FileNotFoundError:
            return None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
            return None


def _lock(file: int) -> None:
    """Lock a file; who only looks whether it is locked holds it for a moment, too."""
    ends = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.02)


def the_place(environment: Mapping[str, str] = os.environ) -> Place:
    """Return the place of this user; its folder may be missing.

    $XDG_RUNTIME_DIR/codefusion, or a folder below the one for temporary files where that is not
    set or another user's, as after `sudo -E`.
    """
    runtime = Path(environment.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and runtime.is_dir() and _is_ours(runtime.stat()):
        return Place(runtime / "codefusion")
    return Place(Path(tempfile.gettempdir()) / f"codefusion-{os.getuid()}")


def check_peer(connection: socket.socket) -> None:
    """Raise `PermissionError` if another user is at the other end, where the system tells."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return
    credentials = struct.Struct("iII")  # process, user, group
    _, user, _ = credentials.unpack(
        connection.getsockopt(socket.SOL_SOCKET, option, credentials.size)
    )
    if user != os.getuid():
        raise PermissionError(f"user {user} is at the other end of the socket")


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid()
