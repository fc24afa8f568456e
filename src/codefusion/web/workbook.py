"""`/api/workbook`: a sentence and a workbook in, coloured cells or the new workbook out.

Not for what a rule colours or how it is written: that is `spreadsheet`.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePath
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from codefusion.data.columns import MOST_ROWS
from codefusion.errors import DataError, UsageError
from codefusion.spreadsheet.listing import rules_as_json
from codefusion.spreadsheet.package import open_package, reading
from codefusion.spreadsheet.styles import parse_style
from codefusion.spreadsheet.suggestions import (
    MAX_COLUMNS_SHOWN,
    Draft,
    as_in_region,
    asks_for_rows,
    columns_to_show,
    suggest,
)
from codefusion.spreadsheet.workbook import Region, read_region
from codefusion.spreadsheet.writing import write_rule
from codefusion.web import limits
from codefusion.web.errors import ASKING
from codefusion.web.native import VERSION
from codefusion.web.served import Question
from codefusion.web.service import Service, while_connected

T = TypeVar("T")
ROWS_SHOWN = 200
# Reading one takes a second of a core; more at once would only take turns.
AT_ONCE = 2
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"

Book = Annotated[UploadFile, File(description="An .xlsx or .xlsm workbook.")]
Name = Annotated[str | None, Form(max_length=100)]
Flag = Annotated[bool | None, Form()]


class ColumnBody(BaseModel):
    """A column of the range."""

    name: str
    letters: str
    type: str = Field(description="number, date, percent, text, logical, error, mixed or empty.")


class RuleBody(BaseModel):
    """A rule that can be written, and what it colours."""

    rule: str
    score: float | None = Field(description="As a candidate's; null for a rule given.")
    range: str
    type: str
    formula: str | None
    shades: bool = Field(description="Whether it shades all cells by value.")
    coloured: int = Field(description="How many cells.")
    cells: list[str] = Field(description="Areas of the sheet, such as B3:B4.")


class RefusalBody(BaseModel):
    """A rule that can't be written, and why."""

    rule: str
    reason: str


class PreviewResponse(BaseModel):
    """What each rule colours, the likely first."""

    version: int
    sheet: str
    sheets: list[str]
    range: str
    columns: list[ColumnBody]
    rows: list[list[str]] = Field(description=f"The first {ROWS_SHOWN} rows of the range.")
    whole_rows: bool
    notes: list[str]
    candidates: list[RuleBody]
    refused: list[RefusalBody]
    disagreement: list[str]


