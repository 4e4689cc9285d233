"""Which release a figure counts and a result belongs to; tests and surveys, which no figure counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import insert

from near_learn.records.progress import attempt, release
from near_learn.reports import drilldown, names
from near_learn.reports.filters import By, FilterError, Filters, parse
from near_learn.reports.measures import Measure
from near_learn.reports.names import CourseName
from near_learn.reports.reader import Reader
from near_learn.reports.tally.refresh import recount
from near_learn.reports.tally.terms import Terms

from .conftest import AS_OF, BRUSSELS, NOW, Rows, counted, days_ago, everywhere

Ask = Callable[..., Filters]
COURSES = {"garden": CourseName("Garden", {"soil": "Soil"})}


@pytest.fixture
def two(rows: Rows) -> tuple[str, str]:
    """A registration on each of two releases."""
    rows.release("garden", ["soil"], "first")
    rows.release("garden", ["soil", "water"], "second")
    return (
        rows.registration(course="garden", release="first"),
        rows.registration(course="garden", release="second", completed_at=days_ago(1)),
    )


@pytest.mark.parametrize(("chosen", "enrolled", "completed"), [("", 2, 1), ("first", 1, 0), ("second", 1, 1)])
@pytest.mark.parametrize("by", [By.REGION, By.COURSE, By.COHORT])
def test_a_report_of_one_release(
    database: sa.Connection, two: Any, ask: Ask, by: By, chosen: str, enrolled: int, completed: int
) -> None:
    total = counted(database, ask(by=by, course="garden", release=chosen), everywhere).total
    assert (total[Measure.ENROLLED], total[Measure.COMPLETED]) == (enrolled, completed)


def test_by_module_a_release_counts_its_own_modules(database: sa.Connection, two: Any, ask: Ask) -> None:
    for chosen, keys in (("first", ["garden/soil"]), ("second", ["garden/soil", "garden/water"])):
        found = counted(database, ask(by=By.MODULE, course="garden", release=chosen), everywhere)
        assert [row.key for row in found.rows] == keys


def test_the_list_behind_a_figure_has_the_releases(
    database: sa.Connection, two: tuple[str, str], ask: Ask
) -> None:
    found = drilldown.behind(database, ask(course="garden"), everywhere, Measure.ENROLLED)
    assert {entry.registration: entry.release for entry in found.entries} == dict(
        zip(two, ("first", "second"), strict=True)
    )
    only = drilldown.behind(database, ask(course="garden", release="second"), everywhere, Measure.ENROLLED)
    assert [entry.registration for entry in only.entries] == [two[1]]


def test_results_say_their_release(database: sa.Connection, two: tuple[str, str]) -> None:
    for number, name in ((1, "first"), (2, "second")):
        row = {"registration": two[0], "module": "soil", "number": number, "at": days_ago(3 - number)}
        more = {"success": number == 2, "release": name, "statement_id": f"{number}" * 36}
        database.execute(insert(attempt), {**row, **more})
    assert [(each["number"], each["release"]) for each in drilldown.results(database, two[0])] == [
        (1, "first"),
        (2, "second"),
    ]


@pytest.mark.parametrize("least", [1, 3])
def test_the_form_offers_releases_that_somebody_is_on(
    database: sa.Connection, rows: Rows, two: tuple[str, str], least: int
) -> None:
    rows.release("garden", ["soil"], "nobody")
    rows.registration(course="garden", release="elsewhere")
    rows.registration(course="garden", release="")
    rows.registration(course="other", release="another")
    recount(database, Terms(BRUSSELS, least))
    found = names.releases_of(database, "garden")
    assert set(found) == {"first", "second", "elsewhere"}
    assert list(found)[-1] == "elsewhere"
    assert found["elsewhere"] is None
    assert names.releases_of(database, "") == {}


def test_a_release_is_asked_for_with_its_course(database: sa.Connection, two: Any) -> None:
    recount(database, Terms(BRUSSELS, 1))
    reader = Reader.unlimited()
    with pytest.raises(FilterError) as refused:
        parse({"release": "first"}, AS_OF)
    assert set(refused.value.problems) == {"release"}
    with pytest.raises(FilterError) as unknown:
        reader.ask(database, {"course": "garden", "release": "third"}, AS_OF, COURSES)
    assert "third" in unknown.value.problems["release"]
    with pytest.raises(FilterError):
        reader.ask(database, {"course": "garden", "release": "fir\0st"}, AS_OF, COURSES)
    asked = reader.ask(database, {"course": "garden", "release": " first "}, AS_OF, COURSES)
    assert asked.release == "first"
    assert asked.arguments()["release"] == "first"
    assert asked.arguments(by="module")["release"] == "first"
    by_module = reader.ask(database, {"module": "garden/soil", "release": "first"}, AS_OF, COURSES)
    assert by_module.release == "first"


# --- instruments -------------------------------------------------------------------------------------


def test_tests_and_surveys_are_in_no_figure(database: sa.Connection, rows: Rows, ask: Ask) -> None:
    values = {"course": "garden", "release": "first", "modules": ["soil"], "instruments": ["before", "after"]}
    database.execute(insert(release), {**values, "title": {}, "loaded_at": NOW})
    rows.release("other", ["before"], "first")
    mine = rows.registration(course="garden", release="first")
    rows.module(mine, "soil", first_score=0.8, best_score=1.0, attempts=2)
    rows.module(mine, "before", first_score=0.1, best_score=0.1, attempts=1)
    rows.module(mine, "elsewhere")
    other = rows.registration(course="other", release="first")
    rows.module(other, "before", first_score=0.5, best_score=0.5, attempts=1)

    by_module = counted(database, ask(by=By.MODULE), everywhere)
    assert [row.key for row in by_module.rows] == ["garden/elsewhere", "garden/soil", "other/before"]
    by_course = {row.key: row.figures for row in counted(database, ask(by=By.COURSE), everywhere).rows}
    assert (by_course["garden"].mean_first, by_course["garden"].mean_best) == (0.8, 1.0)
    assert by_course["other"].mean_first == 0.5
