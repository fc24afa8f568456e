"""Run untrusted Python in a child process with limits: no network, no processes, no outside files.

Not a security boundary against a determined attacker; docs/sandbox.md says what holds and what not.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Literal

from codefusion.errors import UsageError
from codefusion.graders.sandbox_folder import fresh_folder

Status = Literal["passed", "failed", "timeout", "memory", "refused", "crashed"]

_MIB = 1 << 20
# What a child may say of itself without the token: nothing that is to its credit.
_OWN_VERDICTS: dict[str, Status] = {"failed": "failed", "memory": "memory", "refused": "refused"}


@dataclass(frozen=True)
class Limits:
    """What a candidate may use up; every field is a positive number."""

    seconds: float = 5.0
    """Wall-clock time, the start of the interpreter included."""
    cpu_seconds: int = 5
    memory: int = 1024 * _MIB
    """Bytes of address space. Threads' stacks and numpy's buffers count, used or not."""
    threads: int = 64
    """Threads; processes are refused altogether where the kernel's filter works."""
    file_bytes: int = 16 * _MIB
    """Size of one file."""
    open_files: int = 64
    output_bytes: int = 64 * 1024
    """What is kept of stdout and stderr together; the rest is read and dropped."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise UsageError(f"limit {field.name!r} must be positive, got {value!r}; raise it")
            if field.name != "seconds" and not isinstance(value, int):
                raise UsageError(f"limit {field.name!r} must be a whole number, got {value!r}")


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Outcome:
    """How a run ended; `passed` means that every part ran to its end, nothing else does."""

    status: Status
    output: str
    """stdout and stderr as they came, cut at `Limits.output_bytes`."""
    seconds: float
    detail: str = ""
    """One line: why it did not pass."""
    layers: tuple[str, ...] = ()
    """The protections that were in force, see docs/sandbox.md."""

    @property
    def passed(self) -> bool:
        """Whether every part ran to its end."""
        return self.status == "passed"


def run(
    source: str | Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    files: Mapping[str, str | bytes] | None = None,
) -> Outcome:
    """Run `source` in a fresh folder that holds `files`, and delete the folder afterwards.

    Several parts run one after another in one namespace, each compiled by itself, so that an open
    string in a candidate cannot swallow the tests behind it. Whatever the child does is told by
    the outcome; only a wrong argument raises (`UsageError`), or a system that is out of processes.
    """
    if os.name != "posix":
        raise UsageError(
            f"candidates can only be run on Linux or macOS, got {sys.platform}; use WSL"
        )
    parts = [source] if isinstance(source, str) else list(source)
    with fresh_folder(files or {}) as folder:
        return _run_in(folder, parts, limits)


@cache
def layers() -> tuple[str, ...]:
    """Return the protections in force on this machine, found by running an empty program.

    Without `seccomp` and `landlock` only Python-level checks keep a candidate in its place.
    """
    return run("", Limits(seconds=30, cpu_seconds=30)).layers


def _run_in(folder: str, parts: list[str], limits: Limits) -> Outcome:
    token = secrets.token_hex(16)
    read_end, write_end = os.pipe()
    started = time.monotonic()
    try:
        job = {"parts": parts, "folder": folder, "token": token, "report": write_end}
        job |= {"parent": os.getpid(), **asdict(limits)}
        # A file and not a pipe: a child that dies early cannot block us while we write.
        with tempfile.TemporaryFile() as stdin:
            stdin.write(json.dumps(job).encode())
            stdin.seek(0)
            process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-B", "-X", "utf8", "-c", _child_program()],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=_environment(folder),
                cwd=folder,
                pass_fds=(write_end,),
                start_new_session=True,
            )
        os.close(write_end)
        write_end = -1
        try:
            output, report, expired = _watch(process, read_end, limits, started)
        finally:
            cpu_seconds = _kill(process)
    finally:
        os.close(read_end)
        if write_end >= 0:
            os.close(write_end)
    seconds = time.monotonic() - started
    in_force, status, detail = _verdict(report, token)
    if status is None:
        if expired:
            status, detail = "timeout", f"still running after {limits.seconds:g} s"
        else:
            status, detail = _ending(process.returncode, cpu_seconds, limits)
    return Outcome(status, output, seconds, detail, in_force)


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the caller's: keys and tokens live in environments."""
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",  # A grade must not hang on the order of a set.
        "MPLBACKEND": "Agg",
        # Each thread's arena and buffers count against the address space, used or not.
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _watch(
    process: subprocess.Popen[bytes], report_end: int, limits: Limits, started: float
) -> tuple[str, bytes, bool]:
    """Read what the child writes until it ends or its time is up."""
    assert process.stdout is not None
    output_end = process.stdout.fileno()
    kept = {output_end: bytearray(), report_end: bytearray()}
    room = {output_end: limits.output_bytes, report_end: 64 * 1024}
    cut = expired = False
    with selectors.DefaultSelector() as selector:
        for end in kept:
            os.set_blocking(end, False)
            selector.register(end, selectors.EVENT_READ)
        ended = False
        while not ended:
            left = started + limits.seconds - time.monotonic()
            if left <= 0:
                expired = True
                break
            ended = _has_ended(process.pid)
            # The child may close its ends and go on, or end while a thread of ours holds a copy.
            for key, _ in selector.select(0 if ended else min(left, 0.02)):
                end = key.fd
                # After the end take what a pipe can hold, but not what others may go on writing.
                for _ in range(32 if ended else 1):
                    chunk = _read(end)
                    if not chunk:
                        break
                    free = room[end] - len(kept[end])
                    kept[end] += chunk[:free]
                    cut = cut or (end == output_end and len(chunk) > free)
                if chunk == b"":
                    selector.unregister(end)
            if not selector.get_map() and not ended:
                time.sleep(min(left, 0.005))
    text = kept[output_end].decode("utf-8", errors="replace")
    return text + ("\n[output cut]\n" if cut else ""), bytes(kept[report_end]), expired


