"""Bash metrics: templates, utilities and flags, on hand-computed cases and on any text."""

import math
import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codefusion.graders.bash import (
    Command,
    command_template,
    commands,
    nlc2cmd_score,
    soft_template_score,
    template_match,
    utilities,
)

GOLDS = [
    "ls",
    "find . -name '*.c' -mtime +7 | xargs -0 grep -l main | wc -l",
    "find / \\( -name a -o -perm -644 \\) ! -user root -exec rm -rf {} \\;",
    'for f in *.txt; do mv "$f" "$(echo $f | tr \' \' _)"; done',
    "diff <(sort a) <(sort b) > out 2>&1 &",
    "if [ -f x ]; then sudo chmod -R 755 x; fi",
    "top -b -n 1 | awk 'NR>7 { sum += $9 } END { print sum }'",
    "x=$(date +%s)",
    "cat <<E\n$x\nE\n",
]
BROKEN = ["echo 'a", "ls |", "for x in a; do echo", "head <file>", "ls )"]

WORDS = (
    "ls find -name -type f --a=b --lines 5 -n5 -10 +7 $x $(ls) `ls` $( ) ( { } ; ;; & && || | > "
    "2> < <<< <<E ` if then fi for in do done a= [ ] [[ ]] == ! é >& 1 * -exec {} \\; + sudo "
    "xargs -I{} tar xfz grep -e -o -a head chmod +x -w ssh <(ls) -- - -print"
)
# Pieces that make texts which nearly parse, where the interesting failures are.
PIECES = [*WORDS.split(), "'a b'", '"$x"', "\\", "\n", "'"]
near_code = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", " ", ""])).map("".join),
    max_size=14,
).map("".join)
# Every code point, lone surrogates and null bytes among them.
any_text = st.one_of(near_code, st.text(st.characters(), max_size=30), st.sampled_from(GOLDS))


@pytest.mark.parametrize(
    ("code", "template"),
    [
        ("find . -type f -name '*.c'", "find Path -name Regex -type f"),
        ("grep -r foo src lib", "grep -r Regex Path Path"),
        ("grep -e foo src", "grep -e Regex Path"),
        ("sed -i.bak 's/a/b/' x", "sed -i Argument Program Path"),
        ("chown -R me:us d", "chown -R User Path"),
        ("chmod +x f", "chmod Permission Path"),
        ("du -sh * | sort -rh | head -5", "du -h -s Path | sort -h -r | head -n Number"),
        ("tar czf a.tgz d", "tar -c -f Path -z Path"),
        ("ssh -p 22 me@host ls -l", "ssh -p Number Argument ls -l"),
        ("ls > f 2>&1", "ls > Path 2>&1"),
        ("find / 2>/dev/null -name x", "find Path -name Regex 2> Path"),
        ("x=$(pgrep http)", "Variable = $( pgrep Regex )"),
        ("cat /boot/config-`uname -r`", "cat $( uname -r )"),
        ('echo "a $(date)"', "echo $( date )"),
        ("diff <(sort a) b", "diff <( sort Path ) Path"),
        ("find . -exec grep x {} \\;", "find Path -exec grep Regex Path \\;"),
        ("find . | xargs -I{} mv {} d", "find Path | xargs -I Argument mv Path Path"),
        ("for i in *.c; do cat $i; done", "for Variable in Argument ; do cat Path ; done"),
        ("[ -f x ] && (cd y; ls)", "[ -f Argument ] && ( cd Path ; ls )"),
        ("frobnicate -x a --y=b c", "frobnicate -x Argument --y Argument Argument"),
        ("$tool -x", "Argument Argument"),
    ],
)
def test_arguments_become_types_and_the_rest_stays(code, template):
    assert command_template(code) == template


