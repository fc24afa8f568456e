"""What holds for each language and for any text."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.errors import UsageError
from codefusion.languages import get_language, language_names

LANGUAGES = ["bash", "cf", "python"]

# Pieces that make texts which nearly parse, where the interesting failures are.
BLANKS = [" ", "\n", "\n  ", "\t", "\r", ""]
QUOTES = ["'", '"', "'a'", '"b c"', "'*.c'", "''", '""', "'''", "\\", "\\;", "#c"]
WORDS = {
    "bash": 'ls find -name --a=b $x "$x" ${x:-y} $( ) ( { } ; ;; & && || | |& > 2> < <<< <<E E ` '
    "if then elif else fi for in while do done case esac a= [ ] [[ ]] == ! {} é >& 1 (( )) ~ * , "
    "-exec x[1] function f() 𱡀",
    "cf": "AND OR NOT ( ) , GreaterThan TextEquals Between top Duplicate ColorScale Equals Blanks "
    "c[1] c[ LEN LEN(c[0]) Errors() 1 25.0 -0 1E400 10% $D$7 a_b Blanks() top(1) é -",
    "python": "x = 1 ( ) [ ] : if else for in def f f'{x}' + lambda é print . , class async match "
    "_ yield return 0777 1e999 '\\N{' @ ; -> := **",
}


def near_code(name: str) -> st.SearchStrategy[str]:
    pieces = st.sampled_from(WORDS[name].split() + QUOTES)
    piece = st.tuples(pieces, st.sampled_from(BLANKS)).map("".join)
    return st.lists(piece, max_size=14).map("".join)


# Every code point, lone surrogates and null bytes among them.
any_text = st.text(st.characters(), max_size=40)


def check_contract(name: str, code: str) -> None:
    language = get_language(name)
    valid = language.is_valid(code)
    form = language.normal_form(code)
    assert language.normal_form(form) == form
    assert not valid or language.is_valid(form)
    covered = 0
    for start, end in language.maskable_spans(code):
        assert covered <= start < end <= len(code)
        covered = end


@pytest.mark.parametrize("name", LANGUAGES)
def test_any_text_is_judged_without_an_error(name):
    @settings(max_examples=150, deadline=None)
    @given(any_text)
    def check(code):
        check_contract(name, code)

    check()


@pytest.mark.parametrize("name", LANGUAGES)
def test_broken_code_is_judged_without_an_error(name):
    @settings(max_examples=250, deadline=None)
    @given(near_code(name))
    def check(code):
        check_contract(name, code)

    check()


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize(
    "code",
    [
        "(" * 10_000,
        "[" * 10_000 + "]" * 10_000,
        "NOT(" * 2_000 + "Blanks()" + ")" * 2_000,
        "not " * 10_000 + "x",
        "-" * 10_000 + "1",
        "x" + ".x" * 10_000,
        "x" + "()" * 2_000,
        "$(" * 10_000,
        "{ " * 10_000,
        "if x:\n" * 200,
        "9" * 10_000,
        "GreaterThan(1E99999999999999999999)",
        "Equals(1E-999999)",
        "f'" + "{" * 5_000,
        "'" * 9_999,
        "\0",
        "ls \0",
        "\ud800",
        "echo \udfff -n",
        "\ufeffx",
        "{\U00031860",
        "\r",
        "\\",
    ],
    ids=lambda code: repr(code[:12]),
)
def test_hostile_text_is_judged_without_an_error(name, code):
    check_contract(name, code)


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("code", ["", " ", "\n\t\n", "\0", "# only a comment", "\ud800"])
def test_a_text_without_a_program_is_not_valid(name, code):
    assert not get_language(name).is_valid(code)


@pytest.mark.parametrize("name", LANGUAGES)
def test_broken_code_loses_only_superfluous_white_space(name):
    assert get_language(name).normal_form("  ( a\n\n b \t )) ") == "( a b ))"


def test_the_registry_names_each_language_as_it_names_itself():
    assert language_names() == LANGUAGES
    assert [get_language(name).name for name in language_names()] == LANGUAGES


def test_a_language_is_made_once():
    assert get_language("bash") is get_language("bash")


def test_a_misspelt_language_is_answered_with_the_nearest_one():
    with pytest.raises(UsageError, match="did you mean 'python'"):
        get_language("pyhton")


def test_importing_the_languages_loads_neither_tensors_nor_the_bash_grammar():
    script = (
        "import sys; from codefusion.languages import get_language as g, language_names as n;"
        "[g(x) for x in n()];"
        "print({'torch', 'numpy', 'transformers', 'tree_sitter'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
