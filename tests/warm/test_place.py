import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from codefusion.warm.place import Place, check_peer, the_place

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
NOBODY = 65534


def test_only_the_user_can_reach_the_socket(place: Place) -> None:
    place.make()
    with place.locked(), place.listen(1):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (place.folder, place.address)]
        assert modes == [0o700, 0o600]
        place.connect(1.0).close()


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_folder_that_others_can_enter_is_refused(place: Place, mode: int) -> None:
    place.folder.mkdir()
    place.folder.chmod(mode)
    for use in (place.make, place.server, lambda: place.connect(1.0)):
        with pytest.raises(PermissionError, match="not a folder of yours alone"):
            use()


def test_a_link_or_a_file_in_place_of_the_folder_is_refused(place: Place, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    place.folder.symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        place.make()
    place.folder.unlink()
    place.folder.write_text("")
    with pytest.raises(OSError, match="exists"):
        place.make()


def test_what_is_no_socket_is_refused(place: Place) -> None:
    place.make()
    place.address.write_text("")
    with pytest.raises(PermissionError, match="not a socket of yours"):
        place.connect(1.0)


@as_root
def test_a_folder_or_a_socket_of_another_user_is_refused(place: Place) -> None:
    place.make()
    with place.listen(1):
        os.chown(place.address, NOBODY, NOBODY)
        with pytest.raises(PermissionError, match="not a socket of yours"):
            place.connect(1.0)
    os.chown(place.folder, NOBODY, NOBODY)
    with pytest.raises(PermissionError, match="not a folder of yours alone"):
        place.connect(1.0)


@as_root
def test_another_user_at_the_other_end_is_refused(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    check_peer(ours)
    with tempfile.TemporaryDirectory(prefix="cf") as folder:
        os.chown(folder, NOBODY, NOBODY)
        path = f"{folder}/socket"
        code = (
            "import socket, sys; one = socket.socket(socket.AF_UNIX); one.bind(sys.argv[1])\n"
            "one.listen(1); print(flush=True); sys.stdin.read()"
        )
        other = subprocess.Popen(
            # Not from an environment that the other user can't read.
            ["/usr/bin/python3", "-c", code, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            user=NOBODY,
            group=NOBODY,
            cwd="/",
        )
        with other, socket.socket(socket.AF_UNIX) as connection:
            assert other.stdout is not None
            other.stdout.readline()
            connection.connect(path)
            with pytest.raises(PermissionError, match=f"user {NOBODY}"):
                check_peer(connection)
            other.kill()
    ours.close()
    theirs.close()


@pytest.mark.parametrize("runtime", ["", "relative", "/no/such/folder"])
def test_without_a_runtime_folder_the_one_for_temporary_files_is_used(runtime: str) -> None:
    found = the_place({"XDG_RUNTIME_DIR": runtime}).folder
    assert found == Path(tempfile.gettempdir()) / f"codefusion-{os.getuid()}"


@as_root
def test_the_runtime_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    assert the_place({"XDG_RUNTIME_DIR": str(tmp_path)}).folder.parent != tmp_path


def test_there_is_one_server_at_a_time_and_a_dead_one_counts_for_nothing(place: Place) -> None:
    place.make()
    assert place.server() is None
    code = (
        "import sys, time; from codefusion.warm.place import the_place; place = the_place()\n"
        "with place.locked(), place.listen(1): print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert place.server() == other.pid
        with pytest.raises(BlockingIOError), place.locked():
            pass
        other.send_signal(signal.SIGKILL)
    assert place.address.exists()
    assert place.server() is None
    with pytest.raises(ConnectionRefusedError):
        place.connect(1.0)
    with place.locked(), place.listen(1):
        assert place.server() == os.getpid()
        place.connect(1.0).close()


def test_a_path_too_long_for_a_socket_is_named(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir(mode=0o700)
    with pytest.raises(OSError, match=r"cannot listen at '.*xx.*too long"):
        Place(folder).listen(1)
