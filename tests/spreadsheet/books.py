"""Workbooks that the tests make, and what is in them afterwards."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from codefusion.languages.cf import parse
from codefusion.spreadsheet.formatting import make_formatting
from codefusion.spreadsheet.package import open_package
from codefusion.spreadsheet.preview import preview
from codefusion.spreadsheet.styles import STYLES
from codefusion.spreadsheet.workbook import Region, read_region
from codefusion.spreadsheet.writing import Written, write_rule

Rows = Iterable[Sequence[Any]]


def save(path: Path, rows: Rows, edit: Callable[[Worksheet], None] = lambda sheet: None) -> Path:
    """Write rows into the only sheet of a new workbook, and edit it before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in rows:
        sheet.append(list(row))
    edit(sheet)
    book.save(path)
    return path


def region_of(path: Path, **where: Any) -> Region:
    return read_region(open_package(path), **where)


def highlight(path: Path, code: str, target: Path, *, rows: bool = False, **where: Any) -> Written:
    """Write a rule into a copy of a workbook."""
    package = open_package(path)
    region = read_region(package, **where)
    formatting = make_formatting(parse(code), region, rows)
    return write_rule(package, region.sheet, formatting, STYLES["red"], target)


def coloured(region: Region, code: str, *, rows: bool = False) -> set[str]:
    """Return the addresses that the preview says a rule colours."""
    found = preview(parse(code), region, rows, date.today())
    area = region.area
    return {
        str(area.columns(column, column)).split(":")[0].rstrip("0123456789")
        + str(area.first_row + row)
        for column, held in found.rows_of.items()
        for row in held
    }


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def rezip(source: Path, target: Path, changed: Mapping[str, bytes | None]) -> Path:
    """Copy a zip file with some parts replaced, added, or left out where the content is None."""
    content = {**parts(source), **changed}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            if data is not None:
                archive.writestr(name, data)
    return target


def rich_workbook(path: Path) -> Path:
    """Write a workbook with what libraries lose: charts, macros, pictures, comments, controls."""
    macros = path.with_suffix(".bin")
    macros.write_bytes(b"\xd0\xcf\x11\xe0 no real macros, but nobody is to change them")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write_row("A1", ["Region", "Amount", "Status"])
        for row in range(1, 31):
            sheet.write_row(row, 0, [f"region {row % 4}", row * 10, ("open", "paid")[row % 2]])
        for kind in ("column", "line", "pie"):
            chart = book.add_chart({"type": kind})
            chart.add_series({"values": "=Sales!$B$2:$B$31"})
            sheet.insert_chart("E2", chart)
        red = book.add_format({"bg_color": "#FF0000"})
        sheet.conditional_format(
            "B2:B31", {"type": "cell", "criteria": ">", "value": 250, "format": red}
        )
        # Stored twice, the second time in an extension that openpyxl drops.
        sheet.conditional_format("B2:B31", {"type": "data_bar", "data_bar_2010": True})
        sheet.data_validation("C2:C31", {"validate": "list", "source": ["open", "paid"]})
        sheet.write_comment("A2", "a comment")
        sheet.insert_button("H20", {"macro": "run", "caption": "Run"})
        sheet.add_sparkline("D2", {"range": "Sales!B2:B31"})
        sheet.merge_range("E30:F31", "merged")
        sheet.autofilter("A1:C31")
        sheet.write_url("A40", "https://example.org")
        sheet.insert_textbox("K2", "a text box")
        book.add_chartsheet("Chart").set_chart(_chart(book))
        book.define_name("Total", "=SUM(Sales!$B$2:$B$31)")
        book.add_vba_project(str(macros))
    macros.unlink()
    return path


def _chart(book: xlsxwriter.Workbook) -> Any:
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=Sales!$B$2:$B$31"})
    return chart
