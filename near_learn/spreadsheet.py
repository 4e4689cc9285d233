"""CSV that a spreadsheet opens as it is, and in which no text can act as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from babel.numbers import get_decimal_symbol

# Spreadsheets take a cell that begins like this for a formula, some also the full-width forms.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"

Value = str | int | float | None


def line(values: Iterable[Value], locale: str, *, decimals: int = 4) -> str:
    """A line of cells: the locale's decimal sign, and a semicolon between cells where that is the comma."""
    decimal = get_decimal_symbol(locale)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if decimal == "," else ",")
    writer.writerow(cell(value, decimal, decimals) for value in values)
    return text.getvalue()


def cell(value: Value, decimal: str, decimals: int = 4) -> str:
    """A value as a cell; an apostrophe makes a spreadsheet show a text instead of computing it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{decimals}f}".replace(".", decimal)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
