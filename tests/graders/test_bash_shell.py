"""The shell as a second opinion on Bash: it reads, and executes nothing."""

import shutil
from pathlib import Path

import pytest

from codefusion.graders.bash_shell import bash_accepts, bash_complaint
from codefusion.languages import get_language

BASH = get_language("bash")

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to ask")

VALID = [
    "ls -l | wc -l",
    "find . -name '*.c' -exec rm {} \\;",
    'for f in *.txt; do mv "$f" "${f%.txt}.md"; done',
    "if [ -f a ]\nthen cat a\nfi",
    "case $x in a|b) echo 1;; *) echo 2;; esac",
    "diff <(sort a) <(sort b) > out 2>&1 &",
    "echo $((1 + 2)) `pwd`",
    "cat <<E\n$x\nE\n",
    "echo é",
]
BROKEN = ["echo 'a", "ls |", "for x in a; do echo", "( ls", "ls )", "if true; fi", "", " ", "a\0b"]


@needs_bash
@pytest.mark.parametrize("code", VALID + BROKEN)
def test_the_shell_and_the_grammar_mostly_agree(code: str) -> None:
    assert bash_accepts(code) is BASH.is_valid(code)


@needs_bash
@pytest.mark.parametrize(
    ("code", "accepted"),
    [
        # The grammar is too lenient ...
        ("} ls", False),
        ("echo (a b)", False),
        ("for x in$(seq 3); do ls; done", False),
        # ... and too strict.
        ("find . -exec rm {} \\", True),
        ("while read f; do n=`wc -l $f` > $f.n; done", True),
        ("ls $/x", True),
    ],
)
def test_the_shell_corrects_the_grammar(code: str, accepted: bool) -> None:
    assert bash_accepts(code) is accepted
    assert BASH.is_valid(code) is not accepted


@needs_bash
def test_a_complaint_is_one_line_that_says_where() -> None:
    complaint = bash_complaint("ls\nls )\nls")
    assert complaint is not None
    assert "line 2" in complaint
    assert "\n" not in complaint
    assert bash_complaint("ls") == ""


@needs_bash
@pytest.mark.parametrize(
    "code",
    [
        "touch {}",
        "$(touch {})",
        "`touch {}`",
        "cat <(touch {}) > {}",
        "a[$(touch {})]=1",
        "(( a[$(touch {})] ))",
        "cat <<E\n$(touch {})\nE",
        "set +n\ntouch {}",
        "trap 'touch {}' EXIT",
        "exec bash +n -c 'touch {}'",
        "f() {{ touch {}; }}; f",
        ": > {}",
        ")\ntouch {}",
    ],
)
def test_nothing_is_executed(code: str, tmp_path: Path) -> None:
    bash_accepts(code.format(*[tmp_path / "made"] * 3))
    assert list(tmp_path.iterdir()) == []


@needs_bash
def test_no_start_up_file_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_up = tmp_path / "start_up"
    start_up.write_text(f"touch {tmp_path}/made")
    monkeypatch.setenv("BASH_ENV", str(start_up))
    monkeypatch.setenv("BASH_FUNC_ls%%", f"() {{ :; }}; touch {tmp_path}/made")
    bash_accepts("ls # with a start-up file")
    assert list(tmp_path.iterdir()) == [start_up]


@needs_bash
@pytest.mark.parametrize(
    "code",
    ["(" * 20_000, "$(" * 3_000, "x" * 50_000, "\ud800", "${" * 3_000, "<<E " * 500, "'" * 9_999],
    ids=lambda code: repr(code[:8]),
)
def test_hostile_text_gets_an_answer(code: str) -> None:
    assert bash_accepts(code) in (True, False)


def test_without_a_shell_there_is_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert bash_accepts("ls") is None
    assert bash_complaint("ls )") is None
