"""Run untrusted Python in a child process with limits: no network, no processes, no outside files.

Not a security boundary against a determined attacker; docs/sandbox.md says what holds and what not.
The first half runs in the caller. The second half, below the mark, is the child's own program.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
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
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from codefusion.errors import UsageError

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
    # Resolved, or a symbolic link such as macOS's /tmp would make every file an outside one.
    folder = os.path.realpath(tempfile.mkdtemp(prefix="codefusion-"))
    try:
        _write_files(Path(folder), files or {})
        return _run_in(folder, parts, limits)
    finally:
        _delete_folder(folder)


@cache
def layers() -> tuple[str, ...]:
    """Return the protections in force on this machine, found by running an empty program.

    Without `seccomp` and `landlock` only Python-level checks keep a candidate in its place.
    """
    return run("", Limits(seconds=30, cpu_seconds=30)).layers


def _write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        inner = PurePosixPath(name)
        if inner.is_absolute() or ".." in inner.parts or not inner.parts:
            raise UsageError(f"file {name!r} lies outside the sandbox; give a relative path")
        target = folder / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


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


@cache
def _child_program() -> str:
    # The imports at the head of this file are not the child's: it starts with its own few.
    text = Path(__file__).read_text(encoding="utf-8").split(_MARK, 1)[1]
    head = "from __future__ import annotations\nimport contextlib, ctypes, errno, json, os, sys\n"
    # A copy of the builtins, so that a candidate that replaces `len` does not change our checks,
    # and a namespace of its own, so that `__main__` is the candidate's.
    return (
        "import builtins\n"
        f"exec(compile({head + text!r}, '<sandbox>', 'exec'),"
        " {'__name__': 'sandbox', '__builtins__': dict(vars(builtins)), 'IN_CHILD': True})"
    )


_MARK = "# ---- the child's " + "program ----"

# ---- the child's program ----
# Uses no name from above; annotations are never evaluated here.

_PASSED = "codefusion.passed"  # An audit event of our own: the runner calls the hook with it.
_NO_NEW_PRIVILEGES, _PARENT_DEATH_SIGNAL, _SET_SECCOMP = 38, 1, 22

# x86-64 and AArch64 numbers of the calls nobody needs to compute an answer; "-" is "has none".
_REFUSED_CALLS = """
    fork 57 - vfork 58 - execve 59 221 execveat 322 281 unshare 272 97 setns 308 268
    socket 41 198 connect 42 203 bind 49 200 listen 50 201 sendmsg 46 211 sendmmsg 307 269
    io_uring_setup 425 425 tkill 200 130 rt_sigqueueinfo 129 138 rt_tgsigqueueinfo 297 240
    pidfd_open 434 434 pidfd_send_signal 424 424 pidfd_getfd 438 438 kcmp 312 272
    ptrace 101 117 process_vm_readv 310 270 process_vm_writev 311 271 process_madvise 440 440
    mount 165 40 umount2 166 39 pivot_root 155 41 chroot 161 51 move_mount 429 429
    open_tree 428 428 fsopen 430 430 fsconfig 431 431 fsmount 432 432 fspick 433 433
    mount_setattr 442 442 open_by_handle_at 304 265 fanotify_init 300 262 quotactl 179 60
    bpf 321 280 perf_event_open 298 241 userfaultfd 323 282 personality 135 92 syslog 103 116
    keyctl 250 219 add_key 248 217 request_key 249 218 init_module 175 105 finit_module 313 273
    delete_module 176 106 kexec_load 246 104 kexec_file_load 320 294 reboot 169 142
    swapon 167 224 swapoff 168 225 sethostname 170 161 setdomainname 171 162 acct 163 89
    settimeofday 164 170 clock_settime 227 112 adjtimex 159 171 clock_adjtime 305 266
    setuid 105 146 setgid 106 144 setreuid 113 145 setregid 114 143 setresuid 117 147
    setresgid 119 149 setfsuid 122 151 setfsgid 123 152 setgroups 116 159 capset 126 91
    chown 92 - fchown 93 55 lchown 94 - fchownat 260 54 mknod 133 - mknodat 259 33
    setxattr 188 5 lsetxattr 189 6 fsetxattr 190 7 removexattr 197 14 lremovexattr 198 15
    fremovexattr 199 16 setsid 112 157 setpgid 109 154 setrlimit 160 164 setpriority 141 140
    ioprio_set 251 30 sched_setscheduler 144 119 sched_setparam 142 118 sched_setattr 314 274
    shmget 29 194 msgget 68 186 semget 64 190 mq_open 240 180 memfd_create 319 279
    memfd_secret 447 447 iopl 172 - ioperm 173 - modify_ldt 154 -
