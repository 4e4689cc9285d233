"""The summary as a PDF that a screen reader can read: one A4 page, tagged, with a title (PDF/UA-1).

Typeset with typst from summary.typ, in the fonts that typst brings along.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import typst

from near_learn.reports.summary import Summary

TEMPLATE = Path(__file__).with_name("summary.typ")


def pdf(summary: Summary, made_at: datetime) -> bytes:
    """The summary as a page."""
    inputs = {"summary": json.dumps(asdict(summary), ensure_ascii=False)}
    stamp = int(made_at.timestamp())
    # As for certificates: letters that no font can show are better an empty box than no page.
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
