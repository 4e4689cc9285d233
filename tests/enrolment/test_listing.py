"""Reading a list: what is understood, and what is refused with its place, before anything is looked up."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from datetime import date, datetime

import pytest

from near_learn.enrolment import listing, sheet
from near_learn.enrolment.column import Column
from near_learn.enrolment.sheet import Unreadable
from tests.enrolment.files import as_csv, as_xlsx

pytestmark = pytest.mark.usefixtures("words")

HEADING = ("email", "name", "region", "courses")
ROW = ("ane@x.example", "Ane Etxeberría", "ES220", "visits; other")
ROWS = (HEADING, ROW)
CELLS = dict(zip((Column.EMAIL, Column.NAME, Column.REGION, Column.COURSES), ROW, strict=True))


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        listing.read(data)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_csv_as_spreadsheets_write_it(separator: str, encoding: str, end: str) -> None:
    text = as_csv(ROWS, separator).decode().replace("\r\n", end)
    (row,) = listing.read(text.encode(encoding)).rows
    assert (row.number, row.cells, row.beyond) == (2, CELLS, False)


def test_utf16_of_either_order() -> None:
    text = as_csv(ROWS).decode()
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert listing.read(mark + text.encode(encoding)).rows[0].cells == CELLS


def test_the_separator_that_excel_tells() -> None:
    (row,) = listing.read(b"sep=;\r\n" + as_csv(ROWS, ";")).rows
    assert (row.number, row.cells) == (3, CELLS)


def test_quotes_line_ends_in_cells_and_blank_rows() -> None:
    data = b'email,name\r\n\r\n"a@x.example","Ane ""Ana""\nEtxeberria"\r\n , \r\nb@x.example,Bea\r\n'
    first, second = listing.read(data).rows
    assert (first.number, first.cells[Column.NAME]) == (3, 'Ane "Ana"\nEtxeberria')
    assert (second.number, second.cells[Column.EMAIL]) == (5, "b@x.example")


def test_a_workbook_of_plain_values() -> None:
    rows = ((*HEADING, "deadline"), (*ROW, datetime(2026, 12, 12)), (), ("b@x.example", 5, None, 1.5, "x"))
    first, second = listing.read(as_xlsx(rows, default_date_format="yyyy-mm-dd")).rows
    assert first.cells == CELLS | {Column.DEADLINE: "2026-12-12"}
    assert (second.number, second.cells[Column.NAME], second.cells[Column.COURSES]) == (4, "5", "1.5")
    assert listing.read(as_xlsx(rows)).place(4, Column.COURSES) == "D4"


def test_other_sheets_that_are_empty_are_left_alone() -> None:
    assert len(listing.read(as_xlsx((), ROWS, ())).rows) == 1


def test_headings_in_other_words() -> None:
    (row,) = listing.read(
        as_csv((("E-MAIL address", " Group ", "Course(s)"), ("a@x.example", "p", "v")))
    ).rows
    assert set(row.cells) == {Column.EMAIL, Column.COHORT, Column.COURSES}


@pytest.mark.parametrize(
    "heading", [("Nombre", "Región", "Idioma"), ("NIMI", "alue", "Kieli"), ("Όνομα", "περιφερεια", "Γλώσσα")]
)
def test_headings_in_each_language_of_the_pages(heading: tuple[str, ...]) -> None:
    (row,) = listing.read(as_csv((("email", *heading), ("a@x.example", "Ane", "ES220", "es")))).rows
    assert set(row.cells) == {Column.EMAIL, Column.NAME, Column.REGION, Column.LANGUAGE}


def test_a_row_with_cells_beyond_the_heading_says_so() -> None:
    assert listing.read(b"email,name\na@x.example,Ane,more\n").rows[0].beyond
    assert not listing.read(b"email,name\na@x.example,Ane,\n").rows[0].beyond


def edited(data: bytes, part: str, change: bytes) -> bytes:
    """The workbook with another content of a part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change if name == part else old.read(name))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
LATIN = "email,name\r\na@x.example,Ane\r\nb@x.example,José\r\n".encode("cp1252")

