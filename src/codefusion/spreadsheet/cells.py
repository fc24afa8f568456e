"""The cells of one sheet as they are stored: values with their types, hidden rows, merged cells.

Streams the sheet's XML, since 50,000 rows must take a second. Not for ranges and headers
(`workbook`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from codefusion.graders.cf_values import Kind, Value, read_value
from codefusion.spreadsheet.areas import column_number
from codefusion.spreadsheet.package import Package, Sheet

EMPTY = Value(Kind.BLANK, "")
BOOLEANS = {"1": Value(Kind.TEXT, "TRUE"), "0": Value(Kind.TEXT, "FALSE")}
# What a value's kind does not tell: a number shown as one of these, and TRUE and FALSE.
DATE, PERCENT, LOGICAL = "date", "percent", "logical"

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _MERGED, _VALUE, _TEXT = (f"{_MAIN}{name}" for name in ("row", "mergeCell", "v", "t"))
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass
class Content:
    """The filled cells of a sheet, by row and column from 1.

    `special` says by column and row which cells are a date, a percentage or logical; `uncached`
    are the (row, column) of formulas without a stored value; `merged` are ranges such as `A1:B2`.
    """

    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    special: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    uncached: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def read_cells(package: Package, sheet: Sheet) -> Content:
    """Read all cells of a sheet; raises `DataError` for what is broken."""
    strings: list[Value] = []
    if package.shared_strings is not None:
        with package.part(package.shared_strings) as stream:
            strings = [_text(_string(item)) for item in _items(stream)]
    formats: list[str | None] = []
    if package.styles is not None:
        with package.part(package.styles) as stream:
            formats = _formats(ElementTree.parse(stream).getroot())
    content = Content()
    with package.part(sheet.part) as stream:
        number = 0
        for element in _rows(stream):
            if element.tag == _MERGED:
                content.merged.append(element.attrib["ref"])
                continue
            number = int(element.get("r", number + 1))
            if element.get("hidden") in ("1", "true"):
                content.hidden.add(number)
            _read_row(content, number, element, strings, formats)
    return content


def _rows(stream: IO[bytes]) -> Iterator[Element]:
    """Yield each row and each merged range, and empty it afterwards."""
    for _, element in ElementTree.iterparse(stream):
        if element.tag in (_ROW, _MERGED):
            yield element
            element.clear()


def _items(stream: IO[bytes]) -> Iterator[Element]:
    for _, element in ElementTree.iterparse(stream):
        if element.tag == f"{_MAIN}si":
            yield element
            element.clear()


def _read_row(
    content: Content, row: int, element: Element, strings: list[Value], formats: list[str | None]
) -> None:
    cells: dict[int, Value] = {}
    column = 0
    for cell in element:
        # Addresses may be left out.
        name = cell.get("r", "").rstrip("0123456789")
        column = column_number(name) if name else column + 1
        kind, stored = cell.get("t", "n"), cell.find(_VALUE)
        raw = (stored.text or "") if stored is not None else ""
        # Only a text may be empty; a formula then has not been calculated.
        if not raw and not (kind == "inlineStr" or (kind == "str" and stored is not None)):
            if cell.find(f"{_MAIN}f") is not None:
                content.uncached.append((row, column))
            continue
        special = None
        match kind:
            case "s":
                value = strings[int(raw)]
            case "b":
                value, special = BOOLEANS[raw], LOGICAL
            case "e":
                value = Value(Kind.ERROR, raw)
            case "str":
                value = _text(_unescaped(raw))
            case "inlineStr":
                value = _text("".join(_string(item) for item in cell.iterfind(f"{_MAIN}is")))
            case "d":
                value, special = read_value(raw.removesuffix("Z")), DATE
            case _:
                value = _number(raw)
                style = int(cell.get("s", 0))
                special = formats[style] if style < len(formats) else None
        cells[column] = value
        if special is not None:
            content.special.setdefault(column, {})[row] = special
    if cells:
        content.rows[row] = cells


def _number(stored: str) -> Value:
    # A cell holds a double, but Excel compares and shows 15 digits of it.
    text = f"{float(stored) + 0.0:.15g}"  # -0 is 0
    number = float(text)
    if number - number != 0.0:
        raise ValueError(f"{stored!r} is no number a cell can hold")
    if "e" in text:
        exact = Decimal(text)
        # As Excel turns a number into text.
        text = f"{exact:f}" if -10 <= exact.adjusted() <= 20 else text.upper()
    return Value(Kind.NUMBER, text, number)


def _text(text: str) -> Value:
    # Blank is what Excel's TRIM leaves nothing of.
    return Value(Kind.TEXT if text.strip(" ") else Kind.BLANK, text)


def _string(item: Element) -> str:
    """Return the text of a string: its runs joined, without how to pronounce them."""
    if len(item) == 1 and item[0].tag == _TEXT:
        return _unescaped(item[0].text or "")
    texts = [part.text or "" for part in item.iterfind(_TEXT)]
    texts += [part.text or "" for part in item.iterfind(f"{_MAIN}r/{_MAIN}t")]
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    """Return a text with `_x000D_` as the character; beyond Unicode's first plane, two are one."""
    if "_x" not in text:
        return text
    units = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _formats(styles: Element) -> list[str | None]:
    """Return for each cell style whether it shows a number as a date or a percentage."""
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    for one in styles.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt"):
        codes[int(one.attrib["numFmtId"])] = one.attrib["formatCode"]

    def shown_as(number: int) -> str | None:
        code = codes.get(number, "General")
        # 27 to 36 and 50 to 58 are dates in East Asian languages.
        if is_date_format(code) or 27 <= number <= 36 or 50 <= number <= 58:
            return DATE
        return PERCENT if "%" in code else None

    known = {number: shown_as(number) for number in codes}
    return [
        known.get(number) or shown_as(number)
        for one in styles.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")
        for number in [int(one.get("numFmtId", 0))]
    ]
