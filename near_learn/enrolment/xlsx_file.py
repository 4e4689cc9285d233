"""Lists as Excel workbooks: one sheet of plain values. What is packed is measured before it is unpacked."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from near_learn.enrolment.sheet import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED,
    Sheet,
    Unreadable,
    letters,
    long_cell,
    named,
    too_many_columns,
    too_many_rows,
)
from near_learn.later import Later

if TYPE_CHECKING:
    import openpyxl
    from openpyxl.utils import exceptions
else:
    openpyxl = Later("openpyxl")
    exceptions = Later("openpyxl.utils.exceptions")

MOST_PARTS = 500
# Rows that hold nothing are read too, up to here: a sheet can have a million of them.
LAST_ROW = MOST_ROWS + 5000
WORKBOOK = "xl/workbook.xml"
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z0-9:$]{1,40})\"")
PIECE = 1 << 20
# What a broken or forged part makes the readers of archives, XML and cells trip over.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def read(data: bytes) -> Sheet:
    """The table in the workbook DATA. Raises Unreadable."""
    with _archive(data) as archive:
        _check(archive)
    try:
        workbook = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            return _only_sheet(workbook, data)
        finally:
            workbook.close()
    except (*BROKEN, exceptions.InvalidFileException) as error:
        raise Unreadable(_damaged()) from error


def _archive(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(data))
    except BROKEN as error:
        raise Unreadable(_damaged()) from error


def _check(archive: zipfile.ZipFile) -> None:
    """Raises Unreadable for an archive that is no workbook, or that would unpack to too much."""
    parts = archive.infolist()
    if WORKBOOK not in {part.filename for part in parts}:
        raise Unreadable(
            gettext("This is no Excel workbook. Save the list as .xlsx or as CSV UTF-8, and send that.")
        )
    # An entry is never unpacked beyond the size that it states.
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise Unreadable(
            gettext(
                "Unpacked, the workbook has %(size)s MB in %(parts)s parts; a list may have %(most)s MB in "
                "%(most_parts)s. Copy the list into a new workbook and save that.",
                size=unpacked // 1024 // 1024,
                parts=len(parts),
                most=MOST_UNPACKED // 1024 // 1024,
                most_parts=MOST_PARTS,
            )
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(gettext("The workbook is protected by a password. Save it without one."))


def _only_sheet(workbook: Any, data: bytes) -> Sheet:
    """The one sheet that holds something."""
    full = [sheet for sheet in workbook.worksheets if _holds(sheet)]
    if not full:
        raise Unreadable(gettext("The workbook is empty."))
    if len(full) > 1:
        raise Unreadable(
            gettext(
                "The workbook has several sheets that hold something: %(names)s. Keep the one with the list, "
                "or save it as a workbook of its own.",
                names=", ".join(sheet.title for sheet in full),
            )
        )
    merged = _merged(data, full[0])
    if merged:
        raise Unreadable(
            *named(
                [
                    gettext(
                        "The cells %(cells)s are merged: which row would their text belong to? "
                        "Unmerge them and fill in every row.",
                        cells=cells,
                    )
                    for cells in merged
                ]
            )
        )
    return Sheet(_rows(full[0]))


def _holds(sheet: Any) -> bool:
    sheet.reset_dimensions()
    rows = islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), LAST_ROW)
    return any(value not in (None, "") for row in rows for value in row)


def _merged(data: bytes, sheet: Any) -> list[str]:
    """The merged ranges of the sheet, which openpyxl leaves out when it reads row by row."""
    found: list[str] = []
    with _archive(data) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
        kept = b""
        while piece := part.read(PIECE):
            text = kept + piece
            found += [match.decode() for match in MERGED.findall(text)]
            kept = text[-120:].rpartition(b"<")[2]
            kept = b"<" + kept if b">" not in kept else b""
    return found


def _rows(sheet: Any) -> list[tuple[int, tuple[str, ...]]]:
    rows: list[tuple[int, tuple[str, ...]]] = []
    problems: list[str] = []
    cells = islice(sheet.iter_rows(max_col=MOST_COLUMNS + 1), LAST_ROW + 1)
    empty: tuple[Any, ...] | None = None
    for number, row in enumerate(cells, start=1):
        if number > LAST_ROW:
            raise Unreadable(
                gettext(
                    "The sheet reaches beyond row %(row)s. Delete the rows below the list, also those that "
                    "look empty, or copy the list into a new workbook.",
                    row=LAST_ROW,
                )
            )
        if row is empty:
            continue
        problems += list(_wrong(number, row))
        texts = tuple(text_of(cell.value) for cell in row)
        if not any(text.strip() for text in texts):
            # For rows that are not in the file, the reader gives the same one each time.
            empty = row
            continue
        if len(rows) > MOST_ROWS:
            raise too_many_rows()
        if len(texts) > MOST_COLUMNS and texts[MOST_COLUMNS].strip():
            raise too_many_columns(number)
        problems += [long_cell(number, at) for at, text in enumerate(texts) if len(text) > LONGEST_CELL]
        rows.append((number, texts[:MOST_COLUMNS]))
    if problems:
        raise Unreadable(*named(problems))
    return rows


def _wrong(number: int, row: tuple[Any, ...]) -> Iterator[str]:
    """What is wrong with cells whose value is computed: it might be another one tomorrow."""
    for index, cell in enumerate(row):
        place = f"{letters(index)}{number}"
        if getattr(cell, "data_type", "n") == "f":
            yield gettext(
                "Cell %(cell)s is a formula. Copy the column, paste it as values and send the list again.",
                cell=place,
            )
        elif getattr(cell, "data_type", "n") == "e":
            yield gettext("Cell %(cell)s holds an error, %(value)s.", cell=place, value=str(cell.value)[:20])


def text_of(value: object) -> str:
    """A cell's value as the text that a person would type for it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _damaged() -> str:
    return str(gettext("The workbook is damaged. Open it in a spreadsheet, save it again and send that."))
