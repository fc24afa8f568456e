"""A real program on a real terminal, typed at and read by a test."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SECONDS = 60.0


class PseudoTerminal:
    """`argv` runs with the terminal as its standard streams, but for `stdout` if that is given."""

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        stdout: int | None = None,
        columns: int = 100,
    ) -> None:
        # The other end stays open here, so that the modes can be read when the program is gone.
        self._end, self._other = pty.openpty()
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("4H", 40, columns, 0, 0))
        self.modes = termios.tcgetattr(self._other)
        self.process = subprocess.Popen(
            list(argv),
            stdin=self._other,
            stdout=self._other if stdout is None else stdout,
            stderr=self._other,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
        )
        self.shown = ""
        self._read_to = 0

    def expect(self, text: str) -> str:
        """Wait until a text is shown; return all that was shown since the last one."""
        ends = time.monotonic() + SECONDS
        while text not in self.shown[self._read_to :]:
            assert time.monotonic() < ends, f"no {text!r} in {self.shown!r}"
            self._read(0.1)
        end = self.shown.index(text, self._read_to) + len(text)
        new, self._read_to = self.shown[self._read_to : end], end
        return new

    def send(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    def finish(self) -> int:
        """Wait for the end of the program; return its exit code and read what is left."""
        ends = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < ends, f"still running: {self.shown!r}"
            self._read(0.05)
        self._read(0.05)
        return self.process.returncode

    def left_as_found(self) -> bool:
        """Whether the terminal's modes are those that the program got."""
        now: list[Any] = termios.tcgetattr(self._other)
        return now == self.modes

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        for end in (self._end, self._other):
            with contextlib.suppress(OSError):
                os.close(end)

    def _read(self, seconds: float) -> None:
        while select.select([self._end], [], [], seconds)[0]:
            self.shown += os.read(self._end, 65536).decode(errors="replace").replace("\r\n", "\n")
            seconds = 0.0
