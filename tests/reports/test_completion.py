"""What each figure counts, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from near_learn.reports.completion import Figures, Report, count
from near_learn.reports.drilldown import behind
from near_learn.reports.filters import Basis, By, Filters
from near_learn.reports.measures import STATES, Measure, of_basis
from near_learn.reports.tally.refresh import recount
from near_learn.reports.tally.terms import Terms

from .conftest import BRUSSELS, Rows, counted, days_ago, everywhere

Ask = Callable[..., Filters]


def figures(report: Report, key: str) -> Figures:
    return next(row.figures for row in report.rows if row.key == key)


def keys(report: Report) -> list[str]:
    return [row.key for row in report.rows]


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ({}, Measure.NOT_STARTED),
        ({"last_at": days_ago(300), "enrolled_at": days_ago(300)}, Measure.NOT_STARTED),
        ({"started_at": days_ago(9)}, Measure.ACTIVE),
        ({"started_at": days_ago(90), "last_at": days_ago(60)}, Measure.ACTIVE),
        ({"started_at": days_ago(90), "last_at": days_ago(60.001)}, Measure.DROPPED_OUT),
        (
            {"started_at": days_ago(90), "last_at": days_ago(80), "completed_at": days_ago(80)},
            Measure.COMPLETED,
        ),
        ({"completed_at": days_ago(80)}, Measure.COMPLETED),
    ],
)
def test_a_registration_is_in_exactly_one_state(
    database: sa.Connection, rows: Rows, ask: Ask, times: dict[str, Any], state: Measure
) -> None:
    rows.registration(**times)
    total = counted(database, ask(), everywhere).total
    assert [measure for measure in STATES if total[measure]] == [state]
    assert total[Measure.ENROLLED] == 1
    assert total[Measure.STARTED] == (state is not Measure.NOT_STARTED)


def test_passed_is_counted_beside_the_states(database: sa.Connection, rows: Rows, ask: Ask) -> None:
    rows.registration(started_at=days_ago(9), completed_at=days_ago(5), passed_at=days_ago(5))
    rows.registration(started_at=days_ago(9), completed_at=days_ago(5))
    total = counted(database, ask(), everywhere).total
    assert (total[Measure.COMPLETED], total[Measure.PASSED], total.rate) == (2, 1, 1.0)


def test_a_report_about_nobody(database: sa.Connection, ask: Ask) -> None:
    report = counted(database, ask(), everywhere)
    assert report.rows == ()
    assert (report.total[Measure.ENROLLED], report.total.persons, report.total.rate) == (0, 0, None)
    assert report.total.mean_best is None


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (3, ["BE", "BE212", "ES220", "FI1C6", "IT", "PT170", ""]),
        (2, ["BE", "BE21", "ES22", "FI1C", "IT", "PT17", ""]),
        (1, ["BE", "BE2", "ES2", "FI1", "IT", "PT1", ""]),
        (0, ["BE", "ES", "FI", "IT", "PT", ""]),
    ],
)
def test_rolled_up_by_level_in_the_edition_2024(
    database: sa.Connection, rows: Rows, ask: Ask, level: int, expected: list[str]
) -> None:
    for code in ("ES220", "BE212", "BE", "FI1C3", "FI1C6", "IT", "PT170", ""):
        rows.registration(region=code)
    report = counted(database, ask(level=level), everywhere)
    assert keys(report) == expected
    assert report.total[Measure.ENROLLED] == 8


def test_an_old_code_is_counted_with_its_one_successor(database: sa.Connection, rows: Rows, ask: Ask) -> None:
    rows.registration(region="FI1C3", nuts="2021")
    rows.registration(region="FI1C6")
    row = figures(counted(database, ask(), everywhere), "FI1C6")
    assert (row[Measure.ENROLLED], row.converted) == (2, 1)
    chosen = counted(database, ask(region="FI1C6"), everywhere).total
    assert chosen[Measure.ENROLLED] == 2


def test_a_row_is_never_named_after_more_than_was_chosen(
    database: sa.Connection, rows: Rows, ask: Ask
) -> None:
    """With the region ES22 chosen, a row "ES" would claim Navarra's numbers for all of Spain."""
    rows.registration(region="ES220")
    rows.registration(region="ES")
    rows.registration(region="BE212")
    assert keys(counted(database, ask(level=0, region="ES22"), everywhere)) == ["ES22"]
    assert keys(counted(database, ask(level=0, territory="ES22", region="ES22"), everywhere)) == ["ES22"]


