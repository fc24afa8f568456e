"""A rule in a copy of a workbook: it is there, and nothing else has changed."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter
from books import highlight, parts, region_of, rezip, rich_workbook, save
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codefusion.errors import DataError, UsageError
from codefusion.languages.cf import parse
from codefusion.spreadsheet.formatting import make_formatting
from codefusion.spreadsheet.package import open_package
from codefusion.spreadsheet.styles import STYLES, parse_style
from codefusion.spreadsheet.workbook import read_region
from codefusion.spreadsheet.writing import write_rule

ROWS = [["Name", "Amount"], ["a", 1], ["b", 2], ["c", 3]]
SHEET, STYLE_PART = "xl/worksheets/sheet1.xml", "xl/styles.xml"
RULE = "GreaterThan(c[1], 1)"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return save(tmp_path / "book.xlsx", ROWS)


def written_rules(path: Path) -> list[tuple[str, Any]]:
    """Return the rules of the first worksheet, as openpyxl reads them, in their order."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    found = [(str(one.sqref), rule) for one in sheet.conditional_formatting for rule in one.rules]
    return sorted(found, key=lambda pair: pair[1].priority)


def changed_parts(one: Path, other: Path) -> set[str]:
    before, after = parts(one), parts(other)
    assert list(before) == list(after)
    return {name for name in before if before[name] != after[name]}


def without_addition(before: bytes, after: bytes) -> bytes:
    """Return what is left of `after` without the one piece by which it is longer."""
    start = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    return after[:start] + after[start + len(after) - len(before) :]


def test_the_rule_is_read_back_with_its_cells_formula_and_style(book, tmp_path):
    highlight(book, RULE, tmp_path / "new.xlsx", rows=True)
    ((cells, rule),) = written_rules(tmp_path / "new.xlsx")
    assert cells == "A2:B4"
    assert rule.type == "expression"
    assert rule.formula == ["IF(ISNUMBER($B2),$B2>1)"]
    assert rule.dxf.fill.bgColor.rgb == "FFFFC7CE"
    assert rule.dxf.font.color.rgb == "FF9C0006"


def test_only_the_sheet_and_the_styles_change_and_only_by_an_addition(book, tmp_path):
    target = tmp_path / "new.xlsx"
    highlight(book, RULE, target)
    assert changed_parts(book, target) == {SHEET, STYLE_PART}
    assert without_addition(parts(book)[SHEET], parts(target)[SHEET]) == parts(book)[SHEET]


def test_charts_macros_controls_and_extensions_stay_byte_for_byte(tmp_path):
    book = rich_workbook(tmp_path / "rich.xlsm")
    target = tmp_path / "new.xlsm"
    before = book.read_bytes()
    written = highlight(book, "TextEquals(c[2], open)", target, rows=True, cells="A1:C31")
    assert book.read_bytes() == before
    assert changed_parts(book, target) == {SHEET, STYLE_PART}
    content = parts(target)
    assert {"xl/vbaProject.bin", "xl/charts/chart1.xml", "xl/comments1.xml"} <= set(content)
    assert any(name.startswith("xl/chartsheets/") for name in content)
    sheet = content[SHEET]
    assert without_addition(parts(book)[SHEET], sheet) == parts(book)[SHEET]
    assert (written.priority, written.earlier) == (3, 2)
    # Children of a worksheet have an order, and Excel does not open a file without it.
    names = [child.tag.split("}")[1] for child in ElementTree.fromstring(sheet)]
    formats = [n for n, name in enumerate(names) if name == "conditionalFormatting"]
    assert names.index("mergeCells") < formats[0]
    assert formats[-1] < names.index("dataValidations") < names.index("extLst")
    assert list(range(formats[0], formats[-1] + 1)) == formats


def test_earlier_rules_keep_their_order_and_styles_and_the_new_one_is_last(tmp_path):
    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write_column("A1", ["Amount", 1, 2, 3])
        for value, colour in [(1, "#FF0000"), (2, "#00FF00")]:
            look = made.add_format({"bg_color": colour})
            sheet.conditional_format(
                "A2:A4", {"type": "cell", "criteria": ">", "value": value, "format": look}
            )
    highlight(book, "Top(c[0], 1)", tmp_path / "second.xlsx")
    highlight(tmp_path / "second.xlsx", "Blanks(c[0])", tmp_path / "third.xlsx")
    rules = [rule for _, rule in written_rules(tmp_path / "third.xlsx")]
    assert [rule.priority for rule in rules] == [1, 2, 3, 4]
    assert [rule.type for rule in rules] == ["cellIs", "cellIs", "top10", "containsBlanks"]
    fills = [rule.dxf.fill.bgColor.rgb for rule in rules]
    assert fills == ["FFFF0000", "FF00FF00", "FFFFC7CE", "FFFFC7CE"]


