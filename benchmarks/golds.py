"""Do the golds hold? How many parse, what they score as candidates, and what shuffled ones score.

Run: python benchmarks/golds.py FOLDER   with FOLDER/LANGUAGE/{train,validation}.jsonl
(exit code 1 when fewer than 99 % of a split parse, or its golds score under 100 on a metric)
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from codefusion.data.examples import Example, read_examples
from codefusion.errors import told_in_one_line
from codefusion.evaluation.grading import Prediction, row_scores
from codefusion.graders.bash_shell import bash_accepts, bash_complaint
from codefusion.graders.python import conala_bleu
from codefusion.languages import bash, cf, get_language, language_names, python

SPLITS = ("train", "validation")
LEAST_SHARE = 0.99
_WIDTH = 72


@dataclass(frozen=True)
class Report:
    """What one split says; the scores are means over its rows, 1 for full marks."""

    n: int
    broken: dict[str, str]
    """Each distinct gold that doesn't parse, and why."""
    parsing: int
    golds: dict[str, float]
    shuffled: dict[str, float]

    @property
    def holds(self) -> bool:
        # No metric, but how many of the golds parse.
        scores = [score for name, score in self.golds.items() if name != "validity"]
        return self.parsing >= LEAST_SHARE * self.n and min(scores) > 1 - 1e-9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shell", action="store_true", help="ask `bash -n` of each Bash gold")
    arguments = parser.parse_args()
    held = True
    for language in language_names():
        for split in SPLITS:
            path = arguments.folder / language / f"{split}.jsonl"
            if not path.exists():
                print(f"{language} {split}: no {path}")
                continue
            rows = read_examples(path, language)
            report = examine(rows, arguments.seed)
            show(f"{language} {split}", report)
            if language == "bash" and arguments.shell:
                show_shell([row.code for row in rows])
            held = held and report.holds
    return 0 if held else 1


def examine(rows: Sequence[Example], seed: int) -> Report:
    """Judge the golds of one language."""
    language = get_language(rows[0].language)
    parses = {row.code: language.is_valid(row.code) for row in rows}
    return Report(
        n=len(rows),
        broken={code: reason(rows[0].language, code) for code, ok in parses.items() if not ok},
        parsing=sum(parses[row.code] for row in rows),
        golds=scores(rows, [row.code for row in rows]),
        shuffled=scores(rows, [row.code for row in deranged(rows, random.Random(seed))]),
    )


def scores(rows: Sequence[Example], candidates: Sequence[str]) -> dict[str, float]:
    """Return the mean of every metric, with one candidate for each row."""
    predictions = [Prediction(row, (code,)) for row, code in zip(rows, candidates, strict=True)]
    means = {name: fmean(tops["top1"]) for name, tops in row_scores(predictions).items()}
    if rows[0].language == "python":
        golds = [row.code for row in rows]
        means["conala_bleu (corpus)"] = conala_bleu(candidates, golds) / 100
    return means


def deranged(rows: Sequence[Example], rng: random.Random) -> list[Example]:
    """Return the rows in an order in which none stays in its place (Sattolo 1986)."""
    shuffled = list(rows)
    for last in range(len(shuffled) - 1, 0, -1):
        other = rng.randrange(last)
        shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
    return shuffled


def reason(language: str, code: str) -> str:
    """Return in a few words why the language refuses the code."""
    match language:
        case "bash":
            complaint = bash_complaint(code)
            if complaint:
                return complaint
            place = f"tree-sitter fails at {_first_error(code)!r}"
            return place if complaint is None else f"{place}, bash -n accepts it"
        case "cf":
            try:
                cf.parse(code)
            except cf.CFSyntaxError as error:
                return str(error)
        case "python":
            try:
                python.parse(code)
            except (SyntaxError, ValueError) as error:
                return str(error)
    return "holds no statement"


def _first_error(code: str) -> str:
    waiting = [bash.parse(code)]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            return code[node.start_byte :][:20]
        waiting += [child for child in reversed(node.children) if child.has_error]
    return ""


def show(title: str, report: Report) -> None:
    share = 100 * report.parsing / report.n
    print(f"{title}: n = {report.n}, {report.parsing} parse, {share:.2f} %")
    for code, why in report.broken.items():
        print(f"    {_short(code)}  # {_short(why)}")
    print(f"  {'metric':<22}{'golds':>8}{'shuffled':>10}")
    for name, value in report.golds.items():
        print(f"  {name:<22}{100 * value:>8.2f}{100 * report.shuffled[name]:>10.2f}")


def show_shell(codes: Sequence[str]) -> None:
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(bash_accepts, codes))
    if None in said:
        print("  there is no bash to ask")
        return
    ours = [get_language("bash").is_valid(code) for code in codes]
    both = list(zip(ours, said, strict=True))
    print(
        f"  bash -n: {sum(map(bool, said))} accepted; {both.count((False, True))} only by bash, "
        f"{both.count((True, False))} only by tree-sitter"
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"


if __name__ == "__main__":
    told_in_one_line(lambda: sys.exit(main()))
