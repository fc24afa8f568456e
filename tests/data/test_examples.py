import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codefusion.data.examples import (
    Example,
    Snippet,
    parse_example,
    read_examples,
    read_snippets,
    write_jsonl,
)
from codefusion.errors import DataError, UsageError

GOOD = '{"utterance": "list files", "code": "ls", "language": "bash"}'
text = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)


def write(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join((x.encode() if isinstance(x, str) else x) + b"\n" for x in lines))
    return path


def message(path: Path, language: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        read_examples(path, language)
    told = str(caught.value)
    assert "\n" not in told
    return told


@given(text, text, st.lists(st.lists(st.text(st.characters(codec="utf-8")))))
def test_a_written_example_is_read_back_unchanged(
    utterance: str, code: str, table: list[list[str]]
) -> None:
    row = json.dumps({"utterance": utterance, "code": code, "language": "cf", "table": table})
    example = parse_example(row.encode(), "here")
    assert example == Example(utterance, code, "cf", tuple(map(tuple, table)))


def test_files_round_trip_examples_and_snippets(tmp_path: Path) -> None:
    examples = [
        Example("überall 'x'", 'echo "ü"\n\t\u2028', "bash"),
        Example("red", "LessThan(c[2], 1)", "cf", (("a", "b"), ("", "2"))),
    ]
    snippets = [Snippet("ls", "bash", 3), Snippet("x = 1", "python")]
    assert write_jsonl(tmp_path / "new" / "pairs.jsonl", examples) == 2
    assert write_jsonl(tmp_path / "code.jsonl", snippets) == 2
    assert read_examples(tmp_path / "new" / "pairs.jsonl") == examples
    assert read_snippets(tmp_path / "code.jsonl") == snippets
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["pairs.jsonl"]


def test_a_file_of_pairs_is_also_a_file_of_snippets(tmp_path: Path) -> None:
    assert read_snippets(write(tmp_path, GOOD)) == [Snippet("ls", "bash")]


def test_blank_lines_windows_line_ends_a_byte_order_mark_and_unknown_keys_do_no_harm(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + GOOD.encode() + b"\r", "", "  ", GOOD[:-1] + ',"x":1}')
    assert read_examples(path) == [Example("list files", "ls", "bash")] * 2


def test_table_cells_of_any_kind_become_text(tmp_path: Path) -> None:
    row = '{"utterance": "u", "code": "c", "language": "cf", "table": [[1, null, 2.5, true, "x"]]}'
    assert read_examples(write(tmp_path, row))[0].table == (("1", "", "2.5", "TRUE", "x"),)


def test_the_language_given_is_for_rows_that_name_none(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, '{"utterance": "u", "code": "c"}')
    assert [example.language for example in read_examples(path, "python")] == ["bash", "python"]
    assert f"{path}:2: the row names no language" in message(path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{broken", "broken JSON"),
        ("[" * 100_000, "broken JSON"),
        ('{"n": ' + "1" * 5000 + "}", "broken JSON"),
        ("[1, 2]", "each line must be a JSON object, got [1, 2]"),
        ('{"code": "ls", "language": "bash"}', "no 'utterance' in the row; it has code, language"),
        ("{}", "no 'utterance' in the row"),
        ('{"utterance": "u", "language": "bash"}', "no 'code'"),
        ('{"utterance": " ", "code": "ls", "language": "bash"}', "'utterance' is empty"),
        ('{"utterance": "u", "code": null, "language": "bash"}', "'code' must be text, got null"),
        ('{"utterance": "u", "code": ["ls"], "language": "bash"}', "'code' must be text"),
        ('{"utterance": "u", "code": "\\ud800", "language": "bash"}', "lone surrogate"),
        ('{"utterance": "u", "code": "c", "language": "pyhton"}', "did you mean 'python'"),
        ('{"utterance": "u", "code": "c", "language": 3}', "'language' must be text, got 3"),
        ('{"utterance": "u", "code": "c", "language": "cf", "table": [1]}', "list of rows"),
        ('{"utterance": "u", "code": "c", "language": "cf", "table": [[{}]]}', "table cell"),
        (b'{"utterance": "\xff"}', "not UTF-8"),
    ],
)
def test_a_broken_row_is_named_by_file_and_line(
    tmp_path: Path, line: str | bytes, told: str
) -> None:
    path = write(tmp_path, GOOD, "", line)
    assert message(path).startswith(f"{path}:3: ")
    assert told in message(path)


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "true", '"3"', "null"])
def test_a_count_is_a_whole_number_from_one(tmp_path: Path, count: str) -> None:
    path = write(tmp_path, f'{{"code": "ls", "language": "bash", "count": {count}}}')
    with pytest.raises(DataError, match="count must be a whole number from 1"):
        read_snippets(path)


def test_a_missing_file_a_folder_and_an_empty_file_are_told_apart(tmp_path: Path) -> None:
    assert "no such file" in message(tmp_path / "nothing.jsonl")
    assert "is a folder" in message(tmp_path)
    assert "holds no rows" in message(write(tmp_path, "", " "))


def test_an_unknown_language_argument_is_refused_before_reading(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'bash'"):
        read_examples(tmp_path / "nothing.jsonl", "bsah")


def test_a_write_that_fails_half_way_keeps_the_old_file(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)

    def rows():  # type: ignore[no-untyped-def]
        yield Example("u", "c", "bash")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_jsonl(path, rows())
    assert path.read_text() == GOOD + "\n"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_where_a_folder_or_a_file_is_in_the_way_is_a_data_error(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    for target in (tmp_path, path / "below.jsonl"):
        with pytest.raises(DataError, match="cannot write"):
            write_jsonl(target, [Snippet("ls", "bash")])
