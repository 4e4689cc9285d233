"""What there is already, as far as a list asks for it: read with a few queries, whatever its length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, select

from near_learn.content import Library
from near_learn.enrolment.column import Column
from near_learn.enrolment.listing import Row
from near_learn.people import cohort as cohorts
from near_learn.people import deadline
from near_learn.people.letters import folded
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort, Person
from near_learn.people.region import Region
from near_learn.privacy import tombstone
from near_learn.records import progress
from xapi.sql.chunks import chunks


@dataclass(frozen=True)
class Somebody:
    """A person who is here, with the names of rows as `Person` has them."""

    account: str
    email: str
    name: str
    role: str
    region: str
    language: str
    organisation_id: str | None
    cohort_id: str | None
    answers_for: str
    active: bool


@dataclass(frozen=True)
class Group:
    """A group, with the courses that everybody in it takes."""

    id: str
    name: str
    region: str
    organisation_id: str | None
    courses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """An organisation."""

    id: str
    name: str
    region: str


@dataclass(frozen=True)
class Known:
    """Everything that a plan depends on. Two that are equal lead to the same plan."""

    people: Mapping[str, Somebody] = field(default_factory=dict)  # by e-mail address
    erased: frozenset[str] = frozenset()  # e-mail addresses of people who were erased
    registered: frozenset[tuple[str, str]] = frozenset()  # account, course
    regions: Mapping[str, str] = field(default_factory=dict)  # of NUTS 2024: name by code
    sites: Mapping[str, Site] = field(default_factory=dict)  # by id
    groups: Mapping[str, Group] = field(default_factory=dict)  # by id
    deadlines: Mapping[tuple[str, str], date] = field(default_factory=dict)  # by cohort, course
    courses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # titles by language, by id

    def named(self, things: Mapping[str, Site] | Mapping[str, Group]) -> Mapping[str, list[str]]:
        """Ids by the name as people may write it."""
        found: dict[str, list[str]] = {}
        for id_, thing in things.items():
            found.setdefault(folded(thing.name), []).append(id_)
        return found


def load(connection: Connection, rows: Sequence[Row], library: Library) -> Known:
    """What there is about the people of these rows, and what rows may refer to."""
    emails = sorted({row.get(Column.EMAIL).lower() for row in rows})
    people = _people(connection, emails)
    accounts = sorted(person.account for person in people.values())
    own = _courses_of_groups(connection)
    return Known(
        people=people,
        erased=frozenset(tombstone.erased_among(connection, [each for each in emails if each not in people])),
        registered=frozenset(_registered(connection, accounts)),
        regions=dict(connection.execute(select(Region.code, Region.name).where(Region.in_2024)).all()),
        sites={
            row.id: Site(*row)
            for row in connection.execute(select(Organisation.id, Organisation.name, Organisation.region))
        },
        groups={
            row.id: Group(*row, courses=own.get(row.id, ()))
            for row in connection.execute(
                select(Cohort.id, Cohort.name, Cohort.region, Cohort.organisation_id)
            )
        },
        deadlines={(cohort, course): day for cohort, course, day in deadline.every(connection)},
        courses={id_: dict(course.title) for id_, course in library.courses.items()},
    )


def _people(connection: Connection, emails: Sequence[str]) -> dict[str, Somebody]:
    columns = (
        Person.account,
        Person.email,
        Person.name,
        Person.role,
        Person.region,
        Person.language,
        Person.organisation_id,
        Person.cohort_id,
        Person.answers_for,
        Person.active,
    )
    return {
        row.email: Somebody(**row._mapping)
        for some in chunks(emails)
        for row in connection.execute(select(*columns).where(Person.email.in_(some)))
    }


def _registered(connection: Connection, accounts: Sequence[str]) -> Iterable[tuple[str, str]]:
    table = progress.registration
    for some in chunks(accounts):
        query = select(table.c.actor, table.c.course).where(table.c.actor.in_(some))
        yield from ((actor, course) for actor, course in connection.execute(query))


def _courses_of_groups(connection: Connection) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    table = cohorts.courses_table
    for cohort, course in connection.execute(
        select(table.c.cohort, table.c.course).order_by(table.c.since, table.c.course)
    ):
        found.setdefault(cohort, []).append(course)
    return {cohort: tuple(courses) for cohort, courses in found.items()}
