"""Judge a candidate by running it against a record's tests, in the formats of MBPP and ODEX.

Every test must pass. Not for comparing with the gold's text, and not for choosing among candidates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from codefusion.errors import DataError, UsageError
from codefusion.graders.sandbox import DEFAULT_LIMITS, Limits, Outcome, run


@dataclass(frozen=True)
class MbppRecord:
    """A whole function or script, and statements that assert."""

    task_id: str
    utterance: str
    gold: str
    setup: str
    tests: tuple[str, ...]

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> MbppRecord:
        """Read one row of the data set; `test_setup_code` may be left out."""
        return cls(
            task_id=_identity(row),
            utterance=_text(row, "text"),
            gold=_text(row, "code"),
            setup=_text(row, "test_setup_code", default=""),
            tests=_texts(row, "test_list"),
        )

    def program(self, candidate: str) -> tuple[str, ...]:
        """Return the parts to run in turn: the setup may use what the candidate defines."""
        return (candidate, self.setup, *self.tests)


@dataclass(frozen=True)
class OdexRecord:
    """A piece of a function between `prompt` and `suffix`, and bodies of a function that checks."""

    task_id: str
    utterance: str
    gold: str
    prompt: str
    suffix: str
    test_start: str
    tests: tuple[str, ...]
    entry_point: str
    library: tuple[str, ...]

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> OdexRecord:
        """Read one row of the data set; `library` may be empty."""
        entry_point = _text(row, "entry_point")
        if not entry_point.isidentifier():
            raise _malformed(row, "entry_point", "the name of a function", entry_point)
        return cls(
            task_id=_identity(row),
            utterance=_text(row, "intent"),
            gold=_text(row, "canonical_solution"),
            prompt=_text(row, "prompt"),
            suffix=_text(row, "suffix"),
            test_start=_text(row, "test_start"),
            tests=_texts(row, "test"),
            entry_point=entry_point,
            library=_texts(row, "library", may_be_empty=True),
        )

    def program(self, candidate: str) -> tuple[str, ...]:
        """Return the parts to run in turn: the function, the check, the call of the check."""
        # The data mix tabs in the prompt with spaces in the gold, which Python refuses.
        function = f"{self.prompt}{candidate}{self.suffix}".replace("\t", " " * 4)
        check = "\n".join((self.test_start, *self.tests))
        return (function, check, f"check({self.entry_point})")


Record = MbppRecord | OdexRecord


def record_from(row: Mapping[str, object]) -> Record:
    """Return the record of a row, its format told by its fields; raises `DataError`."""
    if not isinstance(row, Mapping):
        raise DataError(f"a record must be an object with named fields, got {row!r:.60}")
    if "test_list" in row:
        return MbppRecord.from_row(row)
    if "test_start" in row or "canonical_solution" in row:
        return OdexRecord.from_row(row)
    raise DataError(
        f"a record has neither 'test_list' (MBPP) nor 'test_start' (ODEX); "
        f"its fields: {', '.join(map(str, row)) or 'none'}"
    )


def read_records(path: str | Path) -> list[Record]:
    """Read a JSON-lines file of either format; raises `DataError` that names the line."""
    try:
        lines = Path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read records from {path}: {error}") from error
    records = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            records.append(record_from(json.loads(line)))
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {number}: not JSON ({error})") from error
        except DataError as error:
            raise DataError(f"{path}, line {number}: {error}") from error
    return records


def passes(candidate: str, record: Record, limits: Limits = DEFAULT_LIMITS) -> Outcome:
    """Run the candidate against all tests of the record."""
    return run(record.program(candidate), limits)


def grade(
    pairs: Iterable[tuple[str, Record]], limits: Limits = DEFAULT_LIMITS, workers: int = 2
) -> Iterator[Outcome]:
    """Yield the outcome of each pair in order, `workers` candidates at a time.

    No candidate ends the run, whatever it does. `pairs` is read little by little and may be long.
    """
    if workers < 1:
        raise UsageError(f"grading needs at least one worker, got {workers}")
    return _grade(pairs, limits, workers)


def _grade(pairs: Iterable[tuple[str, Record]], limits: Limits, workers: int) -> Iterator[Outcome]:
    waiting: list[Future[Outcome]] = []
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="grade") as pool:
        try:
            for candidate, record in pairs:
                waiting.append(pool.submit(passes, candidate, record, limits))
                # A few ahead keep the workers busy; all of them would sit in memory.
                if len(waiting) > 4 * workers:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            # A caller that stops early does not wait for what it will not read.
            for future in waiting:
                future.cancel()


def _identity(row: Mapping[str, object]) -> str:
    value = row.get("task_id")
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise _malformed(row, "task_id", "a number or a text", value)
    return str(value)


def _text(row: Mapping[str, object], field: str, default: str | None = None) -> str:
    value = row.get(field, default)
    if not isinstance(value, str):
        raise _malformed(row, field, "a text", value)
    return value


def _texts(row: Mapping[str, object], field: str, may_be_empty: bool = False) -> tuple[str, ...]:
    value = row.get(field)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _malformed(row, field, "a list of texts", value)
    if not value and not may_be_empty:
        # Without a test every candidate would pass.
        raise _malformed(row, field, "at least one test", value)
    return tuple(value)


def _malformed(row: Mapping[str, object], field: str, wanted: str, got: object) -> DataError:
    what = f"got {got!r:.60}" if field in row else "but it is missing"
    return DataError(f"record {row.get('task_id', '?')!r}: {field!r} must be {wanted}, {what}")
