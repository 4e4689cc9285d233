"""Groups that learn together: made, changed, listed, and the courses that everybody in them takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    Connection,
    ForeignKey,
    String,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from near_learn.db import Model, UTCDateTime, db
from near_learn.people import deadline, invitation, membership
from near_learn.people.person import Cohort, Person, normal_name
from near_learn.people.rights import Rights
from near_learn.prepared import Prepared
from near_learn.records import progress
from near_learn.typed_code import TypedCode
from xapi.sql.upsert import insert_missing

# The id of a group stands in statements: a random word tells nobody anything.
ID = TypedCode("abcdefghjkmnpqrstwxyz23456789", 10)


class CohortCourse(Model):
    """Everybody in the group is enrolled in the course, also who comes later."""

    __tablename__ = "cohort_course"

    cohort: Mapped[str] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    course: Mapped[str] = mapped_column(String(100), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)


assert isinstance(CohortCourse.__table__, Table)  # noqa: S101 (for the type checker)
courses_table: Table = CohortCourse.__table__


_NAME = Prepared(select(Cohort.name).where(Cohort.id == bindparam("id")))


class Taken(Exception):
    """There is a group with this id."""


class InUse(Exception):
    """The group has people, or records carry it."""


def add(
    connection: Connection,
    *,
    name: str,
    region: str,
    organisation: str | None = None,
    id_: str | None = None,
    closed: bool = False,
) -> str:
    """The id of a new group. Raises ValueError for an impossible name, Taken."""
    id_ = id_ or ID.new()
    if connection.scalar(select(Cohort.id).where(Cohort.id == id_)) is not None:
        raise Taken(id_)
    values = {"id": id_, "name": normal_name(name), "region": region, "organisation_id": organisation}
    connection.execute(insert(Cohort).values(**values, closed=closed))
    return id_


def change(
    connection: Connection, id_: str, *, name: str, region: str, organisation: str | None, closed: bool
) -> dict[str, object]:
    """Changes what differs; returns what was there before, by field. Raises ValueError, LookupError."""
    row = connection.execute(
        select(Cohort.name, Cohort.region, Cohort.organisation_id, Cohort.closed).where(Cohort.id == id_)
    ).one_or_none()
    if row is None:
        raise LookupError(f"there is no group {id_!r}")
    values: dict[str, object] = {
        "name": normal_name(name),
        "region": region,
        "organisation_id": organisation,
        "closed": closed,
    }
    before: dict[str, object] = {
        field: old for (field, new), old in zip(values.items(), row, strict=True) if old != new
    }
    if before:
        connection.execute(update(Cohort).where(Cohort.id == id_).values(values))
    return before


def remove(connection: Connection, id_: str) -> None:
    """Removes a group that nobody is in and that no record carries. Raises InUse."""
    recorded = exists().where(progress.registration.c.cohort == id_)
    if membership.counts(connection, [id_])[id_] or connection.scalar(select(recorded)):
        raise InUse(id_)
    for course in deadline.of(connection, id_):
        deadline.remove(connection, id_, course)
    invitation.remove_all(connection, id_)
    connection.execute(delete(courses_table).where(courses_table.c.cohort == id_))
    connection.execute(delete(Cohort).where(Cohort.id == id_))


def name(connection: Connection, id_: str | None) -> str | None:
    """What the group is called; None when there is none."""
    found = _NAME.first(connection, id=id_) if id_ else None
    return found.name if found else None


def seen_by(rights: Rights, id_: str | None = None) -> list[Cohort]:
    """The groups that the writer looks after, by name; or just one."""
    query = select(Cohort).options(joinedload(Cohort.organisation)).where(rights.cohorts())
    if id_ is not None:
        query = query.where(Cohort.id == id_)
    return list(db.session.scalars(query.order_by(Cohort.name, Cohort.id)))


def of(account: str) -> list[Cohort]:
    """The groups that somebody is in, by name."""
    query = select(Cohort).where(membership.cohorts_of(account))
    return list(db.session.scalars(query.order_by(Cohort.name, Cohort.id)))


def members(cohort: str, rights: Rights, most: int | None = None) -> list[Person]:
    """Those in the group whom the writer looks after, by name; at most so many."""
    query = select(Person).where(membership.member_of(cohort), rights.people())
    return list(db.session.scalars(query.order_by(Person.searched, Person.id).limit(most)))


def courses(connection: Connection, cohort: str) -> list[str]:
    """The ids of the courses that everybody in the group is enrolled in, the earliest first."""
    query = select(courses_table.c.course).where(courses_table.c.cohort == cohort)
    return list(connection.scalars(query.order_by(courses_table.c.since, courses_table.c.course)))


def put_courses(connection: Connection, cohort: str, chosen: Iterable[str], at: datetime) -> None:
    """From now on everybody in the group, also who comes later, is to be enrolled in these."""
    rows = [{"cohort": cohort, "course": course, "since": at} for course in chosen]
    insert_missing(connection, courses_table, rows)


def drop_course(connection: Connection, cohort: str, course: str) -> bool:
    """Who comes later is not enrolled in the course; False when that was so. Registrations stay."""
    gone = (courses_table.c.cohort == cohort) & (courses_table.c.course == course)
    return connection.execute(delete(courses_table).where(gone)).rowcount == 1
