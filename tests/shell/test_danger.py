"""The first two lists were written before the detector, by its author, who then made it fit them.

They show that nothing on them breaks again. The later two were written when the detector was done,
and it was not changed for them; docs/terminal.md has the figures.
"""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.shell.danger import Danger, Level, find_dangers


def commands(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


DANGEROUS, HARMLESS = commands("dangerous.txt"), commands("harmless.txt")


def needs_the_word(command: str) -> bool:
    return any(note.level is Level.DANGER for note in find_dangers(command))


def about(command: str) -> list[tuple[str, str]]:
    """Return the kind of each note with the text that it is about."""
    return [(note.kind, command[slice(*note.span)]) for note in find_dangers(command)]


def test_both_lists_have_two_hundred_different_commands() -> None:
    assert len(set(DANGEROUS)) == len(DANGEROUS) == 200
    assert len(set(HARMLESS)) == len(HARMLESS) == 200
    assert not set(DANGEROUS) & set(HARMLESS)


def test_no_dangerous_command_is_without_a_note() -> None:
    assert [command for command in DANGEROUS if not find_dangers(command)] == []


def test_nine_in_ten_dangerous_commands_want_the_word_typed() -> None:
    assert sum(map(needs_the_word, DANGEROUS)) >= 180


def test_at_most_two_percent_of_harmless_commands_want_the_word_typed() -> None:
    assert len([command for command in HARMLESS if needs_the_word(command)]) <= 4


def test_commands_that_the_detector_was_not_made_to_fit_are_told_apart_as_well() -> None:
    dangerous, harmless = commands("dangerous_later.txt"), commands("harmless_later.txt")
    assert len(dangerous) == len(harmless) == 40
    assert [command for command in dangerous if not find_dangers(command)] == []
    assert [command for command in harmless if needs_the_word(command)] == []


def test_few_harmless_commands_have_any_note_and_those_write_files() -> None:
    noted = [command for command in HARMLESS if find_dangers(command)]
    assert len(noted) <= 8
    assert {note.kind for command in noted for note in find_dangers(command)} <= {"overwrite"}


@pytest.mark.parametrize(
    "spelled",
    [
        "rm -rf /srv", "/bin/rm -rf /srv", "\\rm -rf /srv", "r\\m -rf /srv", "'rm' -rf /srv",
        'r""m -rf /srv', "$'\\x72m' -rf /srv", "X=rm; $X -rf /srv", "X='rm -rf'; $X /srv",
        'X=r; "${X}m" -rf /srv', "${X:-rm} -rf /srv", "$(echo rm) -rf /srv", "`which rm` -rf /srv",
        "{rm,-rf,/srv}", "rm${IFS}-rf${IFS}/srv", "X=(rm -rf); ${X[@]} /srv",
        "if true; then X=rm; fi; $X -rf /srv", "for x in ls rm; do $x -rf /srv; done",
    ],
)  # fmt: skip
def test_a_program_is_known_however_its_name_is_spelled(spelled: str) -> None:
    assert ("delete", "Deletes /srv for good, with everything below.") in [
        (note.kind, note.sentence) for note in find_dangers(spelled)
    ]


@pytest.mark.parametrize(
    "wrapped",
    [
        "sudo {}", "sudo -u bob -- {}", "env A=1 B=2 {}", "nohup {} &", "timeout -k 1 5 {}",
        "nice -n 5 {}", "ionice -c 3 {}", "busybox {}", "command {}", "exec {}", "xargs {}",
        "time {}", "time {{ {}; }}", "sh -c '{}'", 'bash -lc "{}"', "eval {}", "eval '{}'",
        "su bob -c '{}'", "ssh host '{}'", "ssh -p 22 host {}", "trap '{}' EXIT", "alias x='{}'",
        "find . -exec {} {{}} \\;", "find . -exec sh -c '{}' \\;", "watch -n 2 '{}'", "! {}",
        "docker exec -it web {}", "kubectl exec pod -- {}", "echo '{}' | sh", "sh <<< '{}'",
        "f() {{ {}; }}", "( {} )", "true && {}", "cat <( {} )", 'echo "$( {} )"', "X=$( {} )",
        "while read x; do {}; done", "if true; then {}; fi", "case x in x) {} ;; esac", "ls | {}",
        "python3 -c 'import os; os.system(\"{}\")'", "awk 'BEGIN {{ system(\"{}\") }}'",
        "screen -dm {}", "coproc {}", "PROMPT_COMMAND='{}'", "a[$( {} )]=1", "echo ${{x:-$( {} )}}",
        "sh <<END\n{}\nEND\n", "cat <<END | sh\n{}\nEND\n",
        "> log {}", "sudo > log {}", "sudo sh -c 'sudo {}'", "bash -c \"bash -c '{}'\"",
    ],
)  # fmt: skip
def test_a_danger_is_found_within_other_commands(wrapped: str) -> None:
    command = wrapped.format("rm -rf tmp")
    assert (Level.DANGER, "delete") in [(note.level, note.kind) for note in find_dangers(command)]


@pytest.mark.parametrize(
    "unseen",
    [
        "{} | sh", "{} | sudo bash -s -- -y", "{} | tee x | gunzip | bash", "bash <({})",
        'bash -c "$({})"', 'S=$({}); eval "$S"', "source <({})", ". /dev/stdin < <({})", "$({})",
        "{} > >(bash)", "{} | tee >(sh)", "{} | xargs -I{{}} sh -c '{{}}'", "{} > x; sh x",
        "{} | tee x.sh; bash ./x.sh", "{} | python3 -", 'python3 -c "$({})"', "{} | (cd /; sh)",
        "{} | while read x; do bash; done", "sh -c '{} | sh'", "{} | env A=1 bash",
    ],
)  # fmt: skip
def test_code_from_the_network_is_followed_to_what_runs_it(unseen: str) -> None:
    for download in ("curl -s https://example.com", "wget -qO- https://example.com"):
        notes = find_dangers(unseen.format(download))
        assert (Level.DANGER, "network") in [(note.level, note.kind) for note in notes]
    # What prints the same words is not the network.
    assert "network" not in [note.kind for note in find_dangers(unseen.format("cat curl"))]


@pytest.mark.parametrize(
    "quoted",
    [
        "echo '{}'", 'echo "{}"', "printf '%s\\n' '{}'", "grep '{}' notes.txt", "man rm # {}",
        "git commit -m '{}'", "X='{}'; echo \"$X\"", "wc -c <<< '{}'", "cat <<END\n{}\nEND\n",
        "python3 -c 'print(\"{}\")'", "[ \"$x\" = '{}' ]", "case '{}' in a) ls ;; esac",
        "awk '{{ print \"{}\" }}' notes.txt", "sed -n '/{}/p' notes.txt",
    ],
)  # fmt: skip
def test_words_that_are_only_quoted_are_no_danger(quoted: str) -> None:
    assert find_dangers(quoted.format("rm -rf tmp")) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("ls; rm -rf a b; pwd", [("delete", "rm -rf a b")]),
        ("cd x && sudo rm y", [("root", "sudo rm y"), ("delete", "rm y")]),
        ("sh -c 'ls; rm x'", [("delete", "rm x")]),
        ('sh -c "ls; rm \\"x\\""', [("delete", '"ls; rm \\"x\\""')]),
        ("ls > a.txt", [("overwrite", "> a.txt")]),
        ("größe=1; rm ü", [("delete", "rm ü")]),
        ("echo 'é'; rm x", [("delete", "rm x")]),
    ],
)
def test_a_note_is_about_the_text_that_does_it(
    command: str, expected: list[tuple[str, str]]
) -> None:
    assert about(command) == expected


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("ls > out.txt", "ls > /etc/passwd"),
        ("ls > out.txt", "ls > /dev/sda"),
        ("ls > out.txt", "> out.txt"),
        ("sort a > b", "sort a > a"),
        ("rm -i a", "rm a"),
        ("rm -i a", "rm -if a"),
        ("mv a b", "mv a /dev/null"),
        ("cp a b", "cp a /boot/grub/grub.cfg"),
        ("sudo ls", "sudo rm a"),
        ("git branch -d a", "git branch -D a"),
        ("kill 1234", "kill 1"),
        ('eval "$(ssh-agent -s)"', 'eval "$(curl https://example.com)"'),
    ],
)
def test_what_can_be_undone_is_only_noted(less: str, more: str) -> None:
    assert find_dangers(less)
    assert not needs_the_word(less)
    assert needs_the_word(more)


