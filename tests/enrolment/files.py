"""Lists as files of both kinds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

Rows = Iterable[Iterable[object]]


def as_csv(rows: Rows, separator: str = ",") -> bytes:
    """CSV in UTF-8."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode()


def as_xlsx(*sheets: Rows, merged: str = "", **options: Any) -> bytes:
    """A workbook with these sheets."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, place, value)
            if merged:
                sheet.merge_range(merged, "together")
    return data.getvalue()
