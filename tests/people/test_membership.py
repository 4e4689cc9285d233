"""Groups: who is in them, what their records carry, and the courses that everybody in them takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from near_learn import Settings
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import cohort as cohorts
from near_learn.people import deadline, enrolling, membership
from near_learn.people import invitation as invitations
from near_learn.people.enrolling import Enrolled
from near_learn.people.person import Person, add
from near_learn.people.rights import Rights
from near_learn.people.role import Role
from near_learn.records import Learner, progress, recorder

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EVERYTHING = Rights.unlimited()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=Path(__file__).parents[1] / "player" / "courses")


@pytest.fixture
def accounts(app: Flask) -> Iterator[list[str]]:
    """Three people and two groups, pilot and event, with nobody in them."""
    with app.app_context():
        with writing() as connection:
            for id_ in ("pilot", "event"):
                cohorts.add(connection, name=id_.title(), region="ES220", id_=id_)
            people = [
                add(connection, email=f"{name}@x.example", name=name, role=Role.PROFESSIONAL, region="ES220")
                for name in ("Ane", "Jon", "Mari")
            ]
        yield people


def carried(account: str) -> str | None:
    return db.session.scalar(select(Person.cohort_id).where(Person.account == account))


def groups(account: str) -> list[str]:
    return [each.id for each in cohorts.of(account)]


def test_one_person_in_several_groups_over_time(accounts: list[str]) -> None:
    ane, jon, _ = accounts
    with writing() as connection:
        assert membership.put(connection, "pilot", [ane, jon], NOW) == 2
        assert membership.put(connection, "event", [ane], NOW + timedelta(days=1)) == 1
        assert membership.put(connection, "event", [ane], NOW) == 0
    assert (groups(ane), carried(ane)) == (["event", "pilot"], "event")
    assert (groups(jon), carried(jon)) == (["pilot"], "pilot")
    with writing() as connection:
        assert membership.counts(connection, ["pilot", "event", "none"]) == {
            "pilot": 2,
            "event": 1,
            "none": 0,
        }
        assert membership.take_out(connection, "event", ane)
        assert not membership.take_out(connection, "event", ane)
    assert (groups(ane), carried(ane)) == (["pilot"], "pilot")
    with writing() as connection:
        membership.take_out(connection, "pilot", ane)
    assert (groups(ane), carried(ane)) == ([], None)


def test_a_group_that_somebody_only_carries_counts_too_and_is_kept(accounts: list[str]) -> None:
    with writing() as connection:
        ines = add(
            connection,
            email="ines@x.example",
            name="Ines",
            role=Role.PROFESSIONAL,
            region="ES220",
            cohort="pilot",
        )
        assert membership.is_member(connection, "pilot", ines)
        membership.put(connection, "event", [ines], NOW)
    assert groups(ines) == ["event", "pilot"]
    assert [person.name for person in cohorts.members("pilot", EVERYTHING)] == ["Ines"]


def test_everybody_is_enrolled_once_and_who_comes_later_too(accounts: list[str]) -> None:
    ane, jon, mari = accounts
    with writing() as connection:
        # Mari takes the course already, in no group.
        course = library().courses["visits"]
        before = recorder().enrol(connection, Learner(mari, "es", "ES220"), course, NOW)
        enrolling.join(connection, "pilot", [ane, mari], NOW)
        assert enrolling.enrol(connection, "pilot", "visits", NOW) == Enrolled(new=1, before=1)
        assert enrolling.enrol(connection, "pilot", "visits", NOW) == Enrolled(new=0, before=2)
        # Whose records carry another group by now is enrolled in this one all the same.
        membership.put(connection, "event", [ane], NOW)
        enrolling.join(connection, "pilot", [jon], NOW)
    table = progress.registration
    rows = db.session.execute(select(table.c.actor, table.c.cohort, table.c.registration)).all()
    assert {(row.actor, row.cohort) for row in rows} == {(ane, "pilot"), (jon, "pilot"), (mari, "")}
    assert before in {row.registration for row in rows}
    with writing() as connection:
        assert cohorts.drop_course(connection, "pilot", "visits")
        assert not cohorts.drop_course(connection, "pilot", "visits")


def test_the_earliest_deadline_of_somebody_s_groups_counts(accounts: list[str]) -> None:
    ane = accounts[0]
    with writing() as connection:
        deadline.put(connection, "pilot", "visits", date(2026, 12, 1))
        deadline.put(connection, "event", "visits", date(2026, 12, 24))
        deadline.put(connection, "event", "other", date(2026, 12, 25))
        membership.put(connection, "pilot", [ane], NOW)
        membership.put(connection, "event", [ane], NOW)
        assert deadline.of_person(connection, ane) == {
            "visits": date(2026, 12, 1),
            "other": date(2026, 12, 25),
        }
        assert deadline.of_person(connection, accounts[1]) == {}


def test_a_group_in_use_is_not_removed(accounts: list[str]) -> None:
    with writing() as connection:
        enrolling.join(connection, "pilot", accounts[:1], NOW)
        with pytest.raises(cohorts.InUse):
            cohorts.remove(connection, "pilot")
        enrolling.enrol(connection, "pilot", "visits", NOW)
        membership.take_out(connection, "pilot", accounts[0])
        with pytest.raises(cohorts.InUse):
            cohorts.remove(connection, "pilot")
        deadline.put(connection, "event", "visits", date(2026, 12, 24))
        invitations.make(connection, "event", places=1, closes_at=NOW, made_by="", at=NOW)
        cohorts.remove(connection, "event")
    assert [each.id for each in cohorts.seen_by(EVERYTHING)] == ["pilot"]


def test_places_are_taken_one_by_one_and_end(accounts: list[str]) -> None:
    with writing() as connection:
        id_ = invitations.make(
            connection, "pilot", places=2, closes_at=NOW + timedelta(days=1), made_by="", at=NOW
        )
        assert [invitations.take_place(connection, id_, NOW) for _ in range(3)] == [True, True, False]
        other = invitations.make(connection, "pilot", places=2, closes_at=NOW, made_by="", at=NOW)
        assert not invitations.take_place(connection, other, NOW)


@pytest.mark.parametrize("ending", ["nothing", "expired", "used up", "switched off"])
def test_an_invitation_is_found_by_code_and_link_while_it_is_open(accounts: list[str], ending: str) -> None:
    with writing() as connection:
        id_ = invitations.make(
            connection, "pilot", places=1, closes_at=NOW + timedelta(days=1), made_by="", at=NOW
        )
        if ending == "used up":
            invitations.take_place(connection, id_, NOW)
        if ending == "switched off":
            invitations.close(connection, id_, NOW)
    (made,) = invitations.of("pilot")
    now = NOW + timedelta(days=2 if ending == "expired" else 0)
    for typed in (f" {made.code[:4].lower()}-{made.code[4:]}", made.token.lower()):
        secret = invitations.read(typed)
        assert secret is not None
        assert (invitations.find_open(secret, now) is not None) is (ending == "nothing")
    assert invitations.read("hello") is None
