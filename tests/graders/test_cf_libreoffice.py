"""The interpreter beside a real spreadsheet: LibreOffice calculates each function's formula."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from test_cf_interpreter import TODAY, column

from codefusion.graders.cf_values import Kind, read_value

# A number, a text, or a formula that ends in an error, with what the interpreter reads.
SHEET = ["25", "26", "-3", "0.5", "100", "26", "Error here", "ABC", "abc", "9 lives", "=NA()", ""]
DAYS = [(TODAY + timedelta(days=n)).isoformat() for n in range(-65, 66)]
# A formula over a range that holds an error is one, while the rules pass over it.
CLEAN = [cell for cell in SHEET if not cell.startswith("=")]
RANGE = f"[.$A$2:.$A${len(CLEAN) + 1}]"
DAY = "DATE(2024;2;29)"
FORMULAS = {
    # ISNUMBER, because here a text is never greater than a number.
    "GreaterThan(25)": "AND(NOT(ISTEXT({a}));{a}>25)",
    "GreaterThanEqual(25)": "AND(NOT(ISTEXT({a}));{a}>=25)",
    "LessThan(25)": "{a}<25",
    "LessThanEqual(25)": "{a}<=25",
    "Equals(0)": "{a}=0",
    "Between(0, 26)": "AND({a}>=0;{a}<=26)",
    "TextEquals(abc)": '{a}="ABC"',
    "TextContains(e)": 'ISNUMBER(SEARCH("e";{a}))',
    "TextNotContains(e)": 'ISERROR(SEARCH("e";{a}))',
    "TextStartsWith(a)": 'LEFT({a};1)="a"',
    "TextEndsWith(6)": 'RIGHT({a};1)="6"',
    "Blanks()": "LEN(TRIM({a}))=0",
    "Errors()": "ISERROR({a})",
    "NotErrors()": "NOT(ISERROR({a}))",
}
RANGE_FORMULAS = {
    "Top(2)": "AND(ISNUMBER({a});{a}>=LARGE({r};2))",
    "Bottom(2)": "AND(ISNUMBER({a});{a}<=SMALL({r};2))",
    "TopPercent(50)": "AND(ISNUMBER({a});{a}>=LARGE({r};MAX(1;INT(COUNT({r})*0.5))))",
    "BottomPercent(10)": "AND(ISNUMBER({a});{a}<=SMALL({r};MAX(1;INT(COUNT({r})*0.1))))",
    "AboveAverage()": "AND(ISNUMBER({a});{a}>AVERAGE({r}))",
    "BelowAverage()": "AND(ISNUMBER({a});{a}<AVERAGE({r}))",
    "Duplicates()": "AND(NOT(ISBLANK({a}));COUNTIF({r};{a})>1)",
    "Unique()": "AND(NOT(ISBLANK({a}));COUNTIF({r};{a})=1)",
}
DATE_FORMULAS = {
    "Yesterday()": "{a}={t}-1",
    "Today()": "{a}={t}",
    "Tomorrow()": "{a}={t}+1",
    "Last7Days()": "AND({t}-{a}<=6;{a}<={t})",
    "LastWeek()": "AND({t}-{a}>=WEEKDAY({t});{t}-{a}<WEEKDAY({t})+7)",
    "ThisWeek()": "AND({t}-{a}<=WEEKDAY({t})-1;{a}-{t}<=7-WEEKDAY({t}))",
    "NextWeek()": "AND({a}-{t}>7-WEEKDAY({t});{a}-{t}<15-WEEKDAY({t}))",
    "LastMonth()": "AND(MONTH({a})=MONTH(EDATE({t};-1));YEAR({a})=YEAR(EDATE({t};-1)))",
    "ThisMonth()": "AND(MONTH({a})=MONTH({t});YEAR({a})=YEAR({t}))",
    "NextMonth()": "AND(MONTH({a})=MONTH(EDATE({t};1));YEAR({a})=YEAR(EDATE({t};1)))",
}


PARTS = ("office", "table", "text")
# By default, texts are compared by case, and criteria are regular expressions.
AS_EXCEL = (
    '<table:calculation-settings table:case-sensitive="false" '
    'table:use-regular-expressions="false" table:use-wildcards="true"/>'
)


def cell_xml(content: str) -> str:
    """Return a cell of a flat OpenDocument sheet: a formula, a number, a date or a text."""
    if content.startswith("="):
        return f'<table:table-cell table:formula="of:{escape(content, {chr(34): "&quot;"})}"/>'
    value = read_value(content)
    if value.kind is Kind.NUMBER:
        return f'<table:table-cell office:value-type="float" office:value="{value.number}"/>'
    if value.kind is Kind.BLANK:
        return "<table:table-cell/>"
    text = f"<text:p>{escape(content)}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def calculate(rows: list[list[str]], folder: Path) -> list[list[str]]:
    """Return the sheet as LibreOffice calculates it."""
    names = {part: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in PARTS}
    spaces = " ".join(f'xmlns:{part}="{name}"' for part, name in names.items())
    body = "".join(
        f"<table:table-row>{''.join(map(cell_xml, row))}</table:table-row>" for row in rows
    )
    (folder / "sheet.fods").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.3" '
        'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body>'
        f"<office:spreadsheet>{AS_EXCEL}"
        f'<table:table table:name="s">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document>",
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "csv", "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "sheet.fods")], check=True, timeout=110)
    with (folder / "sheet.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_rules_colour_what_their_formulas_hold_for_in_libreoffice(tmp_path):
    kinds = ((FORMULAS, SHEET), (RANGE_FORMULAS, CLEAN), (DATE_FORMULAS, DAYS))
    for number, (formulas, content) in enumerate(kinds):
        rows = [["cell", *formulas]]
        for row, cell in enumerate(content, start=2):
            filled = (f.format(a=f"[.$A{row}]", r=RANGE, t=DAY) for f in formulas.values())
            # An error in a formula formats nothing.
            rows.append([cell, *(f"=IFERROR(IF({each};1;0);0)" for each in filled)])
        folder = tmp_path / str(number)
        folder.mkdir()
        calculated = calculate(rows, folder)
        read = ["#N/A" if cell == "=NA()" else cell for cell in content]
        for place, rule in enumerate(formulas, start=1):
            held = [
                cell for cell, row in zip(read, calculated[1:], strict=True) if row[place] == "1"
            ]
            assert column(rule, *read) == held, rule
