from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from books import parts, region_of, rezip, save

from codefusion.errors import UsageError
from codefusion.graders.cf_values import Kind
from codefusion.spreadsheet.workbook import MAX_CELLS

SHEET = "xl/worksheets/sheet1.xml"


def column(tmp_path: Path, *cells: Any, **where: Any) -> Any:
    """Return the region of a sheet with one column."""
    return region_of(save(tmp_path / "c.xlsx", [["Head"], *([cell] for cell in cells)]), **where)


@pytest.mark.parametrize(
    ("cell", "kind", "text", "number"),
    [
        (5, Kind.NUMBER, "5", 5),
        (-0.0, Kind.NUMBER, "0", 0),
        (0.1 + 0.2, Kind.NUMBER, "0.3", 0.3),
        (1e-7, Kind.NUMBER, "0.0000001", 1e-7),
        (1e25, Kind.NUMBER, "1E+25", 1e25),
        ("5", Kind.TEXT, "5", 0),
        ("2024-01-31", Kind.TEXT, "2024-01-31", 0),
        (" x ", Kind.TEXT, " x ", 0),
        ("\t", Kind.TEXT, "\t", 0),
        ("  ", Kind.BLANK, "  ", 0),
        (True, Kind.TEXT, "TRUE", 0),
        (False, Kind.TEXT, "FALSE", 0),
        ("#DIV/0!", Kind.ERROR, "#DIV/0!", 0),
        (datetime(2024, 1, 31, 12), Kind.NUMBER, "45322.5", 45322.5),
        (date(2024, 1, 31), Kind.NUMBER, "45322", 45322),
        (time(6), Kind.NUMBER, "0.25", 0.25),
    ],
)
def test_a_cell_is_what_the_workbook_says_and_not_what_it_looks_like(
    tmp_path, cell, kind, text, number
):
    (value,) = column(tmp_path, cell).rows[0]
    assert (value.kind, value.text, value.number) == (kind, text, number)


def test_a_column_has_the_type_of_all_its_cells(tmp_path):
    path = tmp_path / "types.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        percent = book.add_format({"num_format": "0.0%"})
        day = book.add_format({"num_format": "dd/mm/yy"})
        sheet.write_row(0, 0, ["N", "P", "D", "T", "L", "M", "E"])
        for row in (1, 2):
            sheet.write_number(row, 0, row)
            sheet.write_number(row, 1, row / 4, percent)
            sheet.write_datetime(row, 2, datetime(2024, 1, row), day)
            sheet.write_string(row, 3, "x")
            sheet.write_boolean(row, 4, row == 1)
        sheet.write_number(1, 5, 1)
        sheet.write_string(2, 5, "n/a")
    region = region_of(path)
    types = ["number", "percent", "date", "text", "logical", "mixed", "empty"]
    assert [each.type for each in region.columns] == types
    assert region.is_logical(4)
    assert not region.is_logical(0)
    assert [region.shown(1, n) for n in range(7)] == [
        *("2", "50%", "2024-01-02", "x", "FALSE", "n/a", "")
    ]


def test_the_first_row_names_the_columns_and_their_letters_where_it_does_not(tmp_path):
    rows = [["Name", None, " total \n sum "], ["a", 1, 2], ["b", 3, 4]]
    path = save(tmp_path / "b.xlsx", rows)
    named = region_of(path)
    assert named.header == ["Name", "B", "total sum"]
    assert str(named.area) == "A2:C3"
    unnamed = region_of(path, header=False)
    assert unnamed.header == ["A", "B", "C"]
    assert str(unnamed.area) == "A1:C3"
    assert [value.text for value in unnamed.rows[0]] == ["Name", "", " total \n sum "]


def test_without_a_range_it_is_all_that_is_filled(tmp_path):
    def edit(sheet: Any) -> None:
        sheet["D5"], sheet["D6"], sheet["F9"] = "Head", 1, 2

    assert str(region_of(save(tmp_path / "b.xlsx", [], edit)).area) == "D6:F9"


