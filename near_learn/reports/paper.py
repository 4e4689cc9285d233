"""The summary as a PDF: one A4 page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from near_learn import typesetting
from near_learn.reports.summary import Summary

TEMPLATE = Path(__file__).with_name("summary.typ")


def pdf(summary: Summary, made_at: datetime) -> bytes:
    """The summary as a page."""
    return typesetting.pdf(TEMPLATE, {"summary": asdict(summary)}, made_at)
