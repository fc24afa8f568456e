"""The three published benchmarks: fetched once, checked byte by byte, and split by a fixed rule.

Not for user data (`examples`), code without utterances (`corpora`) or how a file is fetched
(`download`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codefusion.data.download import fetch_file
from codefusion.data.examples import Example, table_of
from codefusion.errors import DataError, unknown_name

COMMIT = "2d1eeeae2f4248082cee1460676f83d97e493c13"
BASE_URL = (
    f"https://raw.githubusercontent.com/microsoft/prose-benchmarks/{COMMIT}/CodeFusion/Benchmarks"
)
SPLIT_RULES = ("hashed", "published")
PARTS = ("train", "validation", "test")

Splits = dict[str, list[Example]]


@dataclass(frozen=True)
class Benchmark:
    """One published file; `counts` are the rows of its hashed split, empty when not known."""

    language: str
    file_name: str
    sha256: str
    counts: Mapping[str, int] = field(default_factory=dict)


BENCHMARKS = {
    "bash": Benchmark(
        "bash",
        "BashBenchmarks.json",
        "fda320d1c2cbfa6a8e7033c1b51af4aeebdee2aad0b92cdeba06f51edace9857",
        {"train": 9481, "validation": 1212, "test": 1901},
    ),
    "python": Benchmark(
        "python",
        "PythonBenchmarks.json",
        "f7d4a769df79e5c60be041dd44619075e1b8aaed233a64007a754ab0d2ae464c",
        {"train": 2051, "validation": 236, "test": 500},
    ),
    "cf": Benchmark(
        "cf",
        "CFRuleBenchmarks.json",
        "27cecd3e855e929391f0327a551dabe73db018e30422d870df347d7dff71b2c3",
        {"train": 678, "validation": 89, "test": 114},
    ),
}

# Rows of the published CF file that hold no rule, by ID.
_NO_RULE_IDS = frozenset({730, 736, 740, 796, 828})
_RULE = re.compile(r"[A-Za-z_]\w*\(")


def load_benchmark(
    language: str, split_rule: str = "hashed", folder: str | Path | None = None
) -> Splits:
    """Return the benchmark's examples under the keys train, validation and test.

    The file comes from `folder` when given, else from the cache, else from the network. The
    published split has no validation part: that list is empty. Raises `DataError` for a file that
    is missing, unreachable or not the published one.
    """
    if language not in BENCHMARKS:
        raise unknown_name("benchmark", language, BENCHMARKS)
    if split_rule not in SPLIT_RULES:
        raise unknown_name("split rule", split_rule, SPLIT_RULES)
    benchmark = BENCHMARKS[language]
    path = fetch(benchmark) if folder is None else find(benchmark, folder)
    return read_benchmark(benchmark, path, split_rule)


def read_benchmark(benchmark: Benchmark, path: Path, split_rule: str = "hashed") -> Splits:
    """Return the splits of the published file at `path`, its bytes and row counts checked."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from None
    _check_hash(benchmark, path, content)
    train, test = _published_rows(content, path)
    if split_rule == "published":
        return {
            "train": _examples(train, benchmark.language, path),
            "validation": [],
            "test": _examples(test, benchmark.language, path),
        }
    splits = hashed_split(benchmark.language, train, test, path)
    for part, expected in benchmark.counts.items():
        if len(splits[part]) != expected:
            raise DataError(
                f"{path}: the {part} part of the hashed split has {len(splits[part])} rows, "
                f"expected {expected}; the split rule was changed, please report it"
            )
    return splits


def hashed_split(
    language: str,
    train: Iterable[Mapping[str, Any]],
    test: Iterable[Mapping[str, Any]],
    where: str | Path = "rows",
) -> Splits:
    """Return the rows cleaned and split by the hash of their utterance.

    Bash and CF pool both published parts: bucket below 15 is test, below 25 validation. Python
    keeps the published test whole; of its train part, bucket below 10 is validation.
    """
    if language == "python":
        kept = _examples(test, language, where)
        tested = {normalise(example.utterance) for example in kept}
        pool = [
            example
            for example in _without_repeats(_examples(train, language, where))
            if normalise(example.utterance) not in tested
        ]
    else:
        rows = [*train, *test]
        if language == "cf":
            rows = [row for row in rows if _is_rule(row)]
        kept = []
        pool = list(_without_repeats(_examples(rows, language, where)))
    splits: Splits = {"train": [], "validation": [], "test": kept}
    below_validation, below_test = _borders(language)
    for example in pool:
        place = bucket(example.utterance)
        if place < below_test:
            splits["test"].append(example)
        elif place < below_validation:
            splits["validation"].append(example)
        else:
            splits["train"].append(example)
    return splits


