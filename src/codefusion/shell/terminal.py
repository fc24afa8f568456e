"""Keys and lines typed at a terminal, which is left as it was found.

Not for what the keys mean: that is `session`.
"""

from __future__ import annotations

import os
import select
import shutil
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

_ESCAPE, _INTERRUPT, _END = "\x1b", "\x03", "\x04"
# Between the bytes of an arrow key less time passes than between two keys that are pressed.
_SEQUENCE_SECONDS = 0.05


def is_interactive() -> bool:
    """Whether somebody can answer: keys come from a terminal and prompts go to one."""
    # A process may have been started without them.
    streams = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def may_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream shows colours, by https://no-color.org."""
    return (
        stream.isatty()
        and not environment.get("NO_COLOR")
        and environment.get("TERM", "dumb") != "dumb"
    )


def width() -> int:
    """Return how many columns the terminal has, 80 if it does not say."""
    return shutil.get_terminal_size().columns


class Terminal:
    """Standard input as a terminal, read key by key; prompts and echo go to standard error.

    To be entered as a context. Raises `EOFError` when the terminal is gone and
    `KeyboardInterrupt` for Ctrl-C.
    """

    def __init__(self) -> None:
        self._input = sys.stdin.fileno()
        self._saved = termios.tcgetattr(self._input)

    def __enter__(self) -> Terminal:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        termios.tcsetattr(self._input, termios.TCSADRAIN, self._saved)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Give the terminal as it was found to another program for a while."""
        self.__exit__()
        try:
            yield
        finally:
            self._listen()

    def write(self, text: str) -> None:
        """Show a text at once."""
        sys.stderr.write(text)
        sys.stderr.flush()

    def key(self, prompt: str) -> str:
        """Show a prompt and return one key, an empty text for keys of several bytes."""
        self.write(prompt)
        key = self._character()
        if key == _ESCAPE and self._more():
            self._skip_sequence()
            key = ""
        self.write(f"{key if key.isprintable() else ''}\n")
        return key

    def line(self, prompt: str) -> str | None:
        """Show a prompt and return a line, None if it is given up with Escape or Ctrl-D.

        What was typed before the prompt does not count: it was no answer to it.
        """
        termios.tcflush(self._input, termios.TCIFLUSH)
        self.write(prompt)
        typed = ""
        while True:
            key = self._character()
            if key in "\r\n":
                self.write("\n")
                return typed
            if key in (_ESCAPE, _END):
                self.write("\n")
                return None
            if key in "\x7f\b":
                self.write("\b \b" if typed else "")
                typed = typed[:-1]
            elif key.isprintable():
                self.write(key)
                typed += key

    def _listen(self) -> None:
        modes = termios.tcgetattr(self._input)
        # A shell that is editing a line may have left any of these on or off.
        modes[0] |= termios.ICRNL
        modes[1] |= termios.OPOST | termios.ONLCR
        # Ctrl-C is read as a key: as a signal it would reach a shell that waits for us, too.
        modes[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
        modes[6][termios.VMIN], modes[6][termios.VTIME] = 1, 0
        # Keys typed before anything was shown are no choice: they are dropped.
        termios.tcsetattr(self._input, termios.TCSAFLUSH, modes)

    def _character(self) -> str:
        raw = b""
        while True:
            byte = os.read(self._input, 1)
            if not byte:
                raise EOFError
            raw += byte
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                if len(raw) < 4:
                    continue
                return ""
            if text == _INTERRUPT:
                raise KeyboardInterrupt
            return text

    def _skip_sequence(self) -> None:
        """Read the rest of what an arrow or a function key sends: `[A`, `OP`, `[15~`."""
        if self._character() in "[O":
            while not "@" <= self._character() <= "~":
                pass

    def _more(self) -> bool:
        return bool(select.select([self._input], [], [], _SEQUENCE_SECONDS)[0])
