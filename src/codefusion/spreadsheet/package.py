"""The parts of an .xlsx or .xlsm file: what it is, which sheets it has, where they are stored.

Not for the cells of a sheet (`workbook`), and not for changing anything (`writing`).
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from codefusion.errors import DataError, unknown_name

# A file of the old binary format, or an encrypted one of any, is an OLE container.
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What three libraries raise on a file that is cut short, garbled or not what it says.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    ExpatError,
    KeyError,
    ValueError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, and the part of the package that holds its cells."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Package:
    """A workbook's file as it is stored; all paths are names of parts."""

    path: Path
    sheets: tuple[Sheet, ...]
    styles: str | None
    shared_strings: str | None
    signed: bool

    def sheet(self, name: str | None) -> Sheet:
        """Return the sheet of that name, or the first that shows; raises `UsageError`."""
        if name is None:
            return next((one for one in self.sheets if not one.hidden), self.sheets[0])
        for one in self.sheets:
            # As in Excel, where two names may not differ in case alone.
            if one.name.casefold() == name.casefold():
                return one
        raise unknown_name("sheet", name, (one.name for one in self.sheets))

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """Open one part for reading; what is broken in it becomes a `DataError`."""
        with reading(self.path), zipfile.ZipFile(self.path) as file, file.open(name) as stream:
            yield stream


def open_package(path: Path) -> Package:
    """Return what a workbook consists of.

    Raises `DataError` for a file that is unreadable, broken, encrypted or of another kind.
    """
    with reading(path):
        with path.open("rb") as file:
            start = file.read(1 << 16)
            if start.startswith(_OLE):
                raise _no_package(path, start + file.read())
        if not start.startswith(b"PK"):
            raise DataError(f"{str(path)!r} is no workbook; give an .xlsx or .xlsm file")
        with zipfile.ZipFile(path) as archive:
            return _read(path, archive)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever reading a workbook raises into a `DataError` of one line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"cannot read {str(path)!r}: {reason}") from error
    except _BROKEN as error:
        reason = (str(error).strip("'\" ") or type(error).__name__).splitlines()[0]
        raise DataError(f"the workbook {str(path)!r} is broken: {reason}") from error


def _no_package(path: Path, content: bytes) -> DataError:
    if _ENCRYPTED in content:
        return DataError(f"{str(path)!r} is encrypted; save a copy without a password")
    return DataError(f"{str(path)!r} is in Excel's old .xls format; save it as .xlsx")


def _read(path: Path, archive: zipfile.ZipFile) -> Package:
    names = set(archive.namelist())
    if "mimetype" in names:
        raise DataError(f"{str(path)!r} is an OpenDocument file; save it as .xlsx")
    if "[Content_Types].xml" not in names:
        raise DataError(f"{str(path)!r} is a zip file but no workbook; give an .xlsx or .xlsm")
    main = next(
        (target for kind, target in _relations(archive, "").values() if kind == "officeDocument"),
        None,
    )
    if main is None or not main.endswith(".xml"):
        raise DataError(
            f"{str(path)!r} is no .xlsx or .xlsm workbook, such as .xlsb; save it as one"
        )
    root = ElementTree.fromstring(archive.read(main))
    if root.tag != f"{_MAIN}workbook":
        raise DataError(
            f"{str(path)!r} is no workbook, or one in the strict form of the format; "
            "save it as 'Excel workbook (.xlsx)'"
        )
    settings = root.find(f"{_MAIN}workbookPr")
    if settings is not None and settings.get("date1904") in ("1", "true"):
        raise DataError(
            f"{str(path)!r} counts its days from 1904, and rules here from 1900; "
            "switch that off in Excel's options and save it"
        )
    relations = _relations(archive, main)
    sheets = []
    for sheet in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
        kind, part = relations[sheet.attrib[_ID]]
        # The others are charts and dialogs, which have no cells.
        if kind == "worksheet":
            hidden = sheet.get("state", "visible") != "visible"
            sheets.append(Sheet(sheet.attrib["name"], part, hidden))
    if not sheets:
        raise DataError(f"{str(path)!r} has no worksheet")
    by_kind = {kind: part for kind, part in relations.values() if part in names}
    signed = any(name.startswith("_xmlsignatures/") for name in names)
    return Package(path, tuple(sheets), by_kind.get("styles"), by_kind.get("sharedStrings"), signed)


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return the (kind, part) that each id in a part stands for; "" is the package itself."""
    folder, name = posixpath.split(part)
    root = ElementTree.fromstring(archive.read(posixpath.join(folder, "_rels", f"{name}.rels")))
    return {
        one.attrib["Id"]: (
            one.attrib["Type"].rsplit("/", 1)[-1],
            posixpath.normpath(posixpath.join("/", folder, one.attrib["Target"])).lstrip("/"),
        )
        for one in root.iterfind(_RELATION)
        if one.get("TargetMode") != "External"
    }
