"""What the kernel refuses a sandboxed program: processes, sockets, outside files, too much of all.

Part of the child's own program, as `sandbox_child`: nothing but the standard library, no package.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys

# The module `typing` would be loaded in every run, for annotations that nobody evaluates there.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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


def confine(job: dict[str, Any]) -> list[str]:
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