@pytest.mark.parametrize("code", [*BROKEN, "", " \n", "# only a comment", "a\0b"])
def test_code_that_does_not_parse_has_neither_template_nor_commands(code):
    assert command_template(code) is None
    assert commands(code) == []
    assert utilities(code) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("find /tmp -name '*.c'", 'find . -name "x y"'),
        ("head -n 5 a", "head -10 b"),
        ("tail -n +5 a", "tail +8 b"),
        ("ls -la", "ls -a -l"),
        ("ls -l d", "ls d -l"),
        ("sort --key=2 f", "sort --key 3 g"),
        ("cut -d, -f1 f", "cut -d ' ' -f 2 f"),
        ("tar xfz a", "tar -x -z -f b"),
        ("/bin/rm a", "rm b"),
        ("find . -type f -name x", "find . -name y -type f"),
        ("find . -not -name x -or -name y", "find . ! -name a -o -name b"),
        ("find . -name x -a -type d", "find . -name x -type d"),
        ("find . -exec rm {} ';'", "find . -exec rm {} \\;"),
        ("echo `date`", "echo $(date)"),
        ("ls  -l ;", "ls -l # all"),
        ("find . -mtime +7", 'find . -mtime "+$days"'),
    ],
)
def test_values_spelling_and_order_of_options_are_immaterial(one, other):
    assert template_match(one, other)
    assert soft_template_score(one, other) == 1.0
    assert nlc2cmd_score(one, other) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ls -l", "ls -a"),
        ("ls a", "ls a b"),
        ("grep a b", "egrep a b"),
        ("find . -type f", "find . -type d"),
        ("find . -name x -delete", "find . -delete -name x"),
        ("find . -name x -o -type d", "find . -type d -o -name x"),
        ("find . ! -name x -type d", "find . -name x ! -type d"),
        ("find . -exec rm {} \\;", "find . -exec rm {} +"),
        ("a | b", "b | a"),
        ("a && b", "a || b"),
        ("ls > f", "ls >> f"),
        ("echo ls", "echo $(ls)"),
    ],
)
def test_different_structure_is_no_template_match(one, other):
    assert not template_match(one, other)


@pytest.mark.parametrize("flag", ["-mtime", "-size", "-mmin"])
def test_the_sign_of_a_quantity_matters_and_its_amount_does_not(flag):
    kinds = [command_template(f"find . {flag} {sign}7") for sign in ("", "+", "-")]
    assert len(set(kinds)) == 3
    assert template_match(f"find . {flag} +7", f"find . {flag} +10")


def test_texts_without_a_template_match_only_themselves():
    assert template_match("head  <file>\n", "head <file>")
    assert not template_match("head <file>", "head <name>")
    assert not template_match("head file", "head <file>")
    assert not template_match("head <file>", "head file")
    assert not template_match("", " ")


def test_a_candidate_that_breaks_off_does_not_match_by_white_space():
    gold = "if true\nthen ls\nfi"
    assert not template_match(" ".join(gold.split()), gold)


def test_commands_are_found_wherever_they_stand():
    code = "x=$(a -1) b | sudo -u me c; find . -name q -exec d -rf {} + | xargs -n1 e < <(f)"
    assert utilities(code) == ["a", "b", "sudo", "c", "find", "d", "xargs", "e", "f"]
    assert utilities("if a; then b; else `c`; fi & (d) && time nohup e") == [
        *"abcd", "time", "nohup", "e",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ls -la --color=auto d", [Command("ls", ("-l", "-a", "--color"))]),
        ("head -n5 f", [Command("head", ("-n",))]),
        ("grep -A5 -vi x", [Command("grep", ("-A", "-v", "-i"))]),
        ("rm -- -f", [Command("rm", ())]),
        ("echo -n -5", [Command("echo", ("-n",))]),
        ("ls 2> f -l", [Command("ls", ("-l",))]),
        (
            "find . ! -name x -exec rm -f {} \\; -print",
            [Command("find", ("-name", "-exec", "-print")), Command("rm", ("-f",))],
        ),
        ("export A=1", [Command("export", ())]),
    ],
)
def test_flags_belong_to_their_utility_and_values_are_no_flags(code, expected):
    assert commands(code) == expected


@pytest.mark.parametrize(
    ("candidate", "gold", "score"),
    [
        ("find . -type f -name x", "find . -name y -type d", 1.0),
        # One flag of two: (1 + (2*1 - 2)/2) / 2, and tail is right.
        ("find . -type f | tail -n 5", "find . -type f -ctime -3 | tail -n 5", 0.75),
        # No flag in common: (1 + (0 - 2)/1) / 2.
        ("ls -a", "ls -l", -0.5),
        ("ls", "ls -l", 0.0),
        ("ls -l", "rm -l", -1.0),
        # A utility too many, or too few, costs a whole place.
        ("ls | wc", "ls", 0.0),
        ("ls", "ls | wc", 0.0),
        ("a | b | c", "b | c", -1.0),
        ("ls |", "ls", -1.0),
        ("x=1", "y=2", 1.0),
        ("x=1", "ls", -1.0),
    ],
)
def test_nlc2cmd_score_by_hand(candidate, gold, score):
    assert nlc2cmd_score(candidate, gold) == pytest.approx(score)


