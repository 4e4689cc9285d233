"""The report as a workbook (XLSX): typed cells, a chart, and two sheets that say what stands in it.

No text in it can act as a formula: every text is written as a text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask_babel import gettext

from near_learn.later import Later
from near_learn.reports import columns
from near_learn.reports.columns import Column, Kind, Line, RowType
from near_learn.reports.filters import Basis
from near_learn.reports.measures import STATES, Measure
from near_learn.reports.names import MEASURES

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet
else:
    xlsxwriter = Later("xlsxwriter")

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Mapping[Kind, str] = {
    Kind.TEXT: "General",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.MINUTES: "#,##0",
}
WIDTHS: Mapping[Kind, int] = {Kind.TEXT: 16, Kind.MOMENT: 17}
NARROW = 12
WIDE = {"name": 34, "code": 22}
COLOURS = {
    Measure.COMPLETED: "#0F5B57",
    Measure.ACTIVE: "#84D3C6",
    Measure.DROPPED_OUT: "#D98545",
    Measure.NOT_STARTED: "#DCD7CC",
}
MOST_BARS = 40


def to_xlsx(found: Sequence[Line], about: Mapping[str, str]) -> bytes:
    """The workbook of these lines; ABOUT is what its last sheet says, by what each is called."""
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(content, options) as book:
        _figures(book, found)
        _chart(book, found)
        _columns(book)
        _about(book, about)
    return content.getvalue()


def _figures(book: Workbook, found: Sequence[Line]) -> None:
    sheet = book.add_worksheet("Completion")
    heading = book.add_format({"bold": True, "bg_color": "#E1EEEB", "border": 1, "border_color": "#7D7A70"})
    looks = _looks(book)
    for place, column in enumerate(columns.ALL):
        sheet.write_string(0, place, column.name, heading)
        sheet.set_column(place, place, WIDE.get(column.name, WIDTHS.get(column.kind, NARROW)))
    for number, line in enumerate(found, start=1):
        for place, column in enumerate(columns.ALL):
            least = column.kind is Kind.COUNT and column.name in line.short
            look = looks[column.kind, line.type is RowType.TOTAL, least]
            _cell(sheet, number, place, column, line, look)
    # The heading and the names stay where they are; the filter leaves the total alone.
    sheet.freeze_panes(1, columns.NAMES.index("name") + 1)
    sheet.autofilter(0, 0, max(len(found) - 1, 1), len(columns.ALL) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _looks(book: Workbook) -> Mapping[tuple[Kind, bool, bool], Format]:
    """How a cell looks: by its kind, whether it is of the total, and whether it is a lower bound."""
    return {
        (kind, total, least): book.add_format(
            {"num_format": ('"≥ "' if least else "") + FORMATS[kind], "bold": total, "top": int(total)}
        )
        for kind in Kind
        for total in (False, True)
        for least in (False, True)
    }


def _cell(sheet: Worksheet, row: int, place: int, column: Column, line: Line, look: Format) -> None:
    value = column.value(line)
    if value is None or value == "":
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(row, place, value, look)
    elif isinstance(value, str):
        sheet.write_string(row, place, value, look)
    else:
        sheet.write_number(row, place, value, look)


def _chart(book: Workbook, found: Sequence[Line]) -> None:
    """Bars of how the registrations of each row stand, on a sheet of their own."""
    rows = min(sum(line.type is RowType.ROW for line in found), MOST_BARS)
    if rows < 1:
        return
    enrolled = found[0].filters.basis is Basis.ENROLLED
    measures = STATES if enrolled else (Measure.COMPLETED,)
    sheet = book.add_worksheet("Chart")
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    name = columns.NAMES.index("name")
    for measure in measures:
        place = columns.NAMES.index(measure.value)
        chart.add_series(
            {
                "name": str(MEASURES[measure]),
                "categories": ["Completion", 1, name, rows, name],
                "values": ["Completion", 1, place, rows, place],
                "fill": {"color": COLOURS[measure]},
                "border": {"color": "#566160", "width": 0.5},
                "gap": 60,
            }
        )
    chart.set_title(
        {"name": gettext("How registrations stand") if enrolled else str(MEASURES[Measure.COMPLETED])}
    )
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 960, "height": 160 + 28 * rows})
    chart.show_hidden_data()
    sheet.insert_chart(
        0, 0, chart, {"description": gettext("Bars with the numbers of the sheet “Completion”.")}
    )


def _columns(book: Workbook) -> None:
    sheet = book.add_worksheet("Columns")
    rows = {column.name: str(column.meaning) for column in columns.ALL}
    _two_columns(book, sheet, (gettext("Column"), gettext("What it holds")), rows)


def _about(book: Workbook, about: Mapping[str, str]) -> None:
    sheet = book.add_worksheet("About")
    _two_columns(book, sheet, (gettext("About"), gettext("This report")), about)


def _two_columns(book: Workbook, sheet: Worksheet, heads: tuple[str, str], rows: Mapping[str, str]) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    sheet.freeze_panes(1, 0)
    for place, text in enumerate(heads):
        sheet.write_string(0, place, text, bold)
    for number, (name, text) in enumerate(rows.items(), start=1):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, text, wrapped)
