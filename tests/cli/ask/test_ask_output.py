"""`codefusion ask` for a program to read: plain lines, JSON, exit codes, and mistakes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import BROKEN, DANGEROUS, HARMLESS, without_terminal

Run = Callable[..., Any]


def test_without_a_terminal_the_valid_commands_are_printed_and_nothing_is_asked(
    folder: Path, environment: dict[str, str]
) -> None:
    done = without_terminal(folder, environment, "--from", "commands")
    assert (done.returncode, done.stdout) == (0, f"{HARMLESS}\n{DANGEROUS}\n")
    assert done.stderr == f"codefusion: {DANGEROUS}: Deletes kept for good.\n"
    assert "\x1b" not in done.stdout + done.stderr
    assert (folder / "kept").exists()


def test_commands_from_a_file_are_shown_without_loading_a_model(
    folder: Path, environment: dict[str, str]
) -> None:
    code = (
        "import sys; from codefusion.cli.main import main\n"
        "try: main()\n"
        "finally: sys.exit([one for one in ('torch', 'numpy') if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", "--from", "commands", "-1"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
        cwd=folder,
    )
    assert (done.stdout, done.stderr) == (f"{HARMLESS}\n", "[]\n")


def test_best_is_the_first_valid_command_and_no_more(codefusion: Run, folder: Path) -> None:
    (folder / "commands").write_text(f"{BROKEN}\n{HARMLESS}\nls\n")
    for option in ("-1", "--best"):
        done = codefusion("ask", "--from", folder / "commands", option)
        assert (done.code, done.stdout, done.stderr) == (0, f"{HARMLESS}\n", "")


def test_without_a_valid_command_nothing_is_printed_and_the_code_is_three(
    codefusion: Run, folder: Path
) -> None:
    (folder / "commands").write_text(f"{BROKEN}\n")
    done = codefusion("ask", "--from", folder / "commands", "-1")
    assert (done.code, done.stdout, done.stderr) == (3, "", "codefusion: no valid candidate\n")


def test_json_has_all_that_is_known_of_each_command(
    codefusion: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANPATH", str(folder / "man"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    content = codefusion("ask", "--from", folder / "commands", "--json").json
    assert content["version"] == 1
    first, second, third = content["candidates"]
    assert [one["valid"] for one in (first, second, third)] == [True, True, False]
    assert second["code"] == DANGEROUS
    assert second["dangers"] == [
        {
            "kind": "delete",
            "level": "danger",
            "span": [0, len(DANGEROUS)],
            "sentence": "Deletes kept for good.",
        }
    ]
    assert [one["piece"] for one in second["explanations"]] == ["rm", "-f"]
    assert first["missing"] == []


def test_what_a_terminal_would_act_on_is_escaped_in_a_list_and_kept_for_a_program(
    codefusion: Run, folder: Path
) -> None:
    (folder / "commands").write_text("echo '\x1b[31m'\n")
    file = folder / "commands"
    assert codefusion("ask", "--from", file).stdout == "echo '\\x1b[31m'\n"
    assert codefusion("ask", "--from", file, "-1").stdout == "echo '\x1b[31m'\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "nothing to do"),
        (["  "], 2, "nothing to do"),
        (["list files", "-m", "nowhere"], 1, "no model 'nowhere'"),
        (["list files", "-m", "/no/such"], 1, "/no/such"),
        (["list files", "-l", "bsah"], 2, "did you mean 'bash'?"),
        (["--from", "/no/such"], 1, "/no/such"),
        (["--from", "/dev/null"], 2, "no command"),
        (["--from", "-"], 2, "no command"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    codefusion: Run, arguments: list[str], code: int, said: str
) -> None:
    assert said in codefusion("ask", *arguments).refusal(code)


def test_commands_from_a_file_are_not_revised(codefusion: Run, tmp_path: Path) -> None:
    done = codefusion("ask", "x", "--from", tmp_path / "commands", "--edit", "ls")
    assert "nothing for --edit" in done.refusal(2)