@pytest.mark.parametrize("name", STYLES)
def test_every_style_is_one_that_a_workbook_holds(book, tmp_path, name):
    package = open_package(book)
    region = read_region(package)
    formatting = make_formatting(parse(RULE), region, False)
    style = parse_style(name)
    write_rule(package, region.sheet, formatting, style, tmp_path / "new.xlsx")
    ((_, rule),) = written_rules(tmp_path / "new.xlsx")
    assert bool(rule.dxf.font.b) == style.bold
    assert (rule.dxf.fill.bgColor.rgb[2:] if style.fill else None) == style.fill


def test_styles_may_be_joined_and_a_mistyped_one_is_suggested():
    assert parse_style("Red, bold") == STYLES["red"].__class__("FFC7CE", "9C0006", True)
    with pytest.raises(UsageError, match="did you mean 'green'"):
        parse_style("gren")


@pytest.mark.parametrize("rule", ["ColorScale(c[1])", "DataBar(c[1])", "IconSet(c[1])"])
def test_shades_by_value_bring_their_own_colours_and_leave_the_styles_alone(book, tmp_path, rule):
    highlight(book, rule, tmp_path / "new.xlsx", rows=True)
    assert changed_parts(book, tmp_path / "new.xlsx") == {SHEET}
    ((cells, _),) = written_rules(tmp_path / "new.xlsx")
    assert cells == "B2:B4"


@pytest.mark.parametrize(
    "list_",
    [
        b'<dxfs count="0"/>',
        b"<dxfs />",
        b"<dxfs  count = '0'></dxfs>",
        b"",
        b'<dxfs count="1"><dxf><font><b/></font></dxf></dxfs>',
        b"<!-- <dxfs> --><dxfs count='9'>\n</dxfs >",
    ],
)
def test_the_list_of_styles_may_be_written_in_any_way(tmp_path, list_):
    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write_column("A1", ["Amount", 1, 2])
    styles = parts(book)[STYLE_PART]
    assert styles.count(b'<dxfs count="0"/>') == 1
    changed = styles.replace(b'<dxfs count="0"/>', list_)
    odd = rezip(book, tmp_path / "odd.xlsx", {STYLE_PART: changed})
    highlight(odd, "GreaterThan(c[0], 1)", tmp_path / "new.xlsx")
    ((_, rule),) = written_rules(tmp_path / "new.xlsx")
    assert rule.dxf.fill.bgColor.rgb == "FFFFC7CE"
    written = ElementTree.fromstring(parts(tmp_path / "new.xlsx")[STYLE_PART])
    names = [child.tag.split("}")[1] for child in written]
    assert names.index("cellStyles") + 1 == names.index("dxfs") == names.index("tableStyles") - 1


def test_names_may_have_a_prefix(book, tmp_path):
    def prefixed(part: bytes) -> bytes:
        text = part.replace(b"</", b"\0").replace(b"<?", b"\1").replace(b"<", b"<x:")
        text = text.replace(b"\0", b"</x:").replace(b"\1", b"<?")
        return text.replace(b"xmlns=", b"xmlns:x=")

    both = {name: prefixed(parts(book)[name]) for name in (SHEET, STYLE_PART)}
    odd = rezip(book, tmp_path / "odd.xlsx", both)
    assert len(region_of(odd).rows) == 3
    highlight(odd, RULE, tmp_path / "new.xlsx")
    ((cells, rule),) = written_rules(tmp_path / "new.xlsx")
    assert (cells, rule.dxf.fill.bgColor.rgb) == ("B2:B4", "FFFFC7CE")


# -- What is refused -------------------------------------------------------------------------


def test_the_workbook_itself_is_never_written(book):
    before = book.read_bytes()
    with pytest.raises(UsageError, match="never changed"):
        highlight(book, RULE, book.parent / "." / book.name)
    assert book.read_bytes() == before


