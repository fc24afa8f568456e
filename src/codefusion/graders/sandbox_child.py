"""The program in the sandbox that runs a candidate, judges how it ended and tells the caller.

Not imported there: its text is run, in a namespace with builtins of its own, by `sandbox`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys

# The module `typing` would be loaded in every run, for annotations that nobody evaluates there.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PASSED = "codefusion.passed"  # An audit event of our own: the runner calls the hook with it.

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


def main(confine: Callable[[dict[str, Any]], list[str]]) -> None:
    """Run the job on stdin; `confine` puts the kernel's layers in force and names them."""
    with open(0, "rb", closefd=False) as stdin:
        job = json.load(stdin)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    in_force = confine(job)
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
