"""Programs that reach for other processes, outside files or the network: each is stopped."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

import pytest
from sandboxes import CALM, ON_LINUX, needs, stopped

from codefusion.graders import sandbox
from codefusion.graders.sandbox import run

pytestmark = ON_LINUX


# -- other processes


@pytest.mark.parametrize(
    "source",
    [
        "import os\nfor _ in range(8): os.fork()",
        "import os\nfor _ in range(8):\n    try: os.fork()\n    except OSError: pass\nassert 0",
        "import os\nos.system('sleep 30 &')",
        "import subprocess\nsubprocess.Popen(['sleep', '30'], start_new_session=True)",
        "import os\nos.execv('/bin/sleep', ['sleep', '30'])",
        "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=id).start()",
    ],
)
def test_no_process_can_be_made(source: str) -> None:
    stopped(run(source, CALM), "refused", "failed")


def test_the_kernel_refuses_a_fork_that_no_audit_event_tells() -> None:
    needs("seccomp")
    source = """
import os, _posixsubprocess
read, write = os.pipe()
_posixsubprocess.fork_exec(
    [b'/bin/sleep', b'30'], (b'/bin/sleep',), True, (), None, None,
    -1, -1, -1, -1, -1, -1, read, write, True, True, 0, None, None, None, -1, None, False)
"""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the call takes other arguments in every version")
    stopped(run(source, CALM), "refused")


def test_the_caller_cannot_be_killed() -> None:
    seen = []
    before = signal.signal(signal.SIGUSR1, lambda *_: seen.append("signal"))
    try:
        stopped(run("import os, signal\nos.kill(os.getppid(), signal.SIGUSR1)", CALM), "refused")
        stopped(run("import os, signal\nos.killpg(0, signal.SIGTERM)", CALM), "refused")
        if "seccomp" in sandbox.layers():  # By a way that no audit event tells.
            source = (
                "import os, signal\nassert os.getppid() != 1\n"
                "signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGUSR1)"
            )
            stopped(run(source, CALM), "refused")
        time.sleep(0.05)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_program_that_dies_of_a_signal_has_crashed(number: int) -> None:
    outcome = run(f"import os\nos.kill(os.getpid(), {int(number)})", CALM)
    stopped(outcome, "crashed")
    assert str(int(number)) in outcome.detail


# -- files and the network


@pytest.mark.parametrize(
    "action",
    [
        "os.remove(outside)",
        "os.unlink(name, dir_fd=os.open(folder, os.O_RDONLY))",
        "os.truncate(outside, 0)",
        "os.rename(outside, 'mine')",
        "os.chmod(outside, 0)",
        "open(outside, 'w')",
        "open(outside, 'r+')",
        "os.open(outside, os.O_WRONLY | os.O_APPEND)",
        "pathlib.Path(outside).unlink()",
        "shutil.rmtree(folder)",
        "shutil.move(outside, 'mine')",
        "os.mkdir(folder + '/new')",
        "os.symlink(outside, 'link')",
        "os.symlink('../' * 9 + outside[1:], 'link')",
        "os.link(outside, 'link')",
        "(os.chdir(folder), open('new', 'w'))",
        "open('../new', 'w')",
        "sqlite3.connect(folder + '/new')",
        "open(folder.encode() + b'/new', 'wb')",
    ],
)
def test_an_outside_file_stays_as_it_was(action: str, tmp_path: Path) -> None:
    outside = tmp_path / "kept.txt"
    outside.write_text("precious")
    mode = outside.stat().st_mode
    source = (
        f"import os, pathlib, shutil, sqlite3\nfolder, name = {str(tmp_path)!r}, 'kept.txt'\n"
        f"outside = folder + '/' + name\n{action}\n"
    )
    stopped(run(source, CALM), "refused")
    assert outside.read_text() == "precious"
    assert outside.stat().st_mode == mode
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    assert not Path(tempfile.gettempdir(), "new").exists()


def test_the_kernel_keeps_writes_in_the_folder_without_audit_events(tmp_path: Path) -> None:
    needs("landlock")
    source = (
        "import sqlite3\nbase = sqlite3.connect(':memory:')\n"
        f"base.execute('attach ? as other', ({str(tmp_path / 'new.db')!r},))\n"
        "base.execute('create table other.t (x)')\n"
    )
    stopped(run(source, CALM), "failed")
    stopped(run(f"import os\nos.mkfifo({str(tmp_path / 'new')!r})", CALM), "refused")
    assert list(tmp_path.iterdir()) == []


def test_the_callers_files_cannot_be_read(tmp_path: Path) -> None:
    needs("landlock")
    (tmp_path / "key").write_text("secret")
    outcome = run(f"print(open({str(tmp_path / 'key')!r}).read())", CALM)
    stopped(outcome, "refused")
    assert "secret" not in outcome.output
    stopped(run("import os\nopen(f'/proc/{os.getppid()}/environ')", CALM), "refused")


def test_the_network_is_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        for source in (
            f"import socket\nsocket.create_connection(('127.0.0.1', {port})).send(b'hello')",
            f"import socket\nsocket.socket().connect(('127.0.0.1', {port}))",
            f"import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}', timeout=1)",
        ):
            stopped(run(source, CALM), "refused", "failed")
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_kernel_refuses_sockets_itself() -> None:
    needs("seccomp")
    stopped(run("import _socket\n_socket.socket(_socket.AF_INET)", CALM), "refused")
    stopped(run("import _socket\n_socket.socket(_socket.AF_UNIX)", CALM), "refused")


def test_native_code_cannot_be_loaded() -> None:
    stopped(run("import ctypes\nctypes.CDLL('libc.so.6')", CALM), "refused")
    stopped(run("import ctypes\nctypes.pythonapi.Py_Exit", CALM), "refused", "failed")
    stopped(
        run("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (-1, -1))", CALM), "refused"
    )
