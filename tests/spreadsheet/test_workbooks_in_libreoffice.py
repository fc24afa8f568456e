"""Opened in LibreOffice, the cells that a written rule colours are those that the preview shows.

Its HTML says of each cell how it looks, conditional formatting included.
"""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from books import coloured, highlight, region_of, rich_workbook, save

from codefusion.errors import UsageError
from codefusion.languages.cf_rules import FUNCTIONS, Argument
from codefusion.spreadsheet.areas import letters
from codefusion.spreadsheet.styles import STYLES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]

TODAY = date.today()
DAYS = (0, -1, 1, -7, 7, -30, 30, -6, None, -14, 14, -3, 3, -45, 45, 10, -10, 0, 2, -2)
NUMBERS = (5, -3, 0, 25, 100, 26.5, 25, None, 1e6, 0.1 + 0.2, 7, 12, 1, 2, 3, None, 40, 50, 60, 25)
WORDS = ("open", "Closed", "closed", "open ", "*a?", "n/a", None, "apple", "Apple", "banana")
MORE_WORDS = ('x"y', "10%", "ab-c", "  ", "zoo", "open", "O'Neil", "é", "pen", "close")
MIXED = (5, "5", None, "n/a", True, "#N/A", "  ", '=""', False, "25")
MORE_MIXED = (25, -1, "-1", 0.5, "open", "TRUE", 1, 0, "#DIV/0!", "#N/A")
OTHERS = (1, 2, 3, 25, 99, 26.5, None, 0, -5, 0.3, 8, 11, 1, 2.5, 3, 4, 39, 51, 60, 26)
ROWS: list[list[Any]] = [
    ["Number", "Text", "Mixed", "Date", "Other"],
    *(
        [number, text, mixed, None if day is None else TODAY + timedelta(days=day), other]
        for number, text, mixed, day, other in zip(
            NUMBERS, WORDS + MORE_WORDS, MIXED + MORE_MIXED, DAYS, OTHERS, strict=True
        )
    ),
]

VALUES = {
    Argument.VALUE: ("25", "0", "-2", "open", "TRUE", "10%"),
    Argument.TEXT: ("pe", "5", "o", "n", "", "*", "TRU", 'x"y', "~"),
    Argument.COUNT: ("", "3", "1", "15%", "7%", "1.9", "2000", "0"),
}
# Colour scales and the like have colours of their own.
SHADES = ("ColorScale", "DataBar", "IconSet")


def one_condition(subject: str) -> list[str]:
    """Return every function with several arguments about a subject."""
    rules = []
    for name, function in FUNCTIONS.items():
        if name in SHADES:
            continue
        values = VALUES[function.argument] if function.most else ("",)
        for value in values:
            ends = [value, "26"] if function.fewest == 2 else [value]
            rules.append(f"{name}({', '.join(part for part in (subject, *ends) if part)})")
    return rules


SEVERAL = (
    "LessThan(c[4], c[0])",
    "GreaterThanEqual(c[2], c[0])",
    "Equals(c[0], c[4])",
    "NotEquals(c[2], c[1])",
    "TextEquals(c[2], c[1])",
    "TextEquals(c[2], c[0])",
    "TextContains(c[1], c[2])",
    "TextNotContains(c[1], c[2])",
    "TextStartsWith(c[2], c[0])",
    "TextEndsWith(c[1], c[2])",
    "Between(c[0], c[4], 30)",
    "NotBetween(c[0], c[4], 30)",
    "GreaterThan(LEN(c[1]), 4)",
    "LessThan(LEN(c[2]), 3)",
    "Equals(LEN(c[1]), c[0])",
    "GreaterThan(c[0], LEN(c[1]))",
    "GreaterThan(c[0], $A$5)",
    "TextContains($B$2)",
    "AND(GreaterThan(c[0], 3), LessThan(c[4], 40))",
    "OR(GreaterThan(c[0], 50), Errors(c[2]), TextEquals(c[1], open))",
    "NOT(AND(GreaterThan(c[0], 3), NOT(TextContains(c[1], o))))",
    "NOT(OR(LessThan(c[2], 3), Blanks(c[1])))",
    "NOT(TextStartsWith(c[2], 2))",
    "AND(GreaterThan(4), GreaterThan(c[0], 5))",
    "NOT(GreaterThan(4))",
    "OR(Blanks(), TextContains(pe))",
    "AND(NotBlanks(c[2]), NotErrors(c[2]), Today(c[3]))",
    "AND(AboveAverage(c[0]), Duplicates(c[1]))",
    "NOT(Top(c[4], 3))",
    "GreaterThan(c[3], 2024-02-28)",
    'Equals(c[1], "  ")',
    'TextEndsWith(c[1], "?")',
    "Equals(c[0], 0.3)",
)