"""

_REFUSED_EVENTS = """
    os.exec os.fork os.forkpty os.posix_spawn os.spawn os.system os.startfile os.killpg pty.spawn
    subprocess.Popen webbrowser.open socket.bind socket.connect socket.sendto socket.sendmsg
    socket.getaddrinfo socket.gethostbyname socket.gethostbyaddr socket.getnameinfo
    socket.sethostname ctypes.dlsym ctypes.dlsym/handle ctypes.call_function ctypes.string_at
    ctypes.wstring_at gc.get_objects gc.get_referrers sys.settrace sys.setprofile
    sys._current_frames sys._current_exceptions resource.setrlimit resource.prlimit
    sqlite3.enable_load_extension sqlite3.load_extension
"""

# Event to the places of its (path, folder descriptor) pairs; None: it has no descriptor.
_PATH_EVENTS: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    # The old name too: a second name of an outside file would count as an inside one.
    "os.link": ((0, 2), (1, 3)),
    "os.symlink": ((0, 2), (1, 2)),
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.chflags": ((0, None),),
    "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),),
    "os.removexattr": ((0, None),),
    "sqlite3.connect": ((0, None),),
}


def _child_main() -> None:
    with open(0, "rb", closefd=False) as stdin:
        job = json.load(stdin)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    in_force = _confine(job)
    sys.path.insert(0, job["folder"])
    sys.argv = [""]
    # What the candidate will find loaded anyway must not be loaded under the checks.
    import linecache
    import traceback
    import types

    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    os.write(job["report"], f"layers {' '.join([*in_force, 'audit'])}\n".encode())
    parts, report = job.pop("parts"), job["report"]
    _add_hook(job["folder"], job.pop("token"), report)
    job.clear()
    _run_parts(parts, main.__dict__, report, (sys.audit, os._exit, linecache, traceback))


def _run_parts(
    parts: list[str], namespace: dict[str, object], report: int, tools: tuple[Any, ...]
) -> None:
    """Run the parts. The hook knows this very frame, and tells the token when it says so."""
    audit, leave, linecache, traceback = tools
    write, out, err = os.write, sys.stdout, sys.stderr
    audit(_PASSED)  # The first time only shows this frame to the hook.
    verdict = "crashed"
    try:
        for number, part in enumerate(parts, 1):
            name = f"<part {number}>"
            linecache.cache[name] = (len(part), None, part.splitlines(keepends=True), name)
            exec(compile(part, name, "exec", dont_inherit=True), namespace)
        verdict = "passed"
    except BaseException as error:
        verdict = _judged(error)
        with contextlib.suppress(BaseException):
            # Without our own frame, which is none of the reader's business.
            below = error.__traceback__.tb_next if error.__traceback__ else None
            traceback.print_exception(type(error), error, below, file=err)
    for stream in (out, err):
        with contextlib.suppress(BaseException):
            stream.flush()
    # A candidate that closed our end of the pipe gets no verdict.
    with contextlib.suppress(BaseException):
        if verdict == "passed":
            audit(_PASSED)
        else:
            write(report, verdict.encode("utf-8", errors="replace") + b"\n")
    # At once: threads and exit handlers of the candidate have no say in the verdict.
    leave(0)


def _judged(error: BaseException) -> str:
    try:
        kind = type(error).__name__
        text = " ".join(f"{kind}: {error}".split())[:300]
    except BaseException:
        text = "an error that cannot be printed"
    if isinstance(error, MemoryError):
        return f"memory {text}"
    if isinstance(error, SystemExit | KeyboardInterrupt | GeneratorExit):
        return f"failed left through {text}"
    refusals = (errno.EPERM, errno.EACCES, errno.EROFS, errno.EFBIG)
    if isinstance(error, OSError) and error.errno in refusals:
        return f"refused {text}"
    return f"failed {text}"


def _add_hook(folder: str, token: str, report: int) -> None:
    """Refuse through Python's audit events; the interpreter keeps hooks where none can take them.

    The token lives in this hook only. It is written when the runner's own frame asks: a candidate
    may raise the same event, but not from that frame.
    """
    getcwd, getpid, readlink, getframe = os.getcwd, os.getpid, os.readlink, sys._getframe
    fsdecode, write, index = os.fsdecode, os.write, int.__index__
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    refused, paths, passed = frozenset(_REFUSED_EVENTS.split()), _PATH_EVENTS, _PASSED
    runner: list[object] = []

    def inside(path: Any, descriptor: Any = None) -> bool:
        if isinstance(path, int):
            return True  # An open file: its opening was judged.
        name = fsdecode(path)
        if name in ("/dev/null", ":memory:", ""):
            return True
        if not name.startswith("/"):
            base = getcwd()
            if isinstance(descriptor, int) and descriptor >= 0:
                try:
                    base = readlink(f"/proc/self/fd/{index(descriptor)}")
                except OSError:
                    return True  # No /proc, as on macOS: refusing would break every clean-up.
            name = f"{base}/{name}"
        # By the letter, not through links: links that lead outside cannot be made in here.
        steps: list[str] = []
        for step in name.split("/"):
            if step == "..":
                del steps[-1:]
            elif step not in ("", "."):
                steps.append(step)
        return f"/{'/'.join(steps)}/".startswith(f"{folder}/")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == passed:
            frame = getframe(1)
            if not runner:
                runner.append(frame)
            elif frame is runner[0]:
                write(report, f"passed {token}\n".encode())
            return
        if event in refused:
            allowed = False
        elif event == "open":
            allowed = not (isinstance(args[2], int) and args[2] & writing) or inside(args[0])
        elif event in paths:
            allowed = True
            for place, descriptor in paths[event]:
                folder_fd = args[descriptor] if descriptor is not None else None
                if event == "os.symlink" and place == 0 and not fsdecode(args[0]).startswith("/"):
                    # A relative target starts at the link, not here.
                    target = f"{fsdecode(args[1]).rpartition('/')[0] or '.'}/{fsdecode(args[0])}"
                    allowed = allowed and inside(target, folder_fd)
                else:
                    allowed = allowed and inside(args[place], folder_fd)
        elif event == "os.kill":
            allowed = args[0] == getpid()
        elif event == "ctypes.dlopen":
            allowed = args[0] is None
        else:
            return
        if not allowed:
            what = f"{event} {args[0]!r}" if event == "open" or event in paths else event
            raise PermissionError(1, f"the sandbox refuses {what}")

    sys.addaudithook(hook)


def _confine(job: dict[str, Any]) -> list[str]:
    """Put every layer in force that this system has, and return their names."""
    in_force = []
    linux = sys.platform == "linux"
    libc = ctypes.CDLL(None, use_errno=True)
    tasks = 0
    if linux:
        _leave_root()
        tasks = _tasks()
        if _separate(libc):
            in_force.append("namespaces")
    _limit(job, tasks)
    in_force.append("limits")
    if linux:
        # In this order: what follows would be refused once the filter is in force.
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        machine = os.uname().machine
        if _drop_capabilities(libc, machine):
            in_force.append("capabilities")
        if _keep_to_folder(libc, job["folder"]):
            in_force.append("landlock")
        libc.prctl(_PARENT_DEATH_SIGNAL, 9, 0, 0, 0)
        if os.getppid() != job["parent"]:
            os._exit(1)  # The caller died before the signal was set.
        if _filter_calls(libc, machine):
            in_force.append("seccomp")
    return in_force


def _leave_root() -> None:
    # The kernel does not limit root's tasks. Only the real number changes: files are still opened
    # as the caller, or the interpreter might be out of reach. One number a run, so none share it.
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.setresuid(0x40000000 + os.getpid(), -1, -1)


def _separate(libc: Any) -> bool:
    """Leave the caller's network and shared memory for empty ones."""
    network, shared_memory, user = 0x40000000, 0x08000000, 0x10000000
    # A root that may do it needs no new user; anybody else becomes nobody in a space of its own.
    flags = network | shared_memory
    return libc.unshare(flags) == 0 or libc.unshare(flags | user) == 0


