"""Put a rule into a copy of a workbook, and leave every other byte of its parts as it was.

Loading and saving with a library loses what the library does not know: pictures, pivot tables,
slicers, form controls, threaded comments. So the two parts concerned are edited as text. Not for
what the rule says (`formatting`).
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from openpyxl.formatting.rule import Rule as Format
from openpyxl.xml.functions import tostring

from codefusion.errors import DataError, UsageError
from codefusion.spreadsheet.formatting import Formatting
from codefusion.spreadsheet.package import Package, Sheet, reading
from codefusion.spreadsheet.styles import Style

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# What the schema puts before conditional formatting, and before the styles of such rules.
_BEFORE_FORMATTING = frozenset(
    {
        *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData"),
        *("sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter"),
        *("sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr"),
        "conditionalFormatting",
    }
)
_BEFORE_STYLES = frozenset(
    {"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"}
)


# They bring their own colours.
_WITHOUT_STYLE = ("colorScale", "dataBar", "iconSet")


@dataclass(frozen=True)
class Written:
    """What was added where: the rule's priority, of which 1 comes first, and the rules before."""

    path: Path
    priority: int
    earlier: int


def check_target(package: Package, target: Path, *, overwrite: bool = False) -> None:
    """Raise what `write_rule` does for a target that is none, or a workbook not to be changed."""
    if target.exists() and target.resolve() == package.path.resolve():
        raise UsageError("the workbook itself is never changed; give another --out")
    if target.suffix.lower() != package.path.suffix.lower():
        raise UsageError(
            f"{str(target)!r} must end in {package.path.suffix}, as the workbook does: Excel "
            "opens no other"
        )
    if target.exists() and not overwrite:
        raise UsageError(f"{str(target)!r} is there already; give another --out, or --overwrite")
    if package.signed:
        raise DataError(
            f"{str(package.path)!r} is digitally signed, and any change would break the "
            "signature; remove it first"
        )


def write_rule(
    package: Package,
    sheet: Sheet,
    formatting: Formatting,
    style: Style,
    target: Path,
    *,
    overwrite: bool = False,
) -> Written:
    """Write a copy of the workbook with a rule added after those that its sheet has.

    The copy appears whole or not at all.

    Raises:
        UsageError: if the target is the workbook itself, is there and not to be overwritten, or
            has another suffix.
        DataError: for a workbook that is signed or broken, or a target that can't be written.
    """
    check_target(package, target, overwrite=overwrite)
    changed: dict[str, bytes] = {}
    format_ = copy(formatting.format)
    if format_.type not in _WITHOUT_STYLE:
        if package.styles is None:
            raise DataError(f"{str(package.path)!r} has no styles; open it in Excel and save it")
        with package.part(package.styles) as stream:
            changed[package.styles], format_.dxfId = _with_style(stream.read(), style)
    with package.part(sheet.part) as stream:
        content = stream.read()
        scan = _scan(content, _BEFORE_FORMATTING, "cfRule")
    # One that is stored a second time, in an extension, has its priority where it comes first.
    earlier = [int(one["priority"]) for one in scan.found if "priority" in one]
    format_.priority = max(earlier, default=0) + 1
    element = f'<conditionalFormatting xmlns="{_MAIN}" sqref="{formatting.range}">'
    element += f"{_xml(format_)}</conditionalFormatting>"
    changed[sheet.part] = _inserted(content, scan.spot, element)
    _copy(package.path, target, changed)
    return Written(target, format_.priority, len(earlier))


@dataclass
class _Scan:
    """What is in an XML part.

    `spot` is the offset at which a new child of the root belongs, `found` the attributes of the
    wanted elements. `start` and `end` are the offsets of the tags of the last one of them.
    """

    spot: int | None = None
    found: list[dict[str, str]] = field(default_factory=list)
    start: int = 0
    end: int = 0