def test_a_person_counts_once_among_the_persons(database: sa.Connection, rows: Rows, ask: Ask) -> None:
    rows.registration(actor="a", region="ES220")
    rows.registration(actor="a", region="ES220", course="other")
    rows.registration(actor="a", region="BE212")
    report = counted(database, ask(), everywhere)
    assert figures(report, "ES220").persons == 1
    assert (report.total.persons, report.total[Measure.ENROLLED]) == (1, 3)


def test_the_courses_scores_are_means_over_the_quizzes_of_all_modules(
    database: sa.Connection, rows: Rows, ask: Ask
) -> None:
    first = rows.registration(started_at=days_ago(9))
    rows.module(first, "m1", attempts=3, first_score=0.4, best_score=1.0)
    rows.module(first, "m2", attempts=1, first_score=0.8, best_score=0.8)
    rows.module(first, "m3", attempts=1)  # an attempt without a score
    second = rows.registration(started_at=days_ago(9))
    rows.module(second, "m1", attempts=1, first_score=1.0, best_score=1.0)
    third = rows.registration(started_at=days_ago(9))
    rows.module(third, "m1")
    total = counted(database, ask(), everywhere).total
    assert total[Measure.SCORED] == 2
    assert total.graded == 3
    assert total.mean_first == pytest.approx((0.4 + 0.8 + 1.0) / 3)
    assert total.mean_best == pytest.approx((1.0 + 0.8 + 1.0) / 3)


def test_each_module_of_the_release_counts_every_registration(
    database: sa.Connection, rows: Rows, ask: Ask
) -> None:
    rows.release("accompaniment", ["m1", "m2"])
    rows.release("accompaniment", ["m1", "m2", "m3"], "r2")
    first = rows.registration(started_at=days_ago(9))
    rows.module(first, "m1", completed_at=days_ago(5), passed_at=days_ago(5), first_score=0.5, best_score=0.9)
    rows.registration(release="r2")
    report = counted(database, ask(by=By.MODULE), everywhere)
    assert {row.key: row.figures[Measure.ENROLLED] for row in report.rows} == {
        "accompaniment/m1": 2,
        "accompaniment/m2": 2,
        "accompaniment/m3": 1,
    }
    m1 = figures(report, "accompaniment/m1")
    assert (m1[Measure.COMPLETED], m1[Measure.NOT_STARTED], m1.mean_best) == (1, 1, 0.9)
    assert report.total[Measure.ENROLLED] == 5
    assert report.total.persons == 2


def test_a_module_that_no_release_has_counts_who_was_active_in_it(
    database: sa.Connection, rows: Rows, ask: Ask
) -> None:
    rows.release("accompaniment", ["m1"])
    first = rows.registration(started_at=days_ago(9))
    rows.module(first, "taken-elsewhere")
    unknown = rows.registration(release="", started_at=days_ago(9))
    rows.module(unknown, "m1")
    report = counted(database, ask(by=By.MODULE), everywhere)
    assert {row.key: row.figures[Measure.ENROLLED] for row in report.rows} == {
        "accompaniment/m1": 2,
        "accompaniment/taken-elsewhere": 1,
    }
    chosen = counted(database, ask(course="accompaniment", module="m1"), everywhere)
    assert chosen.total[Measure.ENROLLED] == 2


def test_whoever_is_active_in_the_course_has_not_dropped_out_of_a_module(
    database: sa.Connection, rows: Rows, ask: Ask
) -> None:
    rows.release("accompaniment", ["m1"])
    id_ = rows.registration(started_at=days_ago(99), last_at=days_ago(2))
    rows.module(id_, "m1", started_at=days_ago(99), last_at=days_ago(98))
    total = counted(database, ask(by=By.MODULE), everywhere).total
    assert (total[Measure.ACTIVE], total[Measure.DROPPED_OUT]) == (1, 0)


def test_rows_per_course_and_per_cohort(database: sa.Connection, rows: Rows, ask: Ask) -> None:
    rows.registration(course="a", cohort="pilot")
    rows.registration(course="b")
    assert keys(counted(database, ask(by=By.COURSE), everywhere)) == ["a", "b"]
    assert keys(counted(database, ask(by=By.COHORT), everywhere)) == ["pilot", ""]
    assert counted(database, ask(course="a"), everywhere).total[Measure.ENROLLED] == 1


