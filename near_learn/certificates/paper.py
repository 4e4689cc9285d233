"""The certificate as a PDF that a screen reader can read: tagged, with title and language (PDF/UA-1).

Typeset with typst from certificate.typ, in the fonts that typst brings along (Libertinus Serif: Latin, Greek
and Cyrillic letters). Nothing is fetched. A name in other letters is set with the machine's own fonts.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import segno
import typst

from near_learn.certificates.sheet import Sheet

TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf(sheet: Sheet, made_at: datetime) -> bytes:
    """The sheet as one A4 page (more when the course has very many modules)."""
    inputs = {"sheet": json.dumps({**asdict(sheet), "qr": qr(sheet.address)})}
    stamp = int(made_at.timestamp())
    # PDF/UA refuses letters that no font can show. Then the machine's fonts are asked, too; and when they
    # cannot either, a page with an empty box for that letter is still better than none.
    for system_fonts, accessible in ((False, True), (True, True), (True, False)):
        compiler = typst.Compiler(TEMPLATE.read_bytes(), ignore_system_fonts=not system_fonts)
        try:
            made = compiler.compile(
                format="pdf", sys_inputs=inputs, timestamp=stamp, pdf_standards="ua-1" if accessible else []
            )
        except typst.TypstError:
            if not accessible:
                raise
            continue
        assert isinstance(made, bytes)  # noqa: S101 (one document, no output file)
        return made
    raise AssertionError("the last try returns or raises")


def qr(address: str) -> str:
    """ADDRESS as a QR code, an SVG drawing. Of middle strength: it survives a fold or a stain."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", border=0, xmldecl=False, dark="#20292a"
    )
    return drawing.getvalue().decode()
