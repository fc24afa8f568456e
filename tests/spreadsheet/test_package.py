from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from books import parts, region_of, rezip, save
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.errors import CodeFusionError, DataError, UsageError
from codefusion.spreadsheet.package import open_package

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        open_package(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return save(tmp_path / "book.xlsx", [["Name", "Amount"], ["a", 1], ["b", 2]])


def test_a_missing_file_is_told(tmp_path):
    assert "No such file" in refusal(tmp_path / "none.xlsx")


def test_a_folder_is_told(tmp_path):
    assert "cannot read" in refusal(tmp_path)


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may read all")
def test_a_file_without_permission_is_told(book):
    book.chmod(0)
    assert "Permission denied" in refusal(book)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"<html></html>", b"P"])
def test_what_is_no_zip_is_no_workbook(tmp_path, content):
    (tmp_path / "book.xlsx").write_bytes(content)
    assert "no workbook" in refusal(tmp_path / "book.xlsx")


def test_the_old_format_and_an_encrypted_workbook_are_told_apart(tmp_path):
    (tmp_path / "old.xls").write_bytes(OLE)
    assert ".xls format" in refusal(tmp_path / "old.xls")
    # Somewhere in a container, its table of contents names the encrypted content.
    (tmp_path / "locked.xlsx").write_bytes(OLE + "EncryptedPackage".encode("utf-16-le"))
    assert "encrypted" in refusal(tmp_path / "locked.xlsx")


def test_other_kinds_of_zip_files_are_told(tmp_path):
    for name, word in [("mimetype", "OpenDocument"), ("readme.txt", "no workbook")]:
        with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
            archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet")
        assert word in refusal(tmp_path / "book.xlsx")


def test_a_binary_workbook_is_told(book, tmp_path):
    relations = parts(book)["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/workbook.bin")
    assert ".xlsb" in refusal(rezip(book, tmp_path / "b.xlsx", {"_rels/.rels": relations}))


def test_a_workbook_that_counts_days_from_1904_is_refused(tmp_path):
    path = tmp_path / "mac.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as made:
        made.add_worksheet()
    assert "1904" in refusal(path)


def test_a_workbook_in_the_strict_form_is_refused(book, tmp_path):
    main = parts(book)["xl/workbook.xml"].replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    assert "strict" in refusal(rezip(book, tmp_path / "s.xlsx", {"xl/workbook.xml": main}))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "[Content_Types].xml"]
)
@pytest.mark.parametrize("content", [None, b"", b"<workbook", b"\xff\xfe\x00garbage"])
def test_a_broken_or_missing_part_is_one_line(book, tmp_path, part, content):
    if content is not None and part == "[Content_Types].xml":
        pytest.skip("only its presence matters")
    refusal(rezip(book, tmp_path / "broken.xlsx", {part: content}))


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_damage_anywhere_ends_in_nothing_but_a_told_error(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp()
    whole = folder / "whole.xlsx"
    if not whole.exists():
        save(whole, [["Name", "Amount"], ["a", 1.5], ["b", "=1+1"]])
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    end = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    damaged = folder / "damaged.xlsx"
    damaged.write_bytes(content[:end])
    with suppress(CodeFusionError):
        region_of(damaged)


def test_a_sheet_is_found_whatever_its_case_and_suggested_when_mistyped(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("Sales 2024")
        made.add_worksheet("Costs")
        made.add_chartsheet("Chart")
    package = open_package(path)
    assert package.sheet("SALES 2024").name == "Sales 2024"
    assert [one.name for one in package.sheets] == ["Sales 2024", "Costs"]
    with pytest.raises(UsageError, match="did you mean 'sales 2024'"):
        package.sheet("Sale 2024")
    with pytest.raises(UsageError, match="unknown sheet 'Chart'"):
        package.sheet("Chart")


def test_without_a_name_the_first_sheet_that_shows_is_taken(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("Hidden")
        made.add_worksheet("Shown").activate()
        made.worksheets()[1].set_first_sheet()
        made.worksheets()[0].hide()
    assert open_package(path).sheet(None).name == "Shown"
    assert open_package(path).sheet("hidden").hidden