# The zone of the tests is two hours ahead of UTC in summer.
@pytest.mark.parametrize(
    ("hour", "number"),
    [
        ("2026-05-31T21:59:59", 0),
        ("2026-05-31T22:00:00", 1),
        ("2026-06-01T21:59:59", 1),
        ("2026-06-01T22:00:00", 0),
    ],
)
def test_the_days_of_a_period_begin_at_midnight_here(
    database: sa.Connection, rows: Rows, ask: Ask, hour: str, number: int
) -> None:
    rows.registration(enrolled_at=datetime.fromisoformat(hour + "+00:00"))
    day = date(2026, 6, 1)
    for basis in Basis:
        total = counted(database, ask(start=day, end=day, basis=basis), everywhere).total
        assert total[Measure.ENROLLED] == number


def test_what_happened_in_a_period_is_counted_by_its_own_time(
    database: sa.Connection, rows: Rows, ask: Ask
) -> None:
    rows.registration(
        enrolled_at=days_ago(100), started_at=days_ago(50), completed_at=days_ago(3), passed_at=days_ago(3)
    )
    rows.registration(enrolled_at=days_ago(2))
    period = {"start": days_ago(7).date(), "end": days_ago(0).date()}
    happened = counted(database, ask(basis=Basis.HAPPENED, **period), everywhere).total
    assert happened.counts == {
        Measure.ENROLLED: 1,
        Measure.STARTED: 0,
        Measure.COMPLETED: 1,
        Measure.PASSED: 1,
    }
    assert happened.rate is None
    assert happened.mean_best is None
    began = counted(database, ask(**period), everywhere).total
    assert (began[Measure.ENROLLED], began[Measure.COMPLETED]) == (1, 0)


@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("by", [By.REGION, By.MONTH])
def test_who_enrols_in_the_last_month_of_a_period_and_learns_in_it_is_counted(
    database: sa.Connection, rows: Rows, ask: Ask, by: By, least: int
) -> None:
    for month in (3, 3, 4, 4):
        first = datetime(2026, month, 5, tzinfo=UTC)
        rows.registration(enrolled_at=first, started_at=first, completed_at=first + timedelta(days=20))
    asked = ask(basis=Basis.HAPPENED, by=by, end=date(2026, 3, 31))
    happened = counted(database, asked, everywhere, least).total
    assert (happened[Measure.STARTED], happened[Measure.COMPLETED]) == (2, 2)


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("by", By)
def test_behind_each_figure_are_exactly_as_many_registrations(
    database: sa.Connection, rows: Rows, ask: Ask, by: By, basis: Basis
) -> None:
    rows.release("accompaniment", ["m1", "m2"])
    for number, code in enumerate(("ES220", "BE212", "BE", "FI1C3", "FI1C6", "")):
        id_ = rows.registration(
            region=code,
            cohort="pilot" if number % 2 else "",
            enrolled_at=days_ago(10 * number),
            started_at=days_ago(9 * number) if number else None,
            last_at=days_ago(30 * number),
            completed_at=days_ago(number) if number > 3 else None,
        )
        rows.module(id_, "m1", best_score=0.5, first_score=0.5)
        rows.module(id_, "extra")
    filters = ask(by=by, basis=basis, start=days_ago(45).date(), level=2)
    report = counted(database, filters, everywhere)
    assert report.rows
    for measure in of_basis(basis):
        for row in report.rows:
            found = behind(database, filters, everywhere, measure, row.key)
            assert found.total == len(found.entries) == row.figures[measure]
        found = behind(database, filters, everywhere, measure)
        assert found.total == len(found.entries) == report.total[measure]


def test_the_list_turns_pages(database: sa.Connection, rows: Rows, ask: Ask) -> None:
    made = {rows.registration() for _ in range(230)}
    pages = [behind(database, ask(), everywhere, Measure.ENROLLED, page=page) for page in (1, 2, 3)]
    assert [len(page.entries) for page in pages] == [100, 100, 30]
    assert {page.pages for page in pages} == {3}
    assert {entry.registration for page in pages for entry in page.entries} == made


def test_the_number_of_queries_does_not_grow(database: sa.Connection, rows: Rows, ask: Ask) -> None:
    for _ in range(30):
        rows.registration(region="ES220")
        rows.registration(region="BE212")
    recount(database, Terms(BRUSSELS, 1))
    seen: list[str] = []
    sa.event.listen(database, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    count(database, ask(), everywhere)
    assert len(seen) <= 8
    assert not any("xapi" in query or "module_progress" in query for query in seen)