class Colours(HTMLParser):
    """The addresses of the cells with a rule's colour in the first sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.table = self.row = self.column = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.table += 1
        elif tag == "tr":
            self.row, self.column = self.row + 1, 0
        elif tag == "td":
            self.column += 1
            colour = (dict(attrs).get("bgcolor") or "").upper()
            if self.table == 1 and colour == f"#{STYLES['red'].fill}":
                self.found.add(f"{letters(self.column)}{self.row}")


def colours(folder: Path, books: list[Path]) -> list[set[str]]:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "html", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, books)], check=True, timeout=1000)
    found = []
    for book in books:
        read = Colours()
        read.feed((folder / f"{book.stem}.html").read_text(encoding="utf-8"))
        found.append(read.found)
    return found


@pytest.mark.parametrize("rows", [False, True], ids=["cells", "rows"])
@pytest.mark.parametrize(
    "codes",
    [*(one_condition(f"c[{column}]") for column in range(5)), one_condition(""), list(SEVERAL)],
    ids=[*(header.lower() for header in ROWS[0]), "any", "several"],
)
def test_libreoffice_colours_what_the_preview_shows(tmp_path, codes, rows):
    book = save(tmp_path / "book.xlsx", ROWS)
    region = region_of(book)
    expected: dict[str, set[str]] = {}
    written = []
    for number, code in enumerate(codes):
        # Some can't be written, such as what depends on the order of texts.
        with suppress(UsageError):
            highlight(book, code, tmp_path / f"{number}.xlsx", rows=rows)
            expected[code] = coloured(region, code, rows=rows)
            written.append(tmp_path / f"{number}.xlsx")
    assert len(written) > len(codes) * 0.6
    found = dict(zip(expected, colours(tmp_path, written), strict=True))
    assert found == expected


def any_cell(draw: Random) -> Any:
    text = "".join(draw.choices("abAB019 .,-*?~'\"é%<=", k=draw.randint(0, 4)))
    number = draw.choice([draw.randint(-9, 99), round(draw.gauss(0, 50), 3), draw.random() / 3])
    day = TODAY + timedelta(days=draw.randint(-40, 40))
    kinds = [number, number, number, text.lstrip("="), None, draw.random() < 0.5, "#N/A", day, "  "]
    return draw.choice(kinds)


def any_rule(draw: Random, width: int, depth: int = 0) -> str:
    if depth < 3 and draw.random() < 0.4:
        parts = [any_rule(draw, width, depth + 1) for _ in range(2)]
        return draw.choice(
            [f"NOT({parts[0]})", f"AND({parts[0]}, {parts[1]})", f"OR({parts[0]}, {parts[1]})"]
        )
    subject = draw.choice(["", *(f"c[{column}]" for column in range(width)), "LEN(c[0])"])
    return draw.choice(one_condition(subject))


@pytest.mark.parametrize("seed", range(3))
def test_libreoffice_colours_what_the_preview_shows_in_fuzzed_workbooks(tmp_path, seed):
    draw = Random(seed)
    expected, written = [], []
    while len(written) < 100:
        width, height = draw.randint(1, 4), draw.randint(2, 12)
        rows = [[any_cell(draw) for _ in range(width)] for _ in range(height)]
        # The corner is filled, or the HTML would end before it.
        rows = [[f"h{n}" for n in range(width)], *rows, [7] * width]
        code, whole = any_rule(draw, width), draw.random() < 0.5
        book = save(tmp_path / "book.xlsx", rows)
        with suppress(UsageError):
            highlight(book, code, tmp_path / f"{len(written)}.xlsx", rows=whole)
            expected.append((code, rows, coloured(region_of(book), code, rows=whole)))
            written.append(tmp_path / f"{len(written)}.xlsx")
    for (code, rows, cells), found in zip(expected, colours(tmp_path, written), strict=True):
        assert found == cells, (code, rows)


def test_a_workbook_with_charts_and_macros_opens_with_the_rule(tmp_path):
    book = rich_workbook(tmp_path / "rich.xlsm")
    target = tmp_path / "new.xlsm"
    where = {"cells": "A1:C31"}
    highlight(book, "TextEquals(c[2], open)", target, rows=True, **where)
    shown = coloured(region_of(book, **where), "TextEquals(c[2], open)", rows=True)
    # The workbook's own rules colour column B, and come first where several hold.
    (found,) = colours(tmp_path, [target])
    assert {cell for cell in found if cell[0] != "B"} == {cell for cell in shown if cell[0] != "B"}
    assert len(shown) == 45
