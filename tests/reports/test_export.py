"""The file: read back as a spreadsheet or a program reads it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from near_learn.reports import columns
from near_learn.reports.columns import NAMES as COLUMNS
from near_learn.reports.completion import Figures, Report, Row
from near_learn.reports.export import file_name, lines, to_csv, to_json
from near_learn.reports.filters import Basis, By, Filters
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.names import Label

Ask = Callable[..., Filters]
GUIDE = Path(__file__).parents[2] / "docs" / "managers.md"


def figures(enrolled: int, completed: int, basis: Basis = Basis.ENROLLED) -> Figures:
    counts = dict.fromkeys(of_basis(basis), completed) | {Measure.ENROLLED: enrolled}
    return Figures(counts, enrolled, 0, 0.5 * completed, 0.875 * completed, graded=completed)


def report(filters: Filters, *names: str) -> tuple[Report, dict[str, Label]]:
    rows = tuple(Row(name, figures(3, 1, filters.basis)) for name in names)
    total = figures(3 * len(names), len(names), filters.basis)
    return Report(filters, rows, total), {name: Label(name) for name in names}


def read(content: bytes, delimiter: str) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize(
    ("locale", "delimiter", "rate", "score"),
    [
        ("en_IE", ",", "0.3333", "0.8750"),
        *[
            (locale, ";", "0,3333", "0,8750")
            for locale in ("es_ES", "nl_BE", "cs_CZ", "fi_FI", "it_IT", "ro_RO", "el_GR")
        ],
    ],
)
def test_the_file_speaks_as_the_locales_spreadsheet_does(
    ask: Ask, locale: str, delimiter: str, rate: str, score: str
) -> None:
    found = read(to_csv(lines(*report(ask(), "ES220", "EL511")), locale), delimiter)
    assert [row["name"] for row in found] == ["ES220", "EL511", "Total"]
    assert list(found[0]) == list(COLUMNS)
    assert (found[0]["completion_rate"], found[0]["mean_best_score"]) == (rate, score)
    assert [row["row_type"] for row in found] == ["row", "row", "total"]
    assert found[-1]["enrolled"] == "6"


def test_each_line_says_what_it_is_about(ask: Ask) -> None:
    filters = ask(
        region="ES",
        course="garden",
        module="soil",
        release="0123456789ab",
        start=date(2026, 1, 1),
        end=date(2026, 3, 31),
        territory="ES",
    )
    (row, _) = read(to_csv(lines(*report(filters, "ES220")), "en_IE"), ",")
    assert {name: row[name] for name in list(COLUMNS)[:22]} == {
        "row_type": "row",
        "by": "region",
        "code": "ES220",
        "name": "ES220",
        "nuts_level": "3",
        "nuts_rollup": "3",
        "nuts_edition": "2024",
        "unit": "registration_module",
        "basis": "enrolled",
        "period_from": "2026-01-01",
        "period_to": "2026-03-31",
        "as_of": "2026-06-15T14:00:00+02:00",
        "counted_at": "2026-06-15T14:00:00+02:00",
        "dropout_days": "60",
        "territory": "ES",
        "filter_region": "ES",
        "filter_course": "garden",
        "filter_module": "soil",
        "filter_release": "0123456789ab",
        "filter_organisation": "",
        "filter_cohort": "",
        "filter_course_language": "",
    }


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://x","y")']
)
@pytest.mark.parametrize("locale", ["en_IE", "es_ES"])
def test_no_cell_is_taken_for_a_formula(ask: Ask, text: str, locale: str) -> None:
    content = to_csv(lines(*report(ask(by=By.COHORT), text)), locale)
    row = read(content, "," if locale == "en_IE" else ";")[0]
    assert (row["code"], row["name"]) == (f"'{text}", f"'{text}")


@pytest.mark.parametrize("text", ['a "quoted", name; with\nall', "Ștefan, cel Mare", "a=b", "1-2"])
def test_other_text_stays_as_it_is(ask: Ask, text: str) -> None:
    assert read(to_csv(lines(*report(ask(), text)), "es_ES"), ";")[0]["name"] == text


def test_what_a_report_of_events_does_not_have_is_empty(ask: Ask) -> None:
    row = read(to_csv(lines(*report(ask(basis=Basis.HAPPENED), "ES220")), "en_IE"), ",")[0]
    assert {name for name, value in row.items() if value == ""} >= {
        "not_started",
        "active",
        "dropped_out",
        "completion_rate",
    }
    assert (row["enrolled"], row["completed"], row["basis"]) == ("3", "1", "happened")


def test_json_has_the_same_columns_with_numbers(ask: Ask) -> None:
    found = json.loads(to_json(lines(*report(ask(), "ES220"))))
    assert list(found["rows"][0]) == list(COLUMNS)
    assert found["rows"][0]["completion_rate"] == pytest.approx(1 / 3)
    assert found["total"]["enrolled"] == 3


def test_the_file_is_named_by_its_day_here(ask: Ask) -> None:
    assert file_name(ask(by=By.MODULE)) == "near-learn-completion-by-module-2026-06-15.csv"


def test_small_groups_are_marked(ask: Ask) -> None:
    """A hidden row is empty, a lower bound is named, and who is not told apart has a line."""
    rows = (
        Row("ES220", figures(6, 5)),
        Row("EL511", None),
        Row("FI1C6", figures(7, 5), frozenset({Measure.ENROLLED, Measure.COMPLETED})),
    )
    made = Report(ask(), rows, figures(20, 15), apart=figures(7, 5), least=5)
    found = lines(made, {row.key: Label(row.key) for row in rows})
    csv_rows = read(to_csv(found, "en_IE"), ",")
    assert [(row["row_type"], row["counted"], row["enrolled"], row["at_least"]) for row in csv_rows] == [
        ("row", "exact", "6", ""),
        ("row", "hidden", "", ""),
        ("row", "at_least", "7", "enrolled completed"),
        ("not_told_apart", "exact", "7", ""),
        ("total", "exact", "20", ""),
    ]
    assert {row["small_group"] for row in csv_rows} == {"5"}
    document = json.loads(to_json(found))
    assert document["rows"][1]["completion_rate"] is None
    assert document["not_told_apart"]["enrolled"] == 7


def test_every_column_is_explained_in_the_managers_guide(app: Flask) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    with app.test_request_context():
        rows = [f"| `{column.name}` | {column.meaning} |" for column in columns.ALL]
    assert [row for row in rows if row not in guide] == []
