"""Time and memory of a large workbook: read it, preview five rules, write one.

Run: python benchmarks/workbook.py [--rows 50000]   (needs the extra "excel" and XlsxWriter)
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from codefusion.errors import told_in_one_line
from codefusion.spreadsheet.package import open_package
from codefusion.spreadsheet.styles import parse_style
from codefusion.spreadsheet.suggestions import Draft, suggest
from codefusion.spreadsheet.workbook import read_region
from codefusion.spreadsheet.writing import write_rule

RULES = (
    "AND(GreaterThan(c[2], 1000), TextEquals(c[4], open))",
    "Top(c[2], 100)",
    "Duplicates(c[1])",
    "LessThan(c[3], c[2])",
    "GreaterThan(1000)",
)


def make(path: Path, rows: int) -> None:
    import xlsxwriter

    values = random.Random(0)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Orders")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Date", "Customer", "Amount", "Paid", "Status", "Share"])
        for row in range(1, rows + 1):
            sheet.write_datetime(row, 0, date(2024, 1, 1) + timedelta(days=row % 700), day)
            sheet.write_string(row, 1, f"customer {values.randrange(rows)}")
            sheet.write_number(row, 2, round(values.gauss(800, 400), 2))
            sheet.write_number(row, 3, round(values.gauss(700, 400), 2))
            sheet.write_string(row, 4, values.choice(["open", "paid", "late"]))
            sheet.write_number(row, 5, values.random())


def memory() -> float:
    """Return the peak of the process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def measured(what: str) -> Iterator[None]:
    began, used = time.perf_counter(), time.process_time()
    yield
    print(
        f"{what:<28} {time.perf_counter() - began:6.2f} s  "
        f"(processor {time.process_time() - used:6.2f} s), peak {memory():4.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.xlsx"
        # In another process, whose memory does not count.
        maker = multiprocessing.Process(target=make, args=(book, rows))
        maker.start()
        maker.join()
        size = book.stat().st_size / 1e6
        print(f"{rows:,} rows of 6 columns, {size:.1f} MB; before reading, {memory():.0f} MB")
        with measured("read"):
            package = open_package(book)
            region = read_region(package)
        with measured(f"preview {len(RULES)} rules"):
            drafts = [Draft(rule) for rule in RULES]
            suggestions, refusals = suggest(drafts, region, True, date.today())
        assert not refusals, refusals
        with measured("write one of them"):
            formatting = suggestions[0].formatting
            target = Path(folder) / "new.xlsx"
            write_rule(package, region.sheet, formatting, parse_style("red"), target)
        for one in suggestions:
            print(f"  {one.summary:>13}  {one.code}")


if __name__ == "__main__":
    told_in_one_line(main)