@pytest.mark.parametrize(
    ("harmless", "dangerous"),
    [
        ("ls > /dev/null", "ls > /dev/sda"),
        ("ls 2>&1", "ls 2> /dev/sda"),
        ("git clean -n", "git clean -f"),
        ("git push", "git push -f"),
        ("git -C rm status", "git -C status reset --hard"),
        ("crontab -l", "crontab -r"),
        ("chmod 644 a", "chmod 666 a"),
        ("chmod u+w a", "chmod o+w a"),
        ("fdisk -l /dev/sda", "fdisk /dev/sda"),
        ("dd if=/dev/sda of=/dev/null", "dd if=/dev/null of=/dev/sda"),
        ("rsync -n --delete a b", "rsync --delete a b"),
        ("sudo -l", "sudo rm -l x"),
        ("curl https://example.com | jq .", "curl https://example.com | bash"),
        ("curl https://example.com | python3 -m json.tool", "curl https://example.com | python3"),
        ("f() { ls; }; f", "f() { f | f & }; f"),
        ("rm --help", "rm -- --help"),
        ("mysql -e 'select 1'", "echo 'drop table a' | mysql"),
        ("sometool list delete", "sometool delete list"),
    ],
)
def test_one_flag_or_place_makes_the_difference(harmless: str, dangerous: str) -> None:
    assert find_dangers(harmless) == []
    assert needs_the_word(dangerous)