def held_out(utterance: str, language: str) -> bool:
    """Whether the hashed split would keep an utterance from training, were it in the benchmark."""
    return bucket(utterance) < _borders(language)[0]


def _borders(language: str) -> tuple[int, int]:
    """Return below which bucket an utterance is held out, and below which it is for the test."""
    return (10, 0) if language == "python" else (25, 15)


def normalise(utterance: str) -> str:
    """Return the utterance in lower case, its white space collapsed to single spaces, stripped."""
    return " ".join(utterance.lower().split())


def bucket(utterance: str) -> int:
    """Return the utterance's place in 0..99, the same for all spellings that normalise alike."""
    return int(hashlib.sha256(normalise(utterance).encode()).hexdigest(), 16) % 100


def cache_folder() -> Path:
    """Return `$CODEFUSION_HOME`, else `codefusion` in `$XDG_CACHE_HOME`, else in `~/.cache`."""
    if home := os.environ.get("CODEFUSION_HOME"):
        return Path(home).expanduser()
    if cache := os.environ.get("XDG_CACHE_HOME"):
        return Path(cache).expanduser() / "codefusion"
    return Path.home() / ".cache" / "codefusion"


def find(benchmark: Benchmark, folder: str | Path) -> Path:
    """Return the benchmark's file in `folder`, which may be a checkout of the whole repository."""
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"no such folder: {folder}")
    for place in (folder, folder / "Benchmarks", folder / "CodeFusion" / "Benchmarks"):
        if (place / benchmark.file_name).is_file():
            return place / benchmark.file_name
    raise DataError(f"{folder} holds no {benchmark.file_name}; get it from {BASE_URL}")


def fetch(benchmark: Benchmark, folder: Path | None = None, base_url: str = BASE_URL) -> Path:
    """Return the benchmark's file in `folder` (by default the cache), downloaded when missing."""
    path = (folder or cache_folder() / "benchmarks") / benchmark.file_name
    return fetch_file(f"{base_url}/{benchmark.file_name}", path, benchmark.sha256)


def _check_hash(benchmark: Benchmark, path: Path, content: bytes) -> None:
    got = hashlib.sha256(content).hexdigest()
    if got != benchmark.sha256:
        raise DataError(
            f"{path} is not the published file: SHA-256 {got}, expected {benchmark.sha256}; "
            f"get it from {BASE_URL}/{benchmark.file_name}"
        )


def _published_rows(content: bytes, path: Path) -> tuple[list[Any], list[Any]]:
    try:
        parts = json.loads(content)
        train, test = parts["train"], parts["test"]
    except (ValueError, KeyError, TypeError):
        raise DataError(f'{path} is not of the form {{"train": [...], "test": [...]}}') from None
    return train, test


def _examples(rows: Iterable[Mapping[str, Any]], language: str, where: str | Path) -> list[Example]:
    """Return the rows stripped, without those that lack an utterance or code."""
    examples = []
    for row in rows:
        utterance = (row.get("NL Utterance") or "").strip()
        code = (row.get("Code") or "").strip()
        if utterance and code:
            table = table_of(row.get("Data"), f"{where}: ID {row.get('ID')}")
            examples.append(Example(utterance, code, language, table))
    return examples


def _without_repeats(examples: Iterable[Example]) -> Iterator[Example]:
    """Yield the first of all examples that agree in utterance and in code but for spacing."""
    seen = set()
    for example in examples:
        key = (normalise(example.utterance), "".join(example.code.split()))
        if key not in seen:
            seen.add(key)
            yield example


def _is_rule(row: Mapping[str, Any]) -> bool:
    code = (row.get("Code") or "").strip()
    return (
        row.get("ID") not in _NO_RULE_IDS
        and "addConditionalFormat" not in code
        and _RULE.match(code) is not None
    )
