"""Bash: validity by the tree-sitter grammar, and the normal form."""

import pytest

from codefusion.languages import get_language

BASH = get_language("bash")


def masked(code: str) -> list[str]:
    return [code[start:end] for start, end in BASH.maskable_spans(code)]


VALID = [
    "ls -l | wc -l",
    "find . -name '*.c' -exec rm {} \\;",
    'for f in *.txt; do mv "$f" "${f%.txt}.md"; done',
    "if [ -f a ]\nthen cat a\nfi",
    "case $x in a|b) echo 1;; *) echo 2;; esac",
    "diff <(sort a) <(sort b) > out 2>&1 &",
    "echo $((1 + 2)) `pwd`",
    "cat <<E\n$x\nE\n",
]
BROKEN = ["echo 'a", "ls |", "for x in a; do echo", "( ls", "ls )", "if true; fi"]


@pytest.mark.parametrize("code", VALID)
def test_whole_commands_are_valid(code):
    assert BASH.is_valid(code)


@pytest.mark.parametrize("code", BROKEN)
def test_broken_commands_are_not_valid(code):
    assert not BASH.is_valid(code)


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("  ls   -l|wc  -l ; ", "ls -l | wc -l"),
        ("ls \\\n  -l # all", "ls -l"),
        ("a;b\n\nc&\nd", "a; b; c & d"),
        ("a&&b||c", "a && b || c"),
        ("if a\nthen\nb;fi", "if a; then b; fi"),
        ("for i in *.c\ndo\n  echo $i\ndone", "for i in *.c; do echo $i; done"),
        ("while read l;do :;done<f", "while read l; do :; done < f"),
        ("case $x in\na|b) c\n;;\nesac", "case $x in a | b) c ;; esac"),
        ("f()\n{\na\n}", "f() { a; }"),
        ("ls>f 2>/dev/null 2>&1", "ls > f 2> /dev/null 2>&1"),
        ("cat 2 >f", "cat 2 > f"),
        ("cat <<<'a'", "cat <<< a"),
        ("( a;b; )", "(a; b)"),
        ("echo $( ls )", "echo $(ls)"),
        ("echo $( (a;b) )", "echo $( (a; b))"),
        ("diff <( a ) <(b)", "diff <(a) <(b)"),
        ("for ((i=0;i<3;i++)); do :; done", "for ((i=0;i<3;i++)); do :; done"),
    ],
)
def test_spacing_and_separators_are_canonical(code, form):
    assert BASH.normal_form(code) == form
    assert BASH.is_valid(form)


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("echo \"abc\" 'abc' abc", "echo abc abc abc"),
        ('find -name "*.c"', "find -name '*.c'"),
        ("rm '{}'", "rm {}"),
        ("sort --key='2,3'", "sort --key=2,3"),
        ('grep "\\.c"', "grep '\\.c'"),
    ],
)
def test_quotes_are_canonical_where_the_meaning_is_the_same(code, form):
    assert BASH.normal_form(code) == form


@pytest.mark.parametrize(
    "code",
    [
        'echo "$x"',
        'echo "a\\"b"',
        'echo "it\'s"',
        "echo $x'y'",
        "echo {a','b}",
        "echo ~'root'",
        "echo a'*'b",
        "'if' x",
        "'a=b' c",
        "echo ''",
        "[[ $x == 'a.b' ]]",
        "echo ${x:-'a'}",
        "a=('b' 'c  d')",
        "echo 'a  b'",
        "cat <<'E'\n  a   b\nE",
        "groups | tr \\  x",
        "ls <<E\n$x ",
    ],
)
def test_quotes_and_spaces_that_mean_something_stay(code):
    assert BASH.normal_form(code) == code


def test_commands_variables_flags_and_keywords_are_maskable():
    code = 'for f in *.c; do grep -rn --color=auto "-x y" ./src/$f; done | sort -k1 > /tmp/out'
    assert " ".join(masked(code)) == "for f in do grep -rn --color f done sort -k1"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("export PATH=/bin:$HOME", ["export", "PATH", "HOME"]),
        ("./run.sh -v", ["-v"]),
        ("head -5 a-b 'ls -l'", ["head"]),
        ("[ -f x ] && echo if", ["-f", "echo"]),
        ("echo é; ls -é", ["echo", "ls"]),
        ("echo é; ls -l", ["echo", "ls", "-l"]),
        ("f() { echo $1; }", ["f", "echo"]),
        ("find . -name | ( grep -v", ["find", "-name", "grep", "-v"]),
    ],
)
def test_strings_paths_numbers_and_arguments_are_not_maskable(code, names):
    assert masked(code) == names
