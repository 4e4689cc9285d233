"""The PDF: readable by people and by screen readers, in every language, whatever the name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from near_learn.certificates import paper
from near_learn.certificates.sheet import Part, Sheet, Text

AT = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
ADDRESS = "https://learn.example.org/certificates/0123456789ABCDEFGHJKMNPQRSTV"


def sheet(**changes: Any) -> Sheet:
    values: dict[str, Any] = {
        "language": "en",
        "title": "Certificate of completion",
        "holder": "Issued to",
        "name": "Maite Ibarra",
        "course_label": "Course completed",
        "course": Text("Visits", "en"),
        "facts": (("Begun on", "2 March 2026"), ("Active time", "3 h 24 min")),
        "parts_label": "Modules completed",
        "parts": (Part(Text("At the door", "en"), "2 March 2026"), Part(Text("table", ""), "3 March 2026")),
        "time_note": "How time is measured.",
        "meaning": "Completion, not competence.",
        "check": "Check it here:",
        "picture": "QR code that leads to the same address",
        "address": ADDRESS,
        "code_label": "Code",
        "code": "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
    }
    return Sheet(**{**values, **changes})


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def tags(reader: PdfReader) -> Iterator[dict[str, Any]]:
    """Every element of the structure tree."""
    left = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while left:
        found = left.pop()
        found = found.get_object() if isinstance(found, IndirectObject) else found
        if isinstance(found, list):
            left.extend(found)
        elif isinstance(found, dict):
            if "/S" in found:
                yield found
            if "/K" in found:
                left.append(found["/K"])


def test_it_is_tagged_and_says_so() -> None:
    reader = read(paper.pdf(sheet(), AT))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of completion: Visits"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    kinds = [tag["/S"] for tag in tags(reader)]
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Figure", "/Link"} <= set(kinds)
    assert kinds.count("/H1") == 1
    assert [tag["/Alt"] for tag in tags(reader) if tag["/S"] == "/Figure"] == [sheet().picture]


def test_everything_on_it_can_be_read() -> None:
    text = " ".join(read(paper.pdf(sheet(), AT)).pages[0].extract_text().split())
    wanted = sheet()
    shown = (wanted.title, wanted.name, wanted.course.text, "Active time 3 h 24 min", "At the door")
    for words in (*shown, wanted.meaning, wanted.time_note, wanted.code):
        assert words in text, words
    assert ADDRESS in text.replace(" ", "")


def test_its_link_leads_to_the_check() -> None:
    page = read(paper.pdf(sheet(), AT)).pages[0]
    assert {each.get_object()["/A"]["/URI"] for each in page["/Annots"]} == {ADDRESS}


def test_fonts_are_inside() -> None:
    fonts = read(paper.pdf(sheet(), AT)).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


@pytest.mark.parametrize(
    ("language", "title", "name"),
    [
        ("el", "Βεβαίωση ολοκλήρωσης μαθήματος", "Ελένη Παπαδοπούλου"),
        ("cs", "Osvědčení o dokončení kurzu", "Jiří Dvořák Ďuriš Čapek Žůrek"),
        ("ro", "Certificat de absolvire: ă â î ș ț", "Ștefan Țuțea"),
        ("es", "Certificado de finalización", "Íñigo Núñez"),
        ("fi", "Todistus suorittamisesta", "Väinö Öström Åkerblom"),
        ("it", "Attestato di completamento", "Niccolò Però"),
        ("nl", "Certificaat van voltooiing", "Loïs Coördinatie"),
        ("en", "Certificate", "Владимир Øyvind Łukasz ßtraße"),
    ],
)
def test_letters_of_every_language(language: str, title: str, name: str) -> None:
    reader = read(paper.pdf(sheet(language=language, title=title, name=name), AT))
    text = " ".join(reader.pages[0].extract_text().split())
    assert title in text
    assert name in text
    assert reader.trailer["/Root"]["/Lang"] == language


@pytest.mark.parametrize(
    "name",
    [
        '#panic() #import "x" $ \\ * _ ` <a> @b [ ] ( ) { } // /* ' + '"',
        "x" * 200,
        "A B " * 50,
        "王小明",
        "محمد",
        "👩🏽‍🏫",
    ],
)
def test_any_name_makes_a_page(name: str) -> None:
    reader = read(paper.pdf(sheet(name=name), AT))
    assert len(reader.pages) == 1
    if name.isascii() and " " in name:
        assert name.replace(" ", "") in "".join(reader.pages[0].extract_text().split())


def test_many_modules_go_on_a_second_page() -> None:
    parts = tuple(Part(Text(f"Module {number}", "en"), "2 March 2026") for number in range(60))
    reader = read(paper.pdf(sheet(parts=parts), AT))
    assert len(reader.pages) > 1
    assert "Module 59" in "".join(page.extract_text() for page in reader.pages)


def test_the_qr_code_is_a_drawing() -> None:
    drawing = paper.qr(ADDRESS)
    assert drawing.startswith("<svg")
    assert "script" not in drawing
