"""Lists as CSV: in UTF-8, or in UTF-16 that says so; with commas, semicolons or tabs between the cells."""

from __future__ import annotations

import codecs
import csv
import io
import re

from flask_babel import gettext

from near_learn.enrolment import column
from near_learn.enrolment.sheet import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Sheet,
    Unreadable,
    letters,
    long_cell,
    named,
    too_many_columns,
    too_many_rows,
)

SEPARATORS = (",", ";", "\t", "|")
# Excel writes the separator into a first line of its own.
TOLD = re.compile(r"sep=([,;|\t])\r?\n?", re.IGNORECASE)
UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Signs that no table holds: they stand in files of other kinds.
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def read(data: bytes) -> Sheet:
    """The table in DATA. Raises Unreadable."""
    text = decoded(data)
    if stray := CONTROL.search(text):
        raise Unreadable(
            gettext(
                "Line %(line)s holds the sign %(sign)s, which no list has: this is no CSV file. Save the "
                "list as CSV UTF-8 or as an Excel workbook (.xlsx).",
                line=line_of(text, stray.start()),
                sign=f"U+{ord(stray[0]):04X}",
            )
        )
    told = TOLD.match(text)
    skipped = 1 if told else 0
    body = text[told.end() :] if told else text
    return Sheet(_rows(body, told[1] if told else separator(body), skipped))


def decoded(data: bytes) -> str:
    """DATA as text without a byte order mark. Raises Unreadable that names the line and the byte."""
    for mark, encoding in UTF16.items():
        if data.startswith(mark) and not data.startswith(codecs.BOM_UTF32_LE):
            return _decoded(data[len(mark) :], encoding)
    return _decoded(data.removeprefix(codecs.BOM_UTF8), "utf-8")


def line_of(text: str, place: int) -> int:
    """The number of the line in which PLACE lies."""
    return len(re.findall(r"\r\n|\r|\n", text[:place])) + 1


def separator(text: str) -> str:
    """What stands between the cells: the sign with which the heading makes most sense."""

    def sense(sign: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=sign), [])
        except csv.Error:
            return 0, 0
        return sum(column.of(cell) is not None for cell in cells), len(cells)

    return max(SEPARATORS, key=sense)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        start = error.start
    before = data[:start].decode(encoding)
    line = line_of(before, len(before))
    begun = re.split(r"[\r\n]", before)[-1][-30:]
    raise Unreadable(
        gettext(
            "Line %(line)s: after “%(before)s” stands the byte %(byte)s, which is not %(encoding)s. "
            "The file was saved in another encoding.",
            line=line,
            before=begun,
            byte=f"0x{data[start]:02X}",
            encoding="UTF-8" if encoding == "utf-8" else "UTF-16",
        ),
        gettext(
            "Save it as UTF-8 and send it again. Excel: Save As, “CSV UTF-8 (Comma delimited)”. LibreOffice: "
            "Save As, Text CSV, Edit filter settings, character set “Unicode (UTF-8)”. Or send the workbook "
            "(.xlsx) itself."
        ),
    )


def _rows(text: str, sign: str, skipped: int) -> list[tuple[int, tuple[str, ...]]]:
    # Strict: a quote in the wrong place would otherwise swallow rows without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    problems: list[str] = []
    number, line = skipped, skipped + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise Unreadable(_broken(line, error)) from error
        number, line = number + 1, reader.line_num + skipped + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) > MOST_ROWS:
            raise too_many_rows()
        while len(cells) > MOST_COLUMNS:
            if cells.pop().strip():
                raise too_many_columns(number)
        problems += [long_cell(number, at) for at, cell in enumerate(cells) if len(cell) > LONGEST_CELL]
        problems += [_formula(number, at) for at, cell in enumerate(cells) if _computes(cell)]
        rows.append((number, tuple(cells)))
    if problems:
        raise Unreadable(*named(problems))
    return rows


def _computes(cell: str) -> bool:
    # In CSV a formula is a text: one that a spreadsheet would compute when the file is opened there again.
    return cell.lstrip().startswith("=")


def _formula(row: int, index: int) -> str:
    return str(
        gettext(
            "Cell %(cell)s begins with “=”: a spreadsheet would take it for a formula. Write the value.",
            cell=f"{letters(index)}{row}",
        )
    )


def _broken(line: int, error: csv.Error) -> str:
    if "expected after" in str(error):
        return str(
            gettext(
                "In the row that begins in line %(line)s a quotation mark is closed and text follows. Put "
                "the whole cell into quotation marks, and double those inside it.",
                line=line,
            )
        )
    return str(
        gettext(
            "In the row that begins in line %(line)s a quotation mark is opened and never closed.", line=line
        )
    )
