"""The report as a file: a line for each row, complete in itself, under column names that stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from near_learn.reports.completion import Figures, Report
from near_learn.reports.filters import By, Filters, level_of
from near_learn.reports.measures import Measure
from near_learn.reports.names import EDITION, Label
from near_learn.spreadsheet import BOM, Value, line


@dataclass(frozen=True)
class Line:
    """A row of the report, or its total, with everything a column may tell."""

    filters: Filters
    key: str
    label: Label
    figures: Figures
    total: bool = False


def measure(name: Measure) -> Callable[[Line], Value]:
    return lambda line: line.figures.counts.get(name)


# Name of the column: what it holds. docs/managers.md explains each.
COLUMNS: Mapping[str, Callable[[Line], Value]] = {
    "row_type": lambda line: "total" if line.total else "row",
    "by": lambda line: line.filters.by.value,
    "code": lambda line: line.key,
    "name": lambda line: line.label.name,
    "nuts_level": lambda line: level_of(line.key) if line.filters.by is By.REGION and line.key else None,
    "nuts_rollup": lambda line: line.filters.rollup if line.filters.by is By.REGION else None,
    "nuts_edition": lambda _line: EDITION,
    "unit": lambda line: "registration_module" if line.filters.unit_is_module else "registration",
    "basis": lambda line: line.filters.basis.value,
    "period_from": lambda line: _day(line.filters.start),
    "period_to": lambda line: _day(line.filters.end),
    "as_of": lambda line: line.filters.as_of.moment.astimezone(line.filters.as_of.zone).isoformat(
        timespec="seconds"
    ),
    "dropout_days": lambda line: line.filters.as_of.dropout_days,
    "territory": lambda line: line.filters.territory,
    "filter_region": lambda line: line.filters.region,
    "filter_course": lambda line: line.filters.course,
    "filter_module": lambda line: line.filters.module,
    "filter_release": lambda line: line.filters.release,
    "enrolled": measure(Measure.ENROLLED),
    "persons": lambda line: line.figures.persons,
    "not_started": measure(Measure.NOT_STARTED),
    "started": measure(Measure.STARTED),
    "active": measure(Measure.ACTIVE),
    "dropped_out": measure(Measure.DROPPED_OUT),
    "completed": measure(Measure.COMPLETED),
    "passed": measure(Measure.PASSED),
    "completion_rate": lambda line: line.figures.rate,
    "scored": measure(Measure.SCORED),
    "mean_first_score": lambda line: line.figures.mean_first,
    "mean_best_score": lambda line: line.figures.mean_best,
    "recorded_in_nuts_2021": lambda line: line.figures.converted,
}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def lines(report: Report, labels: Mapping[str, Label], total: str) -> list[Line]:
    """The report's rows and, at the end, its total under the name TOTAL."""
    rows = [Line(report.filters, row.key, labels[row.key], row.figures) for row in report.rows]
    return [*rows, Line(report.filters, "", Label(total), report.total, total=True)]


def to_csv(found: list[Line], locale: str) -> bytes:
    """CSV that a spreadsheet set to LOCALE opens as it is.

    UTF-8 with a byte order mark, the locale's decimal sign, and a semicolon between cells where that sign
    is the comma.
    """
    rows = (line((value(each) for value in COLUMNS.values()), locale) for each in found)
    return (BOM + line(COLUMNS, locale) + "".join(rows)).encode()


def to_json(found: list[Line]) -> str:
    """The same lines as JSON: a list of objects by the columns' names; what does not apply is null."""
    rows = [{name: value(line) for name, value in COLUMNS.items()} for line in found]
    return json.dumps({"rows": rows[:-1], "total": rows[-1]}, ensure_ascii=False, indent=2)


def file_name(filters: Filters) -> str:
    """A name that sorts by day and says what is inside."""
    day = filters.as_of.moment.astimezone(filters.as_of.zone).date()
    return f"near-learn-completion-by-{filters.by}-{day.isoformat()}.csv"
