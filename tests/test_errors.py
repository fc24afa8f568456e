"""What ends a program: one line for what its user can mend."""

import pytest

from codefusion.errors import DataError, UsageError, told_in_one_line


def raising(error: BaseException):
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (UsageError("no such thing"), "codefusion: no such thing\n", 2),
        (DataError("no such file: x"), "codefusion: no such file: x\n", 1),
        (OSError(28, "No space left"), "codefusion: [Errno 28] No space left\n", 1),
        (KeyboardInterrupt(), "codefusion: interrupted\n", 130),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_an_exit_code(capsys, error, line, code):
    with pytest.raises(SystemExit) as ended:
        told_in_one_line(raising(error))
    assert ended.value.code == code
    assert capsys.readouterr().err == line


def test_a_broken_invariant_of_our_own_keeps_its_traceback():
    with pytest.raises(AssertionError):
        told_in_one_line(raising(AssertionError("broken")))