def _scan(content: bytes, before: frozenset[str], wanted: str) -> _Scan:
    """Find all `wanted` elements, and where what follows the children `before` begins."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        raise DataError("the workbook is stored as UTF-16; open it in Excel and save it")
    scan = _Scan()
    depth = 0
    skipped = ""
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, skipped
        depth += 1
        local = name.rsplit(" ", 1)[-1]
        if local == "sheetData":
            # Its many elements are none of those looked for.
            skipped, parser.StartElementHandler = name, None
        if depth == 2:
            if local in before:
                scan.spot = None
            elif scan.spot is None:
                scan.spot = parser.CurrentByteIndex
        if local == wanted:
            scan.found.append(attributes)
            scan.start = parser.CurrentByteIndex

    def end(name: str) -> None:
        nonlocal depth, skipped
        if skipped:
            if name != skipped:
                return
            skipped, parser.StartElementHandler = "", start
        depth -= 1
        if depth == 0 and scan.spot is None:
            scan.spot = parser.CurrentByteIndex
        if name.rsplit(" ", 1)[-1] == wanted:
            scan.end = parser.CurrentByteIndex

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(content, True)
    return scan


def _inserted(content: bytes, spot: int | None, text: str) -> bytes:
    assert spot is not None, "a well-formed document has an end"
    # All of it is ASCII, and so right in whatever encoding but UTF-16 the part has.
    return content[:spot] + text.encode("ascii") + content[spot:]


def _with_style(content: bytes, style: Style) -> tuple[bytes, int]:
    """Add a style for rules to the styles of a workbook; return it and the new one's number."""
    number = len(_scan(content, _BEFORE_STYLES, "dxf").found)
    element = tostring(style.differential().to_tree("dxf")).decode("ascii")
    element = element.replace("<dxf>", f'<dxf xmlns="{_MAIN}">', 1)
    scan = _scan(content, _BEFORE_STYLES, "dxfs")
    if not scan.found:
        list_ = f'<dxfs xmlns="{_MAIN}" count="1">{element}</dxfs>'
        return _inserted(content, scan.spot, list_), 0
    after = content.index(b">", scan.start) + 1
    tag = content[scan.start : after]
    count = re.sub(rb"""(\bcount\s*=\s*["'])[0-9]+""", rb"\g<1>%d" % (number + 1), tag)
    if tag.endswith(b"/>"):
        name = tag[1:-2].split()[0]
        whole = count[:-2] + b">" + element.encode("ascii") + b"</" + name + b">"
        return content[: scan.start] + whole + content[after:], number
    content = _inserted(content, scan.end, element)
    return content[: scan.start] + count + content[after:], number


def _xml(format_: Format) -> str:
    text: str = tostring(format_.to_tree()).decode("ascii")
    return text


def _copy(source: Path, target: Path, changed: dict[str, bytes]) -> None:
    """Write a zip file with some parts changed, and the others as they are in the source."""
    with reading(source):
        archive = zipfile.ZipFile(source)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".codefusion-")
    except OSError as error:
        raise DataError(f"cannot write {str(target)!r}: {error.strerror}") from error
    unfinished = Path(name)
    with archive, reading(source):
        try:
            with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as copied:
                for part in archive.infolist():
                    _copy_part(archive, part, copied, changed.get(part.filename))
            shutil.copymode(source, unfinished)
            unfinished.replace(target)
        except OSError as error:
            raise DataError(f"cannot write {str(target)!r}: {error.strerror}") from error
        finally:
            unfinished.unlink(missing_ok=True)


def _copy_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, copied: zipfile.ZipFile, new: bytes | None
) -> None:
    entry = zipfile.ZipInfo(part.filename, part.date_time)
    entry.compress_type, entry.external_attr = part.compress_type, part.external_attr
    size = part.file_size if new is None else len(new)
    with copied.open(entry, "w", force_zip64=size >= zipfile.ZIP64_LIMIT) as stream:
        if new is None:
            with archive.open(part) as content:
                shutil.copyfileobj(content, stream)
        else:
            stream.write(new)