def test_a_range_of_whole_columns_ends_with_the_last_filled_row(tmp_path):
    path = save(tmp_path / "b.xlsx", [["a", "b", "c"], [1, 2, 3], [4, 5, 6]])
    assert str(region_of(path, cells="B:C").area) == "B2:C3"
    # A range with rows is taken as it is: rows may be meant for later.
    assert str(region_of(path, cells="B1:C90").area) == "B2:C90"


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ("Z1:Z9", "no filled cell; the sheet's are in A1:C3"),
        ("A90:C99", "no filled cell"),
        ("A1:C1", "only a header"),
        ("A1:XFD1000000", f"more than {MAX_CELLS:,} cells"),
    ],
)
def test_a_range_without_cells_to_colour_is_refused(tmp_path, cells, word):
    path = save(tmp_path / "b.xlsx", [["a", "b", "c"], [1, 2, 3], [4, 5, 6]])
    with pytest.raises(UsageError, match=word):
        region_of(path, cells=cells)


def test_an_empty_sheet_is_refused(tmp_path):
    with pytest.raises(UsageError, match="'Data' is empty"):
        region_of(save(tmp_path / "b.xlsx", []))


def test_what_the_preview_cannot_know_or_may_surprise_is_noted(tmp_path):
    def edit(sheet: Any) -> None:
        sheet.merge_cells("B2:B3")
        sheet.row_dimensions[4].hidden = True
        sheet["A9"] = "=1+1"

    rows = [["Name", "Amount"], ["=A1", 1], ["x", None], ["y", "3"], ["z", "2024-01-01"]]
    formulas, merged, hidden, texts = region_of(
        save(tmp_path / "b.xlsx", rows, edit), cells="A1:B5"
    ).notes
    assert "previewed as blank: 1, the first in A2" in formulas
    assert "B2:B3" in merged
    assert hidden.endswith("too: 1")
    assert texts.startswith("numbers or dates kept as text in 'Amount': 2")


def test_a_stored_value_of_a_formula_is_read(tmp_path):
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_formula("A2", "=1+1", None, 2)
        sheet.write_formula("B2", '="x"', None, "x")
        sheet.write_formula("C2", "=NA()", None, "#N/A")
    region = region_of(path)
    assert region.notes == ()
    kinds = [value.kind for value in region.rows[0]]
    assert kinds == [Kind.NUMBER, Kind.TEXT, Kind.ERROR]


def test_texts_of_every_way_to_store_them_are_read(tmp_path):
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Head</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r>'
        '<rPh sb="0" eb="1"><t>no</t></rPh></is></c></row>'
        '<row r="3"><c r="A3" t="str"><f>x</f><v>a_x000D_b_xD83D__xDE00__xD800_</v></c></row>'
        "<row><c><v>7</v></c></row>"
        '<row r="5"><c r="A5" t="str"><f>x</f><v></v></c></row>'
        '<row r="9"><c r="A9" t="d"><v>2024-01-31T12:00:00Z</v></c></row>'
    )
    book = save(tmp_path / "a.xlsx", [["x"]])
    sheet = parts(book)[SHEET].decode()
    before, after = sheet.split("<sheetData>")[0], sheet.split("</sheetData>")[1]
    content = f"{before}<sheetData>{rows}</sheetData>{after}".encode()
    region = region_of(rezip(book, tmp_path / "b.xlsx", {SHEET: content}))
    assert region.notes == ()
    texts = [row[0].text for row in region.rows]
    assert texts[:3] == ["rich", "a\rb😀\ufffd", "7"]
    assert region.rows[-1][0].number == 45322.5


def test_a_fixed_cell_outside_the_range_is_known(tmp_path):
    path = save(tmp_path / "b.xlsx", [["a", None, "limit"], [1, None, 5], [2, None, None]])
    region = region_of(path, cells="A1:A3")
    assert region.at(2, 3).number == 5
    assert region.at(900, 9).kind is Kind.BLANK


def test_a_model_reads_the_names_and_the_first_rows_as_a_person_sees_them(tmp_path: Path) -> None:
    rows = [("Item", "Price", "Due"), ("pears", 2.5, date(2026, 3, 2)), (None, 7, None)]
    region = region_of(save(tmp_path / "book.xlsx", [*rows, *[("figs", 1, None)] * 20]))
    table = region.table([2, 0, 1], 10)
    assert table[:3] == [["Due", "Item", "Price"], ["2026-03-02", "pears", "2.5"], ["", "", "7"]]
    assert len(table) == 10
