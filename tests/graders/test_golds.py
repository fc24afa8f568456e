"""What holds for golds on every metric of every language: full marks, and little for others'."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path
from statistics import fmean

import pytest

from codefusion.data.examples import Example, write_jsonl
from codefusion.evaluation.grading import Prediction, row_scores
from codefusion.evaluation.metrics import language_metrics
from codefusion.languages import language_names

ROOT = Path(__file__).parents[2]
SALES = (
    ("City", "2023", "2024"),
    ("Rome", "40", "7"),
    ("Oslo", "12", "90"),
    ("Bern", "55", ""),
)
HEADER = SALES[:1]

BASH = [
    "ls -lS",
    "find . -name '*.py' -mtime -7 | xargs grep -l main",
    "tar czf backup.tgz /home/me",
    'for f in *.txt; do mv "$f" "${f%.txt}.md"; done',
    "du -sh * | sort -rh | head -n 5",
    "chmod -R u+w build",
    "ps aux | awk '{print $2}'",
    "kill -9 $(pgrep firefox)",
    "x=$(date +%s)",
    "diff <(sort a) <(sort b)",
    "ssh host 'uptime'",
    # These don't parse, as some golds of every collection.
    "grep TODO <file>",
    "find . -exec rm {} \\",
    "echo 'unfinished",
]
PYTHON = [
    "x",
    "x = [int(i) for i in s.split()]",
    "df.groupby('a').apply(lambda g: g.sort_values(by=['b']).head(2))",
    "for key, value in d.items():\n    print(key, value)",
    "subprocess.call('dir', shell=True)",
    "with open(path) as f:\n    lines = f.readlines()",
    "a, b = b, a",
    "re.sub('\\d+', '', text)",
    "def add(a, b=1):\n    return a + b",
    "print('été')",
    "import os",
    "print x",
]
CF = [
    ("GreaterThan(25)", ()),
    ("TextEquals(Rome)", SALES),
    ("Blanks()", SALES),
    ("GreaterThan(c[1], 25)", SALES),
    ("LessThan(c[2], c[1])", HEADER),
    ("Top(c[1], 10)", HEADER),
    ("Duplicates()", ()),
    ("AND(GreaterThan(c[2], 0), TextEquals(c[0], Oslo))", SALES),
    ("NOT(Between(1, 5))", ()),
    ("ColorScale()", SALES),
    ("DataBar(c[1])", HEADER),
    ("LastMonth()", ()),
]
ROWS = {
    "bash": [Example(f"say {n}", code, "bash") for n, code in enumerate(BASH)],
    "cf": [Example(f"say {n}", code, "cf", table) for n, (code, table) in enumerate(CF)],
    "python": [Example(f"say {n}", code, "python") for n, code in enumerate(PYTHON)],
}
# The most that golds of other rows score: on NL2Bash and CoNaLa, docs/metrics.md has the figures.
FLOORS = {
    "exact_match": 0.0,
    "normal_form_match": 0.0,
    "literal_fidelity": 0.0,
    "template_match": 0.0,
    "soft_template_score": 0.2,
    "nlc2cmd_score": -0.75,
    "execution_match": 0.0,
    "conala_bleu": 0.1,
    "code_bleu": 0.2,
    "chrf": 0.15,
}


def means(language: str, candidates: list[str]) -> dict[str, float]:
    rows = zip(ROWS[language], candidates, strict=True)
    scores = row_scores([Prediction(row, (code,)) for row, code in rows])
    del scores["validity"]  # Asks nothing of the gold.
    return {name: fmean(tops["top1"]) for name, tops in scores.items()}


def test_every_language_is_tried() -> None:
    assert sorted(ROWS) == language_names()
    names = {name for language in ROWS for name in language_metrics(language)}
    assert names < set(FLOORS)


def test_the_page_lists_every_metric_of_a_candidate() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)` \| k \|", page, re.MULTILINE)
    graded = [name for language in ROWS for name in language_metrics(language)]
    of_all = ["exact_match", "normal_form_match", "validity", "literal_fidelity"]
    assert sorted(listed) == sorted([*of_all, *graded])


@pytest.mark.parametrize("language", ROWS)
def test_golds_have_full_marks_on_every_metric(language: str) -> None:
    golds = [row.code for row in ROWS[language]]
    for name, mean in means(language, golds).items():
        assert mean == pytest.approx(1.0, abs=1e-12), name


@pytest.mark.parametrize("language", ROWS)
def test_golds_of_other_rows_score_near_the_floor(language: str) -> None:
    golds = [row.code for row in ROWS[language]]
    step = random.Random(0).randrange(1, len(golds))
    for name, mean in means(language, golds[step:] + golds[:step]).items():
        assert mean <= FLOORS[name], name


@pytest.mark.parametrize("language", ROWS)
def test_every_score_is_in_its_range_for_any_pair_of_golds(language: str) -> None:
    for name, metric in language_metrics(language).items():
        least = -1.0 if name == "nlc2cmd_score" else 0.0
        for row in ROWS[language]:
            for other in (*ROWS[language][:4], ROWS[language][-1]):
                assert least <= metric(other.code, row) <= 1.0, name


@pytest.mark.parametrize("language", ROWS)
def test_nothing_scores_the_least_on_every_metric(language: str) -> None:
    for name, metric in language_metrics(language).items():
        least = -1.0 if name == "nlc2cmd_score" else 0.0
        assert metric("", ROWS[language][1]) == least, name


def test_a_language_without_graders_has_no_metrics() -> None:
    assert language_metrics("cobol") == {}


@pytest.mark.parametrize(("broken", "code"), [(0, 0), (1, 1)])
def test_the_command_fails_where_too_few_golds_parse_and_says_which(
    broken: int, code: int, tmp_path: Path
) -> None:
    golds = ["grep TODO <file>"] * broken + [f"tail -n {n} log" for n in range(30 - broken)]
    rows = [Example(f"say {n}", gold, "bash") for n, gold in enumerate(golds)]
    write_jsonl(tmp_path / "bash" / "validation.jsonl", rows)
    script = ROOT / "benchmarks" / "golds.py"
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (code, "")
    assert ("grep TODO <file>" in done.stdout) is bool(broken)
    assert f"n = 30, {30 - broken} parse" in done.stdout
    exact = next(line for line in done.stdout.splitlines() if "exact_match" in line)
    assert exact.split() == ["exact_match", "100.00", "0.00"]
