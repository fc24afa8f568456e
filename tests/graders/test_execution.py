"""Records of both formats: golds pass, wrong candidates do not, malformed rows name the field."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codefusion.errors import DataError, UsageError
from codefusion.graders.execution import (
    MbppRecord,
    OdexRecord,
    grade,
    passes,
    read_records,
    record_from,
)
from codefusion.graders.sandbox import Limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have fewer layers")

LIMITS = Limits(seconds=60, cpu_seconds=10)
TIGHT = Limits(seconds=20, cpu_seconds=1, memory=300 << 20)

# Our own rows, in the data sets' formats.
MBPP: list[dict[str, Any]] = [
    {
        "task_id": 1,
        "text": "Write a function that keeps the even numbers of a list.",
        "code": "def evens(numbers):\r\n  return [n for n in numbers if n % 2 == 0]",
        "test_list": ["assert evens([1, 2, 4]) == [2, 4]", "assert evens([3]) == []"],
        "test_setup_code": "",
    },
    {
        "task_id": 2,
        "text": "Write a function that sums the values of a chain of cells.",
        "code": (
            "class Cell:\n    def __init__(self, value, after=None):\n"
            "        self.value, self.after = value, after\n"
            "def total(cell):\n    return cell.value + total(cell.after) if cell else 0\n"
        ),
        "test_list": ["assert total(chain) == 6"],
        "test_setup_code": "chain = Cell(1, Cell(2, Cell(3)))",
    },
]
ODEX: list[dict[str, Any]] = [
    {
        "task_id": 31,
        "intent": "reverse the words of `line`",
        "prompt": "def f_31(line):\n\treturn ",
        "suffix": "",
        "canonical_solution": "' '.join(line.split()[::-1])",
        "test_start": "\ndef check(candidate):",
        "test": [
            "\n    assert candidate('a b c') == 'c b a'\n",
            "\n    assert candidate('') == ''\n",
        ],
        "entry_point": "f_31",
        "library": [],
    },
    {
        "task_id": "32-1",
        "intent": "set item `key` of `table` to its number of digits",
        "prompt": "def f_32(table, key):\n\t",
        "suffix": "\n\treturn table",
        "canonical_solution": "digits = re.findall(r'\\d', key)\n    table[key] = len(digits)",
        "test_start": "\nimport re\n\ndef check(candidate):",
        "test": ["\n    assert candidate({}, 'a1b22') == {'a1b22': 3}\n"],
        "entry_point": "f_32",
        "library": ["re"],
    },
]
ROWS = MBPP + ODEX


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["task_id"]))
def test_the_gold_passes_and_an_empty_or_wrong_candidate_does_not(row: dict[str, Any]) -> None:
    record = record_from(row)
    assert isinstance(record, MbppRecord if "code" in row else OdexRecord)
    assert record.task_id == str(row["task_id"])
    outcome = passes(record.gold, record, LIMITS)
    assert outcome.passed, outcome
    for wrong in ("", "pass", "None", "def evens(n): return n", "1 +"):
        assert passes(wrong, record, LIMITS).status == "failed"


def test_every_test_counts() -> None:
    record = record_from(MBPP[0])
    assert passes("def evens(n): return [2, 4]", record, LIMITS).status == "failed"
    record = record_from(ODEX[0])
    assert passes("'c b a'", record, LIMITS).status == "failed"


@pytest.mark.parametrize("row", ROWS[1:3], ids=["mbpp", "odex"])
@pytest.mark.parametrize(
    "candidate", ["__import__('sys').exit(0)", "__import__('os')._exit(0)", "'''", "0\n'''"]
)
def test_a_candidate_cannot_skip_the_tests(candidate: str, row: dict[str, Any]) -> None:
    # The tests hold the quotes that would close the candidate's open string.
    field = "test_list" if "test_list" in row else "test"
    row = row | {field: [*row[field], "    '''\n    '''" if field == "test" else "'''\n'''"]}
    assert passes(candidate, record_from(row), LIMITS).status == "failed"


def test_hostile_candidates_are_contained_and_told_apart_and_the_run_goes_on(
    tmp_path: Path,
) -> None:
    record = record_from(MBPP[0])
    kept = tmp_path / "kept.txt"
    kept.write_text("precious")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = server.getsockname()
        candidates = {
            record.gold: "passed",
            "while True: pass": "timeout",
            # A bomb of four, so that a broken sandbox fails this test and not the machine.
            "import os\nfor _ in range(2): os.fork()": "refused",
            "bytearray(10**10)": "memory",
            f"import os\nos.remove({str(kept)!r})": "refused",
            f"import socket\nsocket.create_connection({address!r})": "refused",
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)": "crashed",
            "def evens(numbers): return None": "failed",
            record.gold + "\n": "passed",
        }
        outcomes = list(grade([(candidate, record) for candidate in candidates], TIGHT))
        with pytest.raises(TimeoutError):
            server.accept()
    assert [outcome.status for outcome in outcomes] == list(candidates.values())
    assert all(outcome.passed or outcome.detail for outcome in outcomes)
    assert kept.read_text() == "precious"


def test_grading_reads_only_a_little_ahead_and_can_be_stopped() -> None:
    record = record_from(MBPP[0])
    taken = []

    def pairs() -> Iterator[tuple[str, MbppRecord | OdexRecord]]:
        for number in range(1000):
            taken.append(number)
            yield record.gold, record

    outcomes = grade(pairs(), LIMITS, workers=1)
    assert next(outcomes).passed
    outcomes.close()  # type: ignore[attr-defined]
    assert len(taken) < 10


def test_grading_without_workers_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="worker"):
        grade([], LIMITS, workers=0)


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [(MBPP[0], field, 3.5) for field in ("task_id", "text", "code", "test_list", "test_setup_code")]
    + [(ODEX[0], field, 3.5) for field in ODEX[0]]
    + [(MBPP[0], "test_list", []), (MBPP[0], "test_list", "assert x"), (ODEX[0], "test", [1])]
    + [(ODEX[0], "entry_point", "f(); g"), (ODEX[0], "test", [])],
)
def test_a_malformed_row_names_its_field(row: dict[str, Any], field: str, value: object) -> None:
    with pytest.raises(DataError, match=f"'{field}' must be"):
        record_from(row | {field: value})


@pytest.mark.parametrize(
    ("row", "field"),
    [(MBPP[0], field) for field in ("task_id", "text", "code")]
    + [(ODEX[0], field) for field in ODEX[0]],
)
def test_a_missing_field_is_named(row: dict[str, Any], field: str) -> None:
    with pytest.raises(DataError, match=f"'{field}' must be .*missing"):
        record_from({name: value for name, value in row.items() if name != field})


def test_rows_of_no_known_format_are_refused() -> None:
    with pytest.raises(DataError, match="neither"):
        record_from({"utterance": "x"})
    with pytest.raises(DataError, match="object"):
        record_from([1])  # type: ignore[arg-type]


def test_a_file_of_records_is_read_and_its_errors_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS) + "\n\n")
    assert [record.task_id for record in read_records(path)] == ["1", "2", "31", "32-1"]
    path.write_text(json.dumps(MBPP[0]) + "\n{")
    with pytest.raises(DataError, match="line 2: not JSON"):
        read_records(path)
    path.write_text(json.dumps(MBPP[0] | {"code": None}))
    with pytest.raises(DataError, match=r"line 1: .*'code'"):
        read_records(path)
    with pytest.raises(DataError, match="cannot read"):
        read_records(tmp_path / "absent")
