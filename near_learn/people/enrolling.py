"""Enrolling the people of a group in its courses: everybody at once, and whoever joins later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import Connection, select

from near_learn.content_library import library
from near_learn.people import cohort as cohorts
from near_learn.people import membership
from near_learn.people.person import Person
from near_learn.records import Learner, Recorder, recorder
from near_learn.records.batch import Batch


@dataclass(frozen=True)
class Enrolled:
    """How many registrations were made, and how many there were before."""

    new: int
    before: int


def catch_up(connection: Connection, cohort: str, at: datetime) -> Enrolled:
    """Enrols everybody in the group in each of its courses, who is not enrolled yet, in one transaction.

    A course that is not here (any more) is left out. The registrations carry this group, whatever other
    groups somebody is in.
    """
    ledger = Batch(current_app.extensions["lrs"], recorder().iris)
    ledger.begin(connection)
    several = Recorder(recorder().iris, ledger)
    known = library().courses
    chosen = [known[id_] for id_ in cohorts.courses(connection, cohort) if id_ in known]
    new = before = 0
    for learner in _learners(connection, cohort) if chosen else ():
        for course in chosen:
            if ledger.enrolled(connection, learner.account, course.id):
                before += 1
                continue
            several.enrol(connection, learner, course, at)
            new += 1
    ledger.flush(connection)
    return Enrolled(new, before)


def enrol(connection: Connection, cohort: str, course: str, at: datetime) -> Enrolled:
    """Everybody in the group takes the course from now on. The caller has checked that both exist."""
    cohorts.put_courses(connection, cohort, [course], at)
    return catch_up(connection, cohort, at)


def join(
    connection: Connection, cohort: str, accounts: Iterable[str], at: datetime, invitation: str = ""
) -> int:
    """Puts people into a group and enrols them in its courses; how many were not in it before."""
    recorder().ledger.begin(connection)
    new = membership.put(connection, cohort, accounts, at, invitation)
    catch_up(connection, cohort, at)
    return new


def _learners(connection: Connection, cohort: str) -> list[Learner]:
    members = select(Person.account, Person.region, Person.organisation_id, Person.cohort_id, Person.language)
    rows = connection.execute(members.where(membership.member_of(cohort)).order_by(Person.account)).all()
    return [replace(Learner.of(row, row.language), cohort=cohort) for row in rows]