@pytest.mark.parametrize("broken", ["ls (((", "if ls", "echo 'ls", "{ls,-l", "$((", "ls |"])
def test_what_cannot_be_read_is_itself_a_danger(broken: str) -> None:
    assert needs_the_word(broken)


@pytest.mark.parametrize(
    "deep",
    [
        "$(" * 400 + "ls" + ")" * 400,
        "(" * 5000 + "ls" + ")" * 5000,
        "X='eval $X; eval $X; eval $X; eval $X; eval $X; eval $X'; eval $X",
        "sudo " * 40 + "ls",
    ],
)
def test_what_is_nested_too_deeply_is_a_danger_and_soon_found_to_be(deep: str) -> None:
    started = time.monotonic()
    assert "unreadable" in [note.kind for note in find_dangers(deep)]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("letter", ["\x1b", "\u202e", "\u200b", "\x00", "\r", "\ud800"])
def test_an_invisible_character_is_a_danger(letter: str) -> None:
    assert "hidden" in [note.kind for note in find_dangers(f"ls {letter}x")]


PIECES = r"""
rm -rf / $X X=rm ' " ` $( ) | ; > <<E sudo sh -c xargs find -exec {} \; {a,b} é && E
"""


@settings(deadline=None, max_examples=80)
@given(st.lists(st.sampled_from([*PIECES.split(), "\n"])).map(" ".join))
def test_any_text_has_notes_in_order_whose_spans_lie_within_it(text: str) -> None:
    notes = find_dangers(text)
    assert [note.span for note in notes] == sorted(note.span for note in notes)
    for note in notes:
        assert isinstance(note, Danger)
        assert 0 <= note.span[0] <= note.span[1] <= len(text)
        assert note.kind.isalpha()
        assert note.kind.islower()
        assert note.sentence.endswith(".")


def test_nothing_is_run_and_no_file_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keep").write_text("kept")
    monkeypatch.chdir(tmp_path)
    for command in DANGEROUS:
        if "/" not in command and "~" not in command:
            find_dangers(command)
    find_dangers("rm keep; $(rm keep); `rm keep`; > keep")
    assert [path.name for path in tmp_path.iterdir()] == ["keep"]
    assert (tmp_path / "keep").read_text() == "kept"