def test_a_file_that_is_there_is_kept(book, tmp_path):
    (tmp_path / "new.xlsx").write_text("mine")
    with pytest.raises(UsageError, match="--overwrite"):
        highlight(book, RULE, tmp_path / "new.xlsx")
    assert (tmp_path / "new.xlsx").read_text() == "mine"


def test_another_suffix_is_refused_because_excel_would_not_open_it(book, tmp_path):
    with pytest.raises(UsageError, match=r"must end in \.xlsx"):
        highlight(book, RULE, tmp_path / "new.xlsm")


def test_a_signed_workbook_is_refused(book, tmp_path):
    signed = rezip(book, tmp_path / "signed.xlsx", {"_xmlsignatures/origin.sigs": b""})
    with pytest.raises(DataError, match="digitally signed"):
        highlight(signed, RULE, tmp_path / "new.xlsx")


def test_a_workbook_without_styles_is_refused(book, tmp_path):
    bare = rezip(book, tmp_path / "bare.xlsx", {STYLE_PART: None})
    with pytest.raises(DataError, match="has no styles"):
        highlight(bare, RULE, tmp_path / "new.xlsx")


def test_an_encoding_of_two_bytes_a_character_is_refused(book, tmp_path):
    wide = parts(book)[STYLE_PART].decode().encode("utf-16")
    odd = rezip(book, tmp_path / "odd.xlsx", {STYLE_PART: wide})
    with pytest.raises(DataError, match="UTF-16"):
        highlight(odd, RULE, tmp_path / "new.xlsx")


def test_a_target_that_cannot_be_written_leaves_nothing_behind(book, tmp_path):
    with pytest.raises(DataError, match="cannot write"):
        highlight(book, RULE, tmp_path / "no" / "new.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_part_that_is_damaged_leaves_nothing_behind(book, tmp_path):
    content = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        info = archive.getinfo("docProps/core.xml")
    content[info.header_offset + 60] ^= 0xFF
    book.write_bytes(content)
    with pytest.raises(DataError, match="broken"):
        highlight(book, RULE, tmp_path / "new.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


# -- Fuzzed workbooks ------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", blacklist_categories=["Cc", "Cs"]), max_size=12)
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e307, 1e307),  # Excel has no larger ones
    texts.filter(lambda text: not text.startswith("=")),
    st.sampled_from(["#N/A", "#DIV/0!", "=A1", "", "  ", "<b>&amp;</b>", "_x000D_", "O'Neil"]),
    st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)
names = st.text(
    st.characters(codec="utf-8", blacklist_characters="[]:*?/\\'", blacklist_categories=["C"]),
    min_size=1,
    max_size=31,
).filter(lambda name: name.strip() and len(name.encode("utf-16-le")) <= 62)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=2, max_size=6)
)
RULES = ["GreaterThan(2)", "TextContains(c[0], a)", "Blanks()", "NOT(Errors(c[0]))", "DataBar()"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=tables,
    sheets=st.lists(names, min_size=1, max_size=3, unique_by=str.casefold),
    code=st.sampled_from(RULES),
    whole_rows=st.booleans(),
    merged=st.booleans(),
)
def test_any_workbook_keeps_all_its_cells_and_gains_one_rule(
    tmp_path_factory, rows, sheets, code, whole_rows, merged
):
    folder = tmp_path_factory.getbasetemp()
    source, target = folder / "fuzzed.xlsx", folder / "fuzzed.new.xlsx"
    target.unlink(missing_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells("A2:B2")
    book.save(source)
    with suppress(UsageError):  # a sheet without a filled cell
        written = highlight(source, code, target, rows=whole_rows, sheet=sheets[-1])
        assert written.priority == 1
        before, after = openpyxl.load_workbook(source), openpyxl.load_workbook(target)
        assert after.sheetnames == before.sheetnames
        for name in before.sheetnames:
            one, other = before[name], after[name]
            assert list(other.values) == list(one.values)
            assert other.merged_cells.ranges == one.merged_cells.ranges
            assert len(other.conditional_formatting) == (name == book.sheetnames[-1])
        assert changed_parts(source, target) <= {
            STYLE_PART,
            f"xl/worksheets/sheet{len(sheets)}.xml",
        }