REFUSED = {
    "nothing": (b"", "The file is empty."),
    "blank": (b"\n \n,,\n", "The file is empty."),
    "only a heading": (b"email,name\n", "a heading and no rows"),
    "another encoding": (LATIN, "Line 3: after “b@x.example,Jos” stands the byte 0xE9, which is not UTF-8"),
    "cut off UTF-16": (b"\xff\xfee\x00m", "not UTF-16"),
    "UTF-16 without a mark": (
        "email,name\na@x.example,A".encode("utf-16-le"),
        "Line 1 holds the sign U+0000",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "0x89"),
    "a PDF": (b"%PDF-1.7 ...", "This is a PDF"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old Excel or one with a password"),
    "a quote that never ends": (
        b'email,name\na@x.example,"Ane\nb@x.example,Bea\n',
        "begins in line 2 a quotation",
    ),
    "text after a quote": (
        b'email,name\na@x.example,"Ane" E\n',
        "begins in line 2 a quotation mark is closed",
    ),
    "an unknown column": (
        b"email,regoin\na@x.example,ES220\n",
        "B1: “regoin” is no column of a list. Did you mean “region”",
    ),
    "a column of something else": (
        b"email,shoe size\na@x.example,39\n",
        "B1: “shoe size” is no column of a list. Take it out",
    ),
    "no e-mail column": (b"name;region\nAne;ES220\n", "There is no column “email”"),
    "a column twice": (b"email,name,Name\na@x.example,A,B\n", "C1: there are two columns “Name”"),
    "a formula in CSV": (b"email,name\na@x.example,=1+1\n", "Cell B2 begins with “=”"),
    "a long cell": (b"email,name\na@x.example," + b"a" * 1001, "Cell B2 has more than 1000 characters"),
    "many cells": (b"email" + b",x" * 41 + b"\na@x.example\n", "Row 1 has more than 40 cells"),
    "no archive": (b"PK\x03\x04 and nothing else", "The workbook is damaged"),
    "two sheets": (as_xlsx(ROWS, ROWS), "several sheets that hold something: Sheet1, Sheet2"),
    "an empty workbook": (as_xlsx(()), "The workbook is empty"),
    "merged cells": (as_xlsx(ROWS, merged="A3:B4"), "The cells A3:B4 are merged"),
    "entities": (edited(as_xlsx(ROWS), SHEET, BOMB), "The workbook is damaged"),
    "half a sheet": (edited(as_xlsx(ROWS), SHEET, b"<worksheet><sheetData><row"), "The workbook is damaged"),
    "another archive": (edited(as_xlsx(ROWS), "xl/workbook.xml", b""), "The workbook is damaged"),
    "many cells in a workbook": (
        as_xlsx((["email"] + ["x"] * 41, ["a@x.example"])),
        "Row 1 has more than 40",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_list_is_refused_with_its_place(data: bytes, sentence: str) -> None:
    assert sentence in refused(data)


def test_damaged_workbooks_are_never_a_surprise() -> None:
    whole, rng = as_xlsx(ROWS), random.Random(5)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with suppress(Unreadable):
            listing.read(bytes(data))


def test_formulas_are_named_all_at_once() -> None:
    import xlsxwriter

    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADING)
        for number in range(1, 31):
            page.write(number, 0, f"p{number}@x.example")
            page.write_formula(number, 1, '=UPPER("ane")', value="ANE")
        page.write_array_formula("C2:C2", "{=SUM(A1:A2)}")
    found = refused(data.getvalue())
    assert "Cell B2 is a formula. Copy the column, paste it as values" in found
    assert "Cell C2 is a formula" in found
    assert "And 11 more like these." in found


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    (row,) = listing.read(as_xlsx((HEADING, ("a@x.example", "=Ane", "ES220", "")))).rows
    assert row.cells[Column.NAME] == "=Ane"


def test_a_large_file_is_refused_by_its_size_alone() -> None:
    assert "8.0 MB; a list may have 8 MB" in refused(b"\0" * (sheet.MOST_BYTES + 1))


def test_a_workbook_that_would_unpack_to_too_much_is_not_unpacked() -> None:
    bomb = edited(as_xlsx(ROWS), SHEET, b"0" * (sheet.MOST_UNPACKED + 1))
    assert len(bomb) < 200_000
    assert "Unpacked, the workbook has 32 MB" in refused(bomb)


def test_a_workbook_of_very_many_parts_is_refused() -> None:
    made = io.BytesIO(as_xlsx(ROWS))
    with zipfile.ZipFile(made, "a") as archive:
        for number in range(600):
            archive.writestr(f"part{number}", b"")
    assert "parts; a list may have" in refused(made.getvalue())


def test_a_list_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    from near_learn.enrolment import csv_file, xlsx_file

    monkeypatch.setattr(csv_file, "MOST_ROWS", 3)
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 3)
    rows = [HEADING, *([ROW] * 3)]
    for write in (as_csv, as_xlsx):
        assert len(listing.read(write(rows)).rows) == 3
        assert "more than" in refused(write([*rows, ROW]))


def test_a_row_at_the_end_of_the_world_is_not_left_out_without_a_word() -> None:
    assert "The sheet reaches beyond row 25000. Delete" in refused(edited(as_xlsx(ROWS), SHEET, FAR))


FAR = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c>'
    b'</row><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>a@x.example</t></is></c></row></sheetData>'
    b"</worksheet>"
)


def test_dates_come_as_days() -> None:
    from near_learn.enrolment.xlsx_file import text_of

    assert text_of(date(2026, 12, 12)) == "2026-12-12"
    assert text_of(datetime(2026, 12, 12)) == "2026-12-12"
    assert text_of(datetime(2026, 12, 12, 8, 30)) == "2026-12-12 08:30:00"
    assert text_of(3.0) == "3"
