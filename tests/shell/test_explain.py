import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.shell.explain import explain, missing_flags, missing_programs
from codefusion.shell.manual import Manuals

BUILT_IN = Manuals([])


def pieces(command: str, manuals: Manuals = BUILT_IN) -> list[tuple[str, str]]:
    return [(one.piece, one.text) for one in explain(command, manuals)]


def test_programs_flags_values_and_operators_are_explained_in_order() -> None:
    assert pieces("find . -name '*.py' | xargs -n 1 grep -c TODO > out.txt") == [
        ("find", "Look for files, and do something with each"),
        ("-name '*.py'", "The name fits a pattern"),
        ("|", "the output of the left goes into the right"),
        ("xargs", "Run a command with words from its input"),
        ("-n 1", "So many words at a time"),
        ("grep", "Print the lines that fit a pattern"),
        ("-c", "Only how many lines fit"),
        ("> out.txt", "the output goes into a file, replacing it"),
    ]


def test_a_cluster_is_explained_letter_by_letter_each_at_its_place() -> None:
    command = "ls -lah"
    found = explain(command, BUILT_IN)
    assert [one.piece for one in found] == ["ls", "-l", "-a", "-h"]
    assert [command[slice(*one.span)] for one in found] == ["ls", "l", "a", "h"]


@pytest.mark.parametrize(
    ("command", "piece"),
    [
        ("grep -A3 x", "-A3"),
        ("grep -iA 3 x", "-A 3"),
        ("grep --after-context=3 x", "--after-context=3"),
        ("grep --after-context 3 x", "--after-context 3"),
        ("tar xzf a.tgz", "-f a.tgz"),
        ("tar -C /tmp -x", "-C /tmp"),
        ("xargs -I{} ls {}", "-I{}"),
    ],
)
def test_a_value_belongs_to_its_flag(command: str, piece: str) -> None:
    assert piece in [shown for shown, _ in pieces(command)]


def test_a_value_is_no_flag_whatever_it_looks_like() -> None:
    assert [shown for shown, _ in pieces("grep -e -v x")] == ["grep", "-e -v"]
    assert [shown for shown, _ in pieces("rm -- -r")] == ["rm"]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("ls 2> x", "the errors go into a file, replacing it"),
        ("ls 2>&1", "the errors go where the output goes"),
        ("ls >> x", "the output goes to the end of a file"),
        ("ls && pwd", "the right runs if the left succeeds"),
        ("ls &", "the left runs in the background"),
        ("echo $(ls)", "what this prints is put here"),
        ("cat <(ls)", "what this prints is read like a file"),
        ("cat < x", "the input comes from a file"),
    ],
)
def test_operators_are_explained(command: str, text: str) -> None:
    assert text in [said for _, said in pieces(command)]


def test_what_runs_within_other_commands_is_explained_too() -> None:
    said = dict(pieces("sudo sh -c 'ls -l; find . -exec wc -c {} +' && X=tac; $X a"))
    assert {"sudo", "sh", "ls", "-l", "find", "wc", "$X"} <= set(said)
    assert said["$X"] == "Print files with the last line first"


def test_the_page_of_a_subcommand_tells_its_flags(manuals: Manuals) -> None:
    assert pieces("twist -A hard", manuals) == [
        ("twist", "wring a file"),
        ("-A", "Wring it all"),
        ("hard", "twist with force"),
    ]
    (missing,) = missing_flags("twist -A hard -A", manuals)
    assert (missing.utility, missing.flag) == ("twist-hard", "-A")


def test_every_explanation_says_where_it_is_from(manuals: Manuals) -> None:
    sources = {one.piece: one.source for one in explain("frob -a | ls", manuals)}
    assert sources == {
        "frob": "manual page",
        "-a": "manual page",
        "|": "syntax",
        "ls": "built in",
    }


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        ("frob -a --all -w 3 --width=3 -i.bak -vq", []),
        ("frob -z", ["-z"]),
        ("frob -az", ["-z"]),
        ("frob --wid 3", []),
        ("frob --nope=3", ["--nope"]),
        ("frob -w -z", []),
        ("frob -w5 -5", []),
        ("frob -- -z", []),
        ("frob '-z'", ["-z"]),
        ("sudo frob -z | frob --no", ["-z", "--no"]),
        ("ssh host frob -z", []),
        ("frob -$x", []),
        ("frob $(ls -z)", []),
        ("unknown -z", []),
        ("ls --no-such-flag", []),
    ],
)
def test_a_flag_is_missing_only_if_a_page_here_does_not_have_it(
    manuals: Manuals, command: str, flags: list[str]
) -> None:
    assert [missing.flag for missing in missing_flags(command, manuals)] == flags


def test_a_missing_flag_is_at_its_place(manuals: Manuals) -> None:
    command = "ls; frob -a --nope x"
    (missing,) = missing_flags(command, manuals)
    assert command[slice(*missing.span)] == "--nope"


def test_programs_that_are_not_here_are_named_once_with_their_place() -> None:
    command = "ls | nosuchprogram; cd /; f() { :; }; f; ssh host x; /no/such; $x; nosuchprogram"
    found = missing_programs(command)
    assert [one.utility for one in found] == ["nosuchprogram", "nosuchprogram"]
    assert [command[slice(*one.span)] for one in found] == ["nosuchprogram", "nosuchprogram"]


PIECES = r"""
ls -la --all find . -name '*.x' -exec rm {} + | && > < 2>&1 $( ) ` " ' ; tar xzf -C git log é <<E
"""


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PIECES.split())).map(" ".join))
def test_any_text_is_explained_in_order_and_within_itself(text: str) -> None:
    found = explain(text, BUILT_IN)
    assert [one.span[0] for one in found] == sorted(one.span[0] for one in found)
    for one in found:
        assert 0 <= one.span[0] <= one.span[1] <= len(text)
        assert one.text
    missing_flags(text, BUILT_IN)
    missing_programs(text, "")
