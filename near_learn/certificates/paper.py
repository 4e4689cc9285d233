"""The certificate as a PDF, with a QR code that leads to the page where it is checked."""

from __future__ import annotations

import io
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import segno

from near_learn import typesetting
from near_learn.certificates.sheet import Sheet

TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf(sheet: Sheet, made_at: datetime) -> bytes:
    """The sheet as one A4 page (more when the course has very many modules)."""
    return typesetting.pdf(TEMPLATE, {"sheet": {**asdict(sheet), "qr": qr(sheet.address)}}, made_at)


def qr(address: str) -> str:
    """ADDRESS as a QR code, an SVG drawing. Of middle strength: it survives a fold or a stain."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", border=0, xmldecl=False, dark="#20292a"
    )
    return drawing.getvalue().decode()