def _read(end: int) -> bytes | None:
    """Return what is there, b"" at the end of the file, None when nothing is there yet."""
    try:
        return os.read(end, 1 << 16)
    except BlockingIOError:
        return None


def _has_ended(pid: int) -> bool:
    # WNOWAIT leaves the zombie, so that its number cannot be another's when we kill the group.
    if not hasattr(os, "waitid"):
        return False
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _kill(process: subprocess.Popen[bytes]) -> float:
    """Kill the child's whole group, reap the child, and return the CPU seconds it took."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.stdout is not None
    process.stdout.close()
    return usage.ru_utime + usage.ru_stime


def _verdict(report: bytes, token: str) -> tuple[tuple[str, ...], Status | None, str]:
    """Read the child's lines; without the token nobody has passed."""
    in_force: tuple[str, ...] = ()
    for line in report.splitlines():
        kind, _, text = line.decode("utf-8", errors="replace").partition(" ")
        if kind == "layers" and not in_force:
            in_force = tuple(text.split())
        elif kind == "passed" and secrets.compare_digest(text.encode(), token.encode()):
            return in_force, "passed", ""
        elif kind in _OWN_VERDICTS:
            return in_force, _OWN_VERDICTS[kind], text
    return in_force, None, ""


def _ending(code: int, cpu_seconds: float, limits: Limits) -> tuple[Status, str]:
    """Judge a child that ended without a word of its own."""
    if code >= 0:
        return "failed", f"left with exit code {code} before the end"
    # A child that ignores the first signal is killed a second later, by the hard limit.
    if -code == signal.SIGXCPU or (-code == signal.SIGKILL and cpu_seconds >= limits.cpu_seconds):
        return "timeout", f"took more than {limits.cpu_seconds} s of CPU time"
    if -code == getattr(signal, "SIGSYS", None):
        return "refused", "made a system call of another architecture"
    return "crashed", f"killed by signal {-code}"


@cache
def _child_program() -> str:
    """Return a program without imports of ours: the child has neither our path nor our package."""
    parts = {
        name: Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
        for name in ("sandbox_kernel", "sandbox_child")
    }
    # A copy of the builtins, so that a candidate that replaces `len` does not change our checks,
    # and a namespace of its own, so that `__main__` is the candidate's.
    return (
        "import builtins\n"
        "def load(name, text):\n"
        "    names = {'__name__': name, '__builtins__': dict(vars(builtins))}\n"
        "    exec(compile(text, '<sandbox>', 'exec'), names)\n"
        "    return names\n"
        f"confine = load('kernel', {parts['sandbox_kernel']!r})['confine']\n"
        f"load('child', {parts['sandbox_child']!r})['main'](confine)\n"
    )
