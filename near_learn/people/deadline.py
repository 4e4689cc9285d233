"""Deadlines: by which day a cohort is to have completed a course."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Date, ForeignKey, String, Table, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model
from near_learn.people import membership
from near_learn.people.person import Cohort
from near_learn.prepared import Prepared
from xapi.sql.upsert import insert_or_replace


class UnknownCohort(Exception):
    """There is no cohort with this id; the text names those that there are."""


class DeadlineRow(Model):
    """The last day on which a cohort may complete a course in time."""

    __tablename__ = "deadline"

    cohort: Mapped[str] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    course: Mapped[str] = mapped_column(String(100), primary_key=True)
    day: Mapped[date] = mapped_column(Date)


assert isinstance(DeadlineRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = DeadlineRow.__table__

_GROUPS = select(Cohort.id).where(membership.cohorts_of(bindparam("account", type_=String)))
_OF_PERSON = Prepared(
    select(table.c.course, func.min(table.c.day).label("day"))
    .where(table.c.cohort.in_(_GROUPS))
    .group_by(table.c.course)
)


def put(connection: Connection, cohort: str, course: str, day: date) -> None:
    """Sets the deadline, or moves it. Raises UnknownCohort. The caller has checked the course."""
    known = sorted(connection.scalars(select(Cohort.id)))
    if cohort not in known:
        raise UnknownCohort(f"There is no cohort {cohort!r}. There are: {', '.join(known) or 'none'}.")
    insert_or_replace(connection, table, [{"cohort": cohort, "course": course, "day": day}])


def remove(connection: Connection, cohort: str, course: str) -> bool:
    """Takes the deadline away; False when there was none."""
    gone = delete(table).where(table.c.cohort == cohort, table.c.course == course)
    return connection.execute(gone).rowcount == 1


def of(connection: Connection, cohort: str | None) -> dict[str, date]:
    """The deadlines of a cohort by course; none for somebody without a cohort."""
    if cohort is None:
        return {}
    rows = connection.execute(select(table.c.course, table.c.day).where(table.c.cohort == cohort))
    return {row.course: row.day for row in rows}


def of_person(connection: Connection, account: str) -> dict[str, date]:
    """The deadlines of somebody by course: the earliest where several of their groups have one."""
    return {row.course: row.day for row in _OF_PERSON.rows(connection, account=account)}


def every(connection: Connection) -> list[tuple[str, str, date]]:
    """(cohort, course, day) of every deadline, the earliest first."""
    rows = connection.execute(select(table).order_by(table.c.day, table.c.cohort, table.c.course))
    return [(row.cohort, row.course, row.day) for row in rows]
