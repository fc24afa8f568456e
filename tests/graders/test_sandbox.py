"""What passes in the sandbox, and what only pretends to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sandboxes import CALM, ON_LINUX, SHORT, stopped

from codefusion.errors import UsageError
from codefusion.graders.sandbox import Limits, run

pytestmark = ON_LINUX


def test_a_good_program_passes_and_its_output_is_kept() -> None:
    outcome = run("import sys\nprint('out')\nprint('err', file=sys.stderr)", CALM)
    assert outcome.passed
    assert sorted(outcome.output.split()) == ["err", "out"]
    assert outcome.detail == ""
    assert "limits" in outcome.layers


def test_a_false_assertion_fails_and_says_where() -> None:
    outcome = run("x = 1\nassert x == 2, 'not two'", CALM)
    assert outcome.status == "failed"
    assert outcome.detail == "AssertionError: not two"
    assert "assert x == 2" in outcome.output
    assert "<sandbox>" not in outcome.output


@pytest.mark.parametrize(
    "source", ["def f(:", "x = '\ud800'", "\0", "raise Exception", "(" * 100 + "1", "import nope"]
)
def test_a_broken_program_fails(source: str) -> None:
    assert run(source, CALM).status in ("failed", "memory")


def test_parts_share_names_but_are_compiled_apart() -> None:
    assert run(["x = 1", "", "assert x == 1"], CALM).passed
    assert run(["x = '''", "assert False", "'''"], CALM).status == "failed"


def test_the_program_is_main_and_sees_its_files() -> None:
    source = (
        "import helper, pickle\n"
        "class A: pass\n"
        "assert isinstance(pickle.loads(pickle.dumps(A())), A)\n"
        "assert __name__ == '__main__' and helper.two == 2\n"
        "assert open('data/in.txt').read() == 'hé'\n"
        "open('out.txt', 'w').write('x')\n"
    )
    assert run(source, CALM, {"helper.py": b"two = 2", "data/in.txt": "hé"}).passed


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", ""])
def test_a_file_outside_the_folder_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="outside"):
        run("", CALM, {name: ""})


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"memory": -1}, {"threads": 1.5}])
def test_wrong_limits_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Limits(**wrong)


def test_the_environment_is_empty_and_stdin_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    source = (
        "import os, sys\nassert 'SECRET_KEY' not in os.environ\nassert sys.stdin.read() == ''\n"
    )
    assert run(source, CALM).passed


def test_the_folder_is_deleted_with_whatever_is_in_it() -> None:
    source = (
        "import os\nprint(os.getcwd())\nos.makedirs('locked/deep')\nos.symlink('nowhere', 'link')\n"
        "os.chmod('locked', 0)\n"
        "for _ in range(300):\n    os.mkdir('d')\n    os.chdir('d')\n"
    )
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(250)  # Less than the nest is deep: deleting must not need the stack.
    try:
        outcome = run(source, CALM)
    finally:
        sys.setrecursionlimit(before)
    assert outcome.passed, outcome
    folder = Path(outcome.output.strip())
    assert folder.name.startswith("codefusion-")
    assert not folder.exists()


def test_threads_asyncio_and_temporary_folders_work() -> None:
    source = """
import asyncio, tempfile, threading, shutil
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    assert list(pool.map(abs, range(-9, 0))) == list(range(9, 0, -1))
async def one():
    await asyncio.sleep(0.001)
    return 1
assert asyncio.run(one()) == 1
with tempfile.TemporaryDirectory() as folder:
    open(folder + '/a', 'w').write('x')
    shutil.copy(folder + '/a', folder + '/b')
with tempfile.NamedTemporaryFile() as file:
    file.write(b'x')
"""
    outcome = run(source, CALM)
    assert outcome.passed, outcome


# -- passing without having run


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.exit(0)",
        "raise SystemExit",
        "import os\nos._exit(0)",
        "quit()",
        "import sys\nprint('passed')\nsys.exit()",
        "import sys\nsys.audit('codefusion.passed')\nsys.exit()",
        # Calls from a frame of the same code, but not from the one that runs the tests.
        "import sys\nframe = sys._getframe(1)\n"
        "exec(frame.f_code, frame.f_globals)\nimport os\nos._exit(0)",
        "import os\nfor end in range(3, 60):\n"
        "    try: os.write(end, b'passed \\npassed 00\\n')\n    except OSError: pass\nos._exit(0)",
        "import builtins\nbuiltins.__import__ = builtins.compile = builtins.exec = None",
        "import atexit, os\natexit.register(os._exit, 0)\nraise ValueError",
        "import sys\nsys.excepthook = lambda *_: None\nraise ValueError",
        "import _thread\n_thread.interrupt_main()\nimport time\ntime.sleep(1)",
    ],
)
def test_leaving_early_is_not_passing(source: str) -> None:
    stopped(run([source, "assert False"], CALM), "failed", "crashed")


def test_the_token_is_not_found_in_the_frames_around() -> None:
    source = """
import sys, types
seen, frame = set(), sys._getframe()
def walk(value, depth):
    if id(value) in seen or depth > 5: return
    seen.add(id(value))
    if isinstance(value, str) and len(value) == 32 and set(value) <= set('0123456789abcdef'):
        print('TOKEN', value)
    elif isinstance(value, dict):
        for item in list(value.values()): walk(item, depth + 1)
    elif isinstance(value, (list, tuple, set)):
        for item in list(value): walk(item, depth + 1)
    elif isinstance(value, types.FunctionType):
        for cell in value.__closure__ or (): walk(cell.cell_contents, depth + 1)
while frame:
    walk(frame.f_locals, 0)
    walk(frame.f_globals, 0)
    frame = frame.f_back
print(len(seen))
"""
    outcome = run(source, CALM)
    assert outcome.passed, outcome
    assert "TOKEN" not in outcome.output


@pytest.mark.parametrize("name", ["gc.get_objects()", "gc.get_referrers(sys)", "sys.settrace(id)"])
def test_ways_to_look_into_the_hook_are_refused(name: str) -> None:
    stopped(run(f"import gc, sys\n{name}", CALM), "refused")


def test_a_closed_stdout_harms_nobody() -> None:
    assert run("import sys\nsys.stdout.close()\nsys.stderr.close()", CALM).passed
    assert run("import os\nos.close(1)\nos.close(2)", CALM).passed
    stopped(run("import os\nos.closerange(0, 64)\nassert False", CALM), "failed")
    stopped(run("import os\nos.closerange(0, 64)\nwhile True: pass", SHORT), "timeout")


def test_threads_left_running_do_not_hold_up_the_verdict() -> None:
    source = (
        "import threading, time\ndef spin():\n    while True: time.sleep(0.01)\n"
        "for _ in range(4): threading.Thread(target=spin).start()\n"
    )
    outcome = run(source, CALM)
    assert outcome.passed, outcome


def test_patched_builtins_and_modules_do_not_disturb_the_verdict() -> None:
    source = (
        "import os, sys, builtins, json, traceback\n"
        "os.write = os._exit = os.getcwd = sys.audit = lambda *_: None\n"
        "builtins.isinstance = builtins.len = builtins.int = lambda *_: 1 / 0\n"
    )
    assert run(source, CALM).passed
    assert run([source, "assert False"], CALM).status == "failed"