@pytest.mark.parametrize(
    ("candidate", "gold", "score"),
    [
        ("ls a", "ls b", 1.0),
        # (ls, -l) and (ls, -a) share one of two tokens.
        ("ls -l", "ls -a", 0.5),
        ("ls -l", "ls", 1 / math.sqrt(2)),
        # (ls, |, wc, -l) and (cat, |, wc, -l).
        ("ls | wc -l", "cat x | wc -l", 0.75),
        # Counts, not sets: (2, 1) against (1, 0).
        ("a; a", "a", 2 / math.sqrt(5)),
        ("ls", "rm", 0.0),
        ("ls |", "ls", 0.0),
    ],
)
def test_soft_template_score_by_hand(candidate, gold, score):
    assert soft_template_score(candidate, gold) == pytest.approx(score)


def test_the_best_of_several_golds_counts():
    golds = ["rm -r x", "ls -l", "ls -a"]
    assert soft_template_score("ls -a", golds) == 1.0
    assert nlc2cmd_score("ls -a", golds) == 1.0
    assert nlc2cmd_score("ls", golds) == 0.0


def test_without_golds_the_scores_are_at_their_floor():
    assert soft_template_score("ls", []) == 0.0
    assert nlc2cmd_score("ls", []) == -1.0


@pytest.mark.parametrize("code", GOLDS + BROKEN)
def test_a_gold_has_full_marks_against_itself(code):
    assert template_match(code, code)
    assert soft_template_score(code, code) == 1.0
    assert nlc2cmd_score(code, code) == 1.0


def test_golds_of_other_utterances_are_near_the_floor():
    pairs = list(zip(GOLDS, GOLDS[1:] + GOLDS[:1], strict=True))
    assert not any(template_match(*pair) for pair in pairs)
    assert sum(soft_template_score(*pair) for pair in pairs) / len(pairs) < 0.25
    assert sum(nlc2cmd_score(*pair) for pair in pairs) / len(pairs) < -0.8


@settings(max_examples=150, deadline=None)
@given(any_text, any_text)
def test_any_texts_are_graded_in_range_and_symmetrically(one, other):
    assert template_match(one, other) is template_match(other, one)
    soft, positional = soft_template_score(one, other), nlc2cmd_score(one, other)
    assert 0.0 <= soft <= 1.0
    assert -1.0 <= positional <= 1.0
    assert soft == pytest.approx(soft_template_score(other, one))
    assert positional == pytest.approx(nlc2cmd_score(other, one))
    if template_match(one, other):
        assert soft == 1.0


@settings(max_examples=150, deadline=None)
@given(any_text)
def test_any_text_that_is_not_blank_has_full_marks_against_itself(code):
    # Of spaces, Bash knows blanks, tabs and newlines alone; to Python "\x1f" is blank, too.
    assume(code.split() or not code.strip(" \t\n"))
    assert template_match(code, code) is bool(code.split())
    if code.split():
        assert soft_template_score(code, code) == nlc2cmd_score(code, code) == 1.0


@settings(max_examples=150, deadline=None)
@given(any_text)
def test_templates_are_tokens_parted_by_one_blank(code):
    template = command_template(code)
    assert template is None or template.split(" ") == template.split() != []


@pytest.mark.parametrize(
    "code",
    [
        "(" * 10_000,
        "$(" * 3_000 + "ls" + ")" * 3_000,
        "sudo " * 3_000 + "ls",
        "find . " + "-exec find {} " * 2_000,
        "ls | " * 2_000 + "ls",
        "echo " + '"$(echo ' * 500 + ')"' * 500,
    ],
)
def test_endless_nesting_is_graded_without_an_error(code):
    assert isinstance(command_template(code), str | None)
    assert -1.0 <= nlc2cmd_score(code, "ls") <= 1.0


def test_grading_needs_no_tensors():
    loaded = "import sys, codefusion.graders.bash; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert done.stdout.strip() == "False"
