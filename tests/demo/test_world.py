"""The demo world as a visitor finds it; and nothing personal in its record store."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.demo import world
from near_learn.outcomes import targets
from near_learn.outcomes.asking import asking
from near_learn.outcomes.participants import Counted
from near_learn.people import password, territory
from near_learn.people.organisation import Organisation
from near_learn.people.person import Person, by_email
from near_learn.records import progress
from near_learn.records.batch import Batch
from near_learn.reports.reader import Reader
from xapi.sql.tables import of, statement

SECRET = "a-secret-for-tests-only-0123456789"
REGIONS = {"ES220", "FI1C6", "BE212", "CZ063", "IT"}


@pytest.fixture(scope="module")
def demo(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a copy of the demo world that the session has built."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copy(demo_file, folder / "near-learn.sqlite")
    app = create_app(Settings(data=folder, secret_key=SECRET))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def rows(table: sa.Table) -> list[dict[str, Any]]:
    with db.engine.connect() as connection:
        query = sa.select(table).order_by(*table.primary_key)
        return [dict(row._mapping) for row in connection.execute(query)]


def dump() -> dict[str, list[dict[str, Any]]]:
    return {table.name: rows(table) for table in progress.DERIVED}


def test_about_two_hundred_people_in_five_regions_and_cohorts(demo: Flask) -> None:
    people = db.session.scalars(sa.select(Person).where(Person.role == "professional")).all()
    assert 190 <= len(people) <= 210
    sizes = Counter(person.region for person in people)
    assert set(sizes) == REGIONS
    assert len(set(sizes.values())) == len(sizes), "no two regions are of one size"
    assert len({person.cohort_id for person in people} - {None}) == 3
    assert len({person.language for person in people}) >= 6


def test_every_sign_in_works_and_nobody_elses_does(demo: Flask) -> None:
    for sign_in in world.SIGN_INS:
        person = by_email(sign_in.email)
        assert person is not None
        assert person.role == sign_in.role
        assert password.matches(person.password_hash, world.PASSWORD)
    with_password = db.session.scalars(sa.select(Person.email).where(Person.password_hash.is_not(None)))
    roles = {email.partition("@")[0].partition("-")[0] for email in with_password}
    assert roles == {"professional", "trainer", "manager", "operator"}


def test_each_region_has_a_manager_who_sees_it_and_no_other(demo: Flask) -> None:
    for email, region in {
        "manager": "ES220",
        "manager-fi": "FI1C6",
        "manager-be": "BE212",
        "manager-cz": "CZ063",
        "manager-it": "IT",
    }.items():
        person = by_email(f"{email}@demo.example")
        assert person is not None
        assert {code for code in REGIONS if territory.of(person).covers(code)} == {region}


def test_every_region_has_organisations_whose_people_learn_under_it(demo: Flask) -> None:
    houses = {row.id: row.region for row in db.session.scalars(sa.select(Organisation))}
    people = db.session.scalars(sa.select(Person).where(Person.role == "professional")).all()
    assert all(houses[person.organisation_id or ""] == person.region for person in people)
    assert {2 <= number <= 3 for number in Counter(houses.values()).values()} == {True}
    recorded = {row["actor"]: row["organisation"] for row in rows(progress.registration)}
    assert {person.account: person.organisation_id for person in people} == recorded


def test_there_is_something_to_see_of_what_came_out(demo: Flask) -> None:
    of = asking(Reader.unlimited(), "en")
    first, *_ = of.gain({}).sections
    assert first.total.gain is not None
    assert first.total.gain.n > 40
    assert first.total.gain.difference.value > 0.1
    assert sum(row.gain is not None for row in first.rows) >= 2
    practice = of.diagnosis({"level": "0"})
    assert practice is not None
    assert practice.total.matched is not None
    gender, *_ = of.participants({"level": "0"}).tables
    assert gender.total[Counted.PARTICIPANTS].persons["woman"] > 50
    assert gender.total[Counted.PARTICIPANTS].persons["man"] > 20
    assert any(row.key and {"woman", "man"} <= row.persons.keys() for row in gender.rows)
    states = {each.state for each in targets.for_filters(of.measuring())}
    assert len(states) >= 2


def test_every_kind_of_learner_is_there(demo: Flask) -> None:
    registrations = rows(progress.registration)
    newest = max(row["last_at"] for row in registrations)
    stale = newest - timedelta(days=60)
    unfinished = [row for row in registrations if row["started_at"] and not row["completed_at"]]
    kinds = {
        "never started": [row for row in registrations if row["started_at"] is None],
        "dropped out": [row for row in unfinished if row["last_at"] < stale],
        "active now": [row for row in unfinished if row["last_at"] > newest - timedelta(days=21)],
        "finished": [row for row in registrations if row["passed_at"]],
        "needed three attempts": [row for row in rows(progress.module_progress) if row["attempts"] >= 3],
    }
    assert {kind: len(found) for kind, found in kinds.items() if len(found) < 5} == {}
    first = min(row["enrolled_at"] for row in registrations)
    assert newest - first > timedelta(days=150), "several months"
    assert newest <= datetime.now(UTC)


def test_regions_differ_in_what_they_complete(demo: Flask) -> None:
    registrations = rows(progress.registration)
    rates = {
        region: sum(row["completed_at"] is not None for row in own) / len(own)
        for region in REGIONS
        for own in [[row for row in registrations if row["region"] == region]]
    }
    assert max(rates.values()) - min(rates.values()) > 0.2


def test_retrying_makes_people_better(demo: Flask) -> None:
    # A self-assessment is made twice too, and has no score.
    tried = [row for row in rows(progress.module_progress) if row["attempts"] > 1 and row["best_score"]]
    first = sum(row["first_score"] for row in tried) / len(tried)
    best = sum(row["best_score"] for row in tried) / len(tried)
    assert best > first + 0.1


def test_the_professional_has_a_module_in_the_middle(demo: Flask) -> None:
    person = by_email("professional@demo.example")
    assert person is not None
    (registration,) = [row for row in rows(progress.registration) if row["actor"] == person.account]
    own = [
        row
        for row in rows(progress.module_progress)
        if row["registration"] == registration["registration"] and not row["completed_at"]
    ]
    assert len(own) == 1
    assert 0.2 < own[0]["progress"] < 0.9


def test_no_name_and_no_address_anywhere_in_the_store(demo: Flask) -> None:
    people = db.session.execute(sa.select(Person.name, Person.email)).all()
    assert len(people) > 200
    written = "\n".join(texts())
    assert "near-learn" in written
    assert "@" not in written
    assert [text for person in people for text in person if text in written] == []


def every_table() -> list[sa.Table]:
    return [*of(db.engine.dialect.name).sorted_tables, *progress.DERIVED]


def texts() -> set[str]:
    """Every different text in the store and in the derived rows; what is JSON is taken apart."""
    found: set[str] = set()
    for table in every_table():
        columns = [column for column in table.columns if isinstance(column.type, sa.String | sa.JSON)]
        with db.engine.connect() as connection:
            for row in connection.execute(sa.select(*columns)) if columns else ():
                for value in row:
                    found |= strings(value)
    return found


def strings(value: Any) -> set[str]:
    if isinstance(value, str) and value.startswith("{") and not value.startswith("{case_matters="):
        return strings(json.loads(value))
    if isinstance(value, dict):
        return set().union(value, *(strings(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(strings(each) for each in value))
    return {value} if isinstance(value, str) else set()


def test_the_rows_are_those_of_the_statements(demo: Flask) -> None:
    before = dump()
    with writing() as connection:
        demo.extensions["projection"].rebuild(connection)
    assert dump() == before


# --- building it -------------------------------------------------------------------------------------


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Another installation with a small course of its own."""
    return replace(settings, courses=Path(__file__).parent.parent / "records" / "courses")


def test_an_interrupted_start_leaves_nothing_and_the_next_one_builds_it_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = Batch.flush
    saves = 0

    def interrupt(batch: Batch, connection: sa.Connection) -> None:
        nonlocal saves
        saves += 1
        flush(batch, connection)
        if saves == 2:
            assert connection.scalar(sa.select(sa.func.count()).select_from(statement)), (
                "something was stored"
            )
            raise KeyboardInterrupt

    with app.app_context():
        with monkeypatch.context() as patched:
            patched.setattr(Batch, "flush", interrupt)
            with pytest.raises(KeyboardInterrupt):
                world.build(app, datetime.now(UTC))
        assert not world.exists()
        assert not any(rows(table) for table in every_table())
        world.build(app, datetime.now(UTC))
        assert world.exists()
        assert {row["course"] for row in rows(progress.registration)} == {"garden"}
        with pytest.raises(world.NotEmpty):
            world.build(app, datetime.now(UTC))
