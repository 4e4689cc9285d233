"""What people do in imported courses counts like our own: progress, certificates, reports."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from near_learn.certificates import ground, sheet
from near_learn.db import db, writing
from near_learn.people.person import by_email
from near_learn.records import progress
from near_learn.reports import names
from tests.cmi5.conftest import Portal, Unit
from tests.cmi5.making import au, block


@pytest.fixture(scope="module")
def account(app: Flask) -> str:
    with app.app_context():
        person = by_email("professional@example.org")
        assert person is not None
        return person.account


def rows(app: Flask, table: Any, registration: str) -> list[dict[str, Any]]:
    with app.app_context(), db.engine.connect() as connection:
        found = connection.execute(select(table).where(table.c.registration == registration))
        return [dict(row._mapping) for row in found]


def taken(portal: Portal, account: str, *units: tuple[str, list[str]]) -> Unit:
    """A course with a unit for each moveOn, taken by the person who says these verbs."""
    inside = "".join(au(str(place), f'moveOn="{move_on}"') for place, (move_on, _) in enumerate(units))
    course = portal.imported(block("b", inside))
    for number, (_, said) in enumerate(units, start=1):
        unit = portal.launch(course, number, person=account, language="nl")
        unit.begin()
        assert [unit.say(verb) for verb in said] == [204] * len(said)
    return unit


def test_a_registration_stands_in_region_language_and_release(
    app: Flask, portal: Portal, account: str
) -> None:
    unit = taken(portal, account, ("Completed", []))
    (row,) = rows(app, progress.registration, unit.registration)
    assert (row["actor"], row["region"], row["nuts"], row["language"]) == (account, "ES22", "2024", "nl")
    assert row["course"].startswith("cmi5.")
    assert len(row["release"]) == 12
    assert row["started_at"] is not None
    assert row["completed_at"] is None


@pytest.mark.parametrize(
    ("move_on", "said", "completed", "passed"),
    [
        ("Completed", ["completed"], True, False),
        ("Passed", ["passed"], True, True),
        ("CompletedOrPassed", ["passed"], True, True),
        ("CompletedAndPassed", ["passed"], False, True),
        ("CompletedAndPassed", ["passed", "completed"], True, True),
        ("Passed", ["failed"], False, False),
    ],
)
def test_a_unit_is_a_module_that_its_move_on_completes(
    app: Flask, portal: Portal, account: str, move_on: str, said: list[str], completed: bool, passed: bool
) -> None:  # fmt: skip
    unit = taken(portal, account, (move_on, said))
    (module,) = rows(app, progress.module_progress, unit.registration)
    assert module["module"] == "unit-1"
    assert (module["completed_at"] is not None, module["passed_at"] is not None) == (completed, passed)
    (row,) = rows(app, progress.registration, unit.registration)
    satisfied = completed and (passed or move_on == "Completed")
    assert (row["completed_at"] is not None, row["passed_at"] is not None) == (satisfied, satisfied)


def test_what_is_allowed_but_not_defined_counts_for_nothing(app: Flask, portal: Portal, account: str) -> None:
    unit = taken(portal, account, ("Completed", []))
    without = lambda one: one["context"]["contextActivities"].pop("category")  # noqa: E731
    assert unit.say("completed", without) == 204
    (module,) = rows(app, progress.module_progress, unit.registration)
    assert module["completed_at"] is None


def test_scores_and_rebuilding(app: Flask, portal: Portal, account: str) -> None:
    unit = taken(portal, account, ("CompletedAndPassed", ["completed"]), ("Passed", []))
    score = {"scaled": 0.75, "raw": 3, "min": 0, "max": 4}
    assert unit.say("passed", score=score) == 204
    (attempt,) = rows(app, progress.attempt, unit.registration)
    assert (attempt["module"], attempt["scaled"], attempt["success"]) == ("unit-2", 0.75, True)
    before = [rows(app, table, unit.registration) for table in progress.DERIVED]
    with app.app_context(), writing() as connection:
        app.extensions["projection"].renew(connection, unit.registration)
    assert [rows(app, table, unit.registration) for table in progress.DERIVED] == before


def test_a_certificate_names_the_units(app: Flask, portal: Portal, account: str) -> None:
    unit = taken(portal, account, ("Completed", ["completed"]), ("Passed", ["passed"]))
    with app.test_request_context(), db.engine.connect() as connection:
        found = ground.of(connection, unit.registration)
        assert found is not None
        assert sheet.course_title(found, "nl").text == "A course"
        assert [part.title.text for part in sheet.parts(found, "nl")] == ["0", "1"]


def test_reports_name_course_and_units(app: Flask, portal: Portal) -> None:
    course = portal.imported(au("The-unit"))
    portal.ask("DELETE", f"courses/{course}")
    with app.test_request_context(), db.engine.connect() as connection:
        found = names.catalogue(connection, "en")[course]
    assert (found.title, dict(found.modules)) == ("A course", {"unit-1": "The-unit"})
