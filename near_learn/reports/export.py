"""The report as a file: a line for each row, complete in itself, under column names that stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from near_learn.reports import columns
from near_learn.reports.columns import Line, RowType
from near_learn.reports.completion import Report
from near_learn.reports.filters import Filters
from near_learn.reports.names import APART, Label
from near_learn.spreadsheet import BOM, line


def lines(report: Report, labels: Mapping[str, Label]) -> list[Line]:
    """The report's rows; those not told apart, if there are any; and its total."""
    found = [Line(report, row.key, labels[row.key], row.figures, row.short) for row in report.rows]
    if report.apart is not None:
        found.append(Line(report, "", Label(str(APART)), report.apart, type=RowType.APART))
    total = Label(gettext("Total"))
    return [*found, Line(report, "", total, report.total, report.short, RowType.TOTAL)]


def to_csv(found: Sequence[Line], locale: str) -> bytes:
    """CSV that a spreadsheet set to LOCALE opens as it is.

    UTF-8 with a byte order mark, the locale's decimal sign, and a semicolon between cells where that sign
    is the comma.
    """
    rows = (line((column.plain(each) for column in columns.ALL), locale) for each in found)
    return (BOM + line(columns.NAMES, locale) + "".join(rows)).encode()


def to_json(found: Sequence[Line]) -> str:
    """The same lines as JSON: a list of objects by the columns' names; what does not apply is null."""
    return json.dumps(document(found), ensure_ascii=False, indent=2)


def document(found: Sequence[Line]) -> dict[str, Any]:
    """The lines as objects: the rows, those not told apart (null: nobody), and the total."""
    of_type: dict[RowType, list[dict[str, Any]]] = {kind: [] for kind in RowType}
    for each in found:
        of_type[each.type].append({column.name: column.plain(each) for column in columns.ALL})
    return {
        "rows": of_type[RowType.ROW],
        "not_told_apart": next(iter(of_type[RowType.APART]), None),
        "total": of_type[RowType.TOTAL][0],
    }


def file_name(filters: Filters, kind: str = "csv") -> str:
    """A name that sorts by day and says what is inside."""
    day = filters.as_of.moment.astimezone(filters.as_of.zone).date()
    return f"near-learn-completion-by-{filters.by}-{day.isoformat()}.{kind}"