def _tasks() -> int:
    """Count the user's tasks: where the number is the caller's own, they fall under the limit."""
    if os.getuid() != os.geteuid():
        return 0
    tasks = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/status") as status:
            lines = dict(line.split(":", 1) for line in status if ":" in line)
            if int(lines["Uid"].split()[0]) == os.getuid():
                tasks += int(lines.get("Threads", "1"))
    return tasks


def _limit(job: dict[str, Any], tasks: int) -> None:
    import resource

    wanted = {
        "RLIMIT_CPU": (job["cpu_seconds"], job["cpu_seconds"] + 1),
        "RLIMIT_AS": (job["memory"],) * 2,
        "RLIMIT_NPROC": (job["threads"] + tasks,) * 2,
        "RLIMIT_FSIZE": (job["file_bytes"],) * 2,
        "RLIMIT_NOFILE": (job["open_files"],) * 2,
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_MSGQUEUE": (0, 0),
        "RLIMIT_MEMLOCK": (0, 0),
    }
    for name, (soft, hard) in wanted.items():
        # Not every system has each, and a hard limit of the caller may be lower already.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            number = getattr(resource, name)
            top = resource.getrlimit(number)[1]
            cap = hard if top == resource.RLIM_INFINITY else min(hard, top)
            resource.setrlimit(number, (min(soft, cap), cap))


def _drop_capabilities(libc: Any, machine: str) -> bool:
    number = {"x86_64": 126, "aarch64": 91}.get(machine)
    if number is None:
        return False
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    return bool(libc.syscall(number, header, (ctypes.c_uint32 * 6)()) == 0)