class Books:
    """Reads and writes uploaded workbooks, a few at a time, away from the event loop."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def run(self, book: UploadFile, work: Callable[[Path], T]) -> T:
        """Return what `work` makes of the file, which is gone afterwards; 504 when it is late."""
        content = await book.read()
        suffix = PurePath(book.filename or "").suffix.lower()
        if suffix not in (".xlsx", ".xlsm"):
            raise UsageError(f"{_shown(book)!r} is no workbook; give an .xlsx or .xlsm file")

        def inside() -> T:
            with tempfile.TemporaryDirectory(prefix="codefusion-") as folder:
                path = Path(folder) / f"book{suffix}"
                path.write_bytes(content)
                _check_size(path, self.service.limits.unpacked_size)
                return work(path)

        try:
            async with asyncio.timeout(self.service.limits.answer), self._turn:
                return await asyncio.to_thread(inside)
        except TimeoutError:
            raise self.service.late() from None
        except DataError as error:
            # It speaks of our copy, which the client knows nothing of.
            raise DataError(_in_words_of(book, str(error))) from error

    async def drafts(self, model: str | None, question: Question, region: Region) -> list[Draft]:
        """Return a model's rules for a sentence, with the region's columns."""
        served = self.service.find(model, "cf")
        codec, most = served.pipeline.codec, served.max_prompt_tokens

        def fits(columns: list[int]) -> bool:
            return (
                len(codec.prompt(question.prompt, "cf", region.table(columns, MOST_ROWS)).ids)
                <= most
            )

        shown = await asyncio.to_thread(
            columns_to_show, region.header, question.prompt, MAX_COLUMNS_SHOWN, fits
        )
        table = tuple(map(tuple, region.table(shown, MOST_ROWS)))
        work = await self.service.prepare(served, replace(question, language="cf", table=table))
        (candidates,) = await self.service.ask(served, [work])
        return [
            Draft(as_in_region(one.code, shown, region), one.score)
            for one in candidates
            if not one.repeats
        ]


def _shown(book: UploadFile) -> str:
    return PurePath(book.filename or "the upload").name[:100]


def _in_words_of(book: UploadFile, message: str) -> str:
    _, _, rest = message.partition("' ")
    return f"{_shown(book)!r} {rest}" if rest else message


def _check_size(path: Path, most: int) -> None:
    """Raise `UsageError` for a workbook that would take too much memory unpacked."""
    if not zipfile.is_zipfile(path):
        return  # which is told better by who opens it
    with reading(path), zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > most:
        raise UsageError(f"unpacked, the workbook has {size:,} bytes; the limit is {most:,}")


def routes(service: Service) -> APIRouter:
    """Return both routes."""
    router = APIRouter(prefix="/api/workbook", tags=["workbooks"])
    books = Books(service)

    @router.post("/preview", responses=ASKING, summary="What rules for a sentence would colour")
    async def preview(
        request: Request,
        book: Book,
        utterance: Annotated[str | None, Form(max_length=limits.MAX_PROMPT)] = None,
        rule: Annotated[list[str] | None, Form(max_length=limits.MAX_CANDIDATES)] = None,
        sheet: Name = None,
        range: Name = None,
        header: Annotated[bool, Form()] = True,
        whole_rows: Flag = None,
        model: Name = None,
        n: Annotated[int, Form(ge=1, le=limits.MAX_CANDIDATES)] = 5,
        samples: Annotated[int, Form(ge=1, le=limits.MAX_SAMPLES)] = 16,
        steps: Annotated[int | None, Form(ge=1, le=limits.MAX_STEPS)] = None,
        seed: Annotated[int, Form(ge=0, le=limits.MAX_SEED)] = 0,
    ) -> PreviewResponse:
        if bool(rule) == bool(utterance):
            raise UsageError("say what to highlight, or give a rule (and not both)")
        said = utterance or ""

        def read(path: Path) -> tuple[Region, list[str]]:
            package = open_package(path)
            names = [one.name for one in package.sheets if not one.hidden]
            return read_region(package, sheet, range, header), names

        region, names = await books.run(book, read)
        drafts = [Draft(one) for one in rule or []]
        if not rule:
            question = Question(said, n=n, samples=samples, steps=steps, seed=seed)
            drafts = await while_connected(request, books.drafts(model, question, region))
        rows = asks_for_rows(said) if whole_rows is None else whole_rows

        def preview_all() -> dict[str, Any]:
            found, refused = suggest(drafts, region, rows, date.today())
            return rules_as_json(region, rows, found, refused)

        content = await asyncio.to_thread(preview_all)
        return PreviewResponse(version=VERSION, sheets=names, rows=_rows(region), **content)

    @router.post(
        "/apply",
        responses={
            **ASKING,
            200: {
                "description": "The new workbook.",
                "content": {one: {"schema": {"type": "string"}} for one in (XLSX, XLSM)},
            },
        },
        response_class=Response,
        summary="Write a rule into a copy of the workbook",
    )
    async def apply(
        book: Book,
        rule: Annotated[str, Form(min_length=1, max_length=limits.MAX_PROMPT)],
        sheet: Name = None,
        range: Name = None,
        header: Annotated[bool, Form()] = True,
        whole_rows: Annotated[bool, Form()] = False,
        style: Annotated[str, Form(max_length=100)] = "yellow",
    ) -> Response:
        look = parse_style(style)

        def write(path: Path) -> bytes:
            package = open_package(path)
            region = read_region(package, sheet, range, header)
            found, refused = suggest([Draft(rule)], region, whole_rows, date.today())
            if refused:
                raise UsageError(f"can't write {rule!r}: {refused[0].reason}")
            target = path.with_name(f"new{path.suffix}")
            write_rule(package, region.sheet, found[0].formatting, look, target)
            return target.read_bytes()

        content = await books.run(book, write)
        return _download(book, content)

    return router


def _rows(region: Region) -> list[list[str]]:
    count = min(len(region.rows), ROWS_SHOWN)
    return [[region.shown(row, at) for at in range(len(region.columns))] for row in range(count)]


def _download(book: UploadFile, content: bytes) -> Response:
    name = PurePath(_shown(book))
    # Whatever else a header could not hold, or a browser might act on.
    kept = re.sub(r"[^A-Za-z0-9._ -]", "_", name.stem)
    return Response(
        content,
        media_type=XLSM if name.suffix.lower() == ".xlsm" else XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{kept}.codefusion{name.suffix.lower()}"'
        },
    )
