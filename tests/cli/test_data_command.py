import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from codefusion.cli.data import app
from codefusion.data.benchmarks import BENCHMARKS, Benchmark
from codefusion.data.examples import Example, read_examples, read_snippets, write_jsonl
from codefusion.errors import DataError, UsageError


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one small published file, registered under the name bash."""
    rows: list[dict[str, Any]] = [
        {"ID": n, "NL Utterance": f"print {n}", "Code": f"echo {n}\n"} for n in range(200)
    ]
    content = json.dumps({"train": rows[:150], "test": rows[150:]}).encode()
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "Small.json").write_bytes(content)
    benchmark = Benchmark("bash", "Small.json", hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(BENCHMARKS, "bash", benchmark)
    return folder


def arguments(published: Path, out: Path, *more: str) -> tuple[object, ...]:
    return ("benchmarks", "--language", "bash", "--from", published, "--out", out, *more)


def test_benchmarks_writes_every_row_into_one_of_three_files(
    published: Path, tmp_path: Path
) -> None:
    result = run(*arguments(published, tmp_path / "out"))
    assert result.exit_code == 0
    parts = [
        read_examples(tmp_path / "out" / "bash" / f"{part}.jsonl")
        for part in ("train", "validation", "test")
    ]
    header, counts = (line.split() for line in result.stdout.splitlines())
    assert header == ["language", "train", "validation", "test"]
    assert counts == ["bash", *(str(len(part)) for part in parts)]
    assert sorted(int(e.code.removeprefix("echo ")) for part in parts for e in part) == list(
        range(200)
    )


def test_the_published_split_has_no_validation_file_and_leaves_no_other_one_beside_it(
    published: Path, tmp_path: Path
) -> None:
    result = run(*arguments(published, tmp_path / "a", "--split", "published"))
    assert result.stdout.splitlines()[1].split() == ["bash", "150", "0", "50"]
    assert not (tmp_path / "a" / "bash" / "validation.jsonl").exists()
    run(*arguments(published, tmp_path / "b"))
    result = run(*arguments(published, tmp_path / "b", "--split", "published"))
    assert isinstance(result.exception, DataError)
    assert "choose a new folder" in str(result.exception)


def test_an_unknown_language_or_split_is_a_usage_error(published: Path, tmp_path: Path) -> None:
    result = run("benchmarks", "--language", "bsah", "--from", published, "--out", tmp_path)
    assert isinstance(result.exception, UsageError)
    result = run(*arguments(published, tmp_path, "--split", "random"))
    assert isinstance(result.exception, UsageError)


def test_stdlib_writes_snippets_and_keeps_stdout_clean(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = [1, 2]\n")
    result = run("stdlib", "--from", tmp_path, "--out", tmp_path / "code.jsonl")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert [snippet.code for snippet in read_snippets(tmp_path / "code.jsonl")] == ["x = [1, 2]"]


def test_generated_rules_are_the_same_for_the_same_seed_on_stdout_and_in_a_file(
    tmp_path: Path,
) -> None:
    first = run("generate", "-l", "cf", "--count", 5, "--seed", 3)
    assert first.exit_code == 0
    assert len(first.stdout.splitlines()) == 5
    assert run("generate", "-l", "cf", "--count", 5, "--seed", 4).stdout != first.stdout
    result = run("generate", "-l", "cf", "--count", 5, "--seed", 3, "--out", tmp_path / "cf.jsonl")
    assert result.stdout == ""
    assert (tmp_path / "cf.jsonl").read_text(encoding="utf-8") == first.stdout
    assert {example.language for example in read_examples(tmp_path / "cf.jsonl")} == {"cf"}


def test_check_counts_rows_valid_ones_and_repeats_per_language(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    write_jsonl(
        path,
        [
            Example("add", "x + 1", "python"),
            Example("add", "x + 1", "python"),
            Example("add", "x +", "python"),
            Example("list", "ls -l", "bash"),
        ],
    )
    result = run("check", path)
    assert result.exit_code == 0
    assert [line.split()[:4] for line in result.stdout.splitlines()[1:]] == [
        ["bash", "1", "1", "0"],
        ["python", "3", "2", "1"],
    ]


def test_check_names_every_broken_line_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{broken\n\n{"utterance": "u", "code": "ls"}\n{"code": "ls"}\n')
    result = run("check", path, "--language", "bash")
    assert result.exit_code == 1
    assert f"{path}:1: " in result.stderr
    assert f"{path}:4: " in result.stderr
    assert "2 of 3 lines are broken" in result.stderr
    assert result.stdout.splitlines()[1].split()[:2] == ["bash", "1"]


def test_check_takes_snippets_without_utterances_when_told_so(tmp_path: Path) -> None:
    path = tmp_path / "code.jsonl"
    path.write_text('{"code": "ls", "language": "bash"}\n')
    assert run("check", path).exit_code == 1
    assert run("check", path, "--snippets").exit_code == 0


def test_check_of_a_missing_or_empty_file_is_a_data_error(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    assert isinstance(run("check", tmp_path / "none.jsonl").exception, DataError)
    assert isinstance(run("check", tmp_path / "empty.jsonl").exception, DataError)
