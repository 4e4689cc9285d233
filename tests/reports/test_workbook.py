"""The workbook, opened as a spreadsheet opens it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from near_learn.reports import columns, export, workbook
from near_learn.reports.completion import Figures, Report, Row
from near_learn.reports.filters import Basis, Filters
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.names import Label

Ask = Callable[..., Filters]
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "http://x.example", "{=1}", "0012", "ES220")


def figures(enrolled: int, completed: int, basis: Basis = Basis.ENROLLED) -> Figures:
    counts = dict.fromkeys(of_basis(basis), completed) | {Measure.ENROLLED: enrolled}
    return Figures(counts, enrolled, 0, 0.5 * completed, 0.875 * completed, completed, 93.4)


@pytest.fixture
def opened(app: Flask, ask: Ask) -> Callable[..., Workbook]:
    """The workbook of rows with these names, read back."""

    def make(*names: str, basis: Basis = Basis.ENROLLED) -> Workbook:
        filters = ask(start=date(2026, 1, 1), basis=basis)
        rows = tuple(Row(name, figures(3, 1, basis)) for name in names)
        short = Row("short", figures(6, 5, basis), frozenset({Measure.ENROLLED}))
        made = Report(
            filters, (*rows, short, Row("few", None)), figures(30, 10, basis), figures(9, 1, basis), least=5
        )
        with app.test_request_context():
            lines = export.lines(made, {row.key: Label(row.key) for row in made.rows})
            content = workbook.to_xlsx(lines, {"As of": "=today", "Regions": "NUTS 2024"})
        return load_workbook(io.BytesIO(content))

    return make


def test_the_cells_are_typed_and_the_heading_stays(opened: Callable[..., Workbook]) -> None:
    sheet = opened("ES220")["Completion"]
    head = [cell.value for cell in sheet[1]]
    assert tuple(head) == columns.NAMES
    row = dict(zip(head, sheet[2], strict=True))
    assert (row["enrolled"].value, row["enrolled"].data_type) == (3, "n")
    assert row["completion_rate"].value == pytest.approx(1 / 3)
    assert row["completion_rate"].number_format == "0.0%"
    assert row["period_from"].value == datetime(2026, 1, 1)
    assert row["period_from"].is_date
    assert row["as_of"].value == datetime(2026, 6, 15, 14, 0)
    assert row["period_to"].value is None
    assert row["median_minutes"].value == pytest.approx(93.4)
    assert sheet.freeze_panes == "E2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_small_groups_look_like_what_they_are(opened: Callable[..., Workbook]) -> None:
    sheet = opened("ES220")["Completion"]
    rows = [dict(zip(columns.NAMES, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert [row["row_type"].value for row in rows] == ["row", "row", "row", "not_told_apart", "total"]
    assert rows[1]["enrolled"].number_format == '"≥ "#,##0'
    assert rows[2]["enrolled"].value is None
    assert rows[2]["counted"].value == "hidden"
    assert rows[4]["enrolled"].value == sum(row["enrolled"].value or 0 for row in rows[:4]) + 12


@pytest.mark.parametrize("name", EVIL)
def test_no_cell_is_a_formula_or_a_link(opened: Callable[..., Workbook], name: str) -> None:
    book = opened(name)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(cell.value == name and cell.data_type == "s" for cell in cells)


def test_it_explains_itself(opened: Callable[..., Workbook]) -> None:
    book = opened("ES220")
    assert book.sheetnames == ["Completion", "Chart", "Columns", "About"]
    assert [row[0].value for row in book["Columns"].iter_rows(min_row=2)] == list(columns.NAMES)
    assert all(row[1].value for row in book["Columns"].iter_rows(min_row=2))
    assert [row[0].value for row in book["About"].iter_rows(min_row=2)] == ["As of", "Regions"]
    (chart,) = book["Chart"]._charts
    assert len(chart.series) == 4


def test_a_report_of_events_and_one_about_nobody(opened: Callable[..., Workbook]) -> None:
    book = opened("ES220", basis=Basis.HAPPENED)
    row = dict(zip(columns.NAMES, next(book["Completion"].iter_rows(min_row=2)), strict=True))
    assert (row["completed"].value, row["not_started"].value, row["completion_rate"].value) == (1, None, None)
    assert len(book["Chart"]._charts[0].series) == 1