def _keep_to_folder(libc: Any, folder: str) -> bool:
    """Landlock: write in the folder only, run nothing, read libraries, not the caller's files."""
    create, add, restrict = 444, 445, 446
    version = libc.syscall(create, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    read_file, read_folder = 1 << 2, 1 << 3
    # Rights grew with the versions: moving between folders, truncating, device control.
    rights = (1 << 13) - 1
    for least, right in ((2, 1 << 13), (3, 1 << 14), (5, 1 << 15)):
        rights |= right if version >= least else 0
    attributes = [rights]
    if version >= 4:
        attributes.append(0b11)  # No TCP port may be bound or connected to.
    if version >= 6:
        attributes.append(0b11)  # No signal and no abstract socket leaves the sandbox.
    packed = (ctypes.c_uint64 * len(attributes))(*attributes)
    ruleset = libc.syscall(create, packed, ctypes.c_size_t(ctypes.sizeof(packed)), 0)
    if ruleset < 0:
        return False
    readable = {"/usr", "/lib", "/lib64", "/opt", "/nix/store", "/dev/urandom", "/dev/zero"}
    readable |= {f"/etc/{name}" for name in ("ld.so.cache", "localtime", "passwd", "mime.types")}
    readable |= {"/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"}
    readable |= {sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)} - {"/"}
    allowed = [(path, read_file) for path in sorted(readable)]
    # Names may be listed everywhere: programs look about, and names are no contents.
    allowed += [("/", read_folder), (folder, rights & ~1), ("/dev/null", read_file | 1 << 1)]
    for path, access in allowed:
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            raw = access.to_bytes(8, sys.byteorder) + descriptor.to_bytes(4, sys.byteorder)
            # A file takes no rights of a folder; the folder's are given to no file.
            libc.syscall(add, ruleset, 1, ctypes.c_char_p(raw), 0)
            os.close(descriptor)
    done = libc.syscall(restrict, ruleset, 0) == 0
    os.close(ruleset)
    return done


def _filter_calls(libc: Any, machine: str) -> bool:
    """Seccomp: a program for the kernel that refuses the calls above, for good."""
    if machine not in ("x86_64", "aarch64") or sys.maxsize < 1 << 32:
        return False
    column = ("x86_64", "aarch64").index(machine)
    architecture = (0xC000003E, 0xC00000B7)[column]
    load, equal, at_least, any_bit, end = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill, refuse = 0x7FFF0000, 0x80000000, 0x00050000
    allow_it, refuse_it = (end, 0, 0, allow), (end, 0, 0, refuse | errno.EPERM)
    unknown = (end, 0, 0, refuse | errno.ENOSYS)

    def argument(index: int, high: bool = False) -> tuple[int, int, int, int]:
        return (load, 0, 0, 16 + 8 * index + 4 * high)

    def when(number: int, *then: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
        return [(equal, 0, len(then), number), *then]

    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (end, 0, 0, kill),
        (load, 0, 0, 0),
        # Calls younger than this list, and on x86-64 those of its 32-bit twin: not there.
        (at_least, 0, 1, 463),
        unknown,
    ]
    words = _REFUSED_CALLS.split()
    for word in words[1 + column :: 3]:
        if word != "-":
            program += when(int(word), refuse_it)
    clone, kill_one, tgkill, sendto, prlimit, prctl = (
        (56, 62, 234, 44, 302, 157),
        (220, 129, 131, 206, 261, 167),
    )[column]
    # The flags of the newer call lie in memory, where no filter looks; libc then takes the older.
    program += when(435, unknown)
    # A thread, not a process.
    program += when(clone, argument(0), (any_bit, 0, 1, 0x10000), allow_it, refuse_it)
    for number in (kill_one, tgkill):
        program += when(number, argument(0), (equal, 0, 1, os.getpid()), allow_it, refuse_it)
    # An address to send to; a pair of sockets, as asyncio makes, needs none.
    for number, index in ((sendto, 4), (prlimit, 2)):
        low, high = argument(index), argument(index, high=True)
        program += when(number, low, (equal, 0, 3, 0), high, (equal, 0, 1, 0), allow_it, refuse_it)
    program += when(prctl, argument(0), (equal, 0, 1, _PARENT_DEATH_SIGNAL), refuse_it, allow_it)
    program.append(allow_it)
    code = b"".join(
        operation.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little")
        for operation, yes, no, value in program
    )
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    header = Program(len(program), ctypes.addressof(buffer))
    return bool(libc.prctl(_SET_SECCOMP, 2, ctypes.byref(header), 0, 0) == 0)


if "IN_CHILD" in globals():
    _child_main()
