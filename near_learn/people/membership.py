"""Who is in which group: in the one that their records carry, and in every group that is listed here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    Table,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.people.person import Cohort, Person
from xapi.sql.upsert import insert_missing


class MembershipRow(Model):
    """A person in a group, since when, and through which invitation ("" when somebody put them there)."""

    __tablename__ = "membership"

    cohort: Mapped[str] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    account: Mapped[str] = mapped_column(String(36), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    invitation: Mapped[str] = mapped_column(String(36), default="", server_default="")


assert isinstance(MembershipRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = MembershipRow.__table__


def member_of(cohort: str) -> ColumnElement[bool]:
    """The condition that a person is in the group."""
    listed = exists().where(table.c.account == Person.account, table.c.cohort == cohort)
    return or_(Person.cohort_id == cohort, listed)


def cohorts_of(account: str | BindParameter[str]) -> ColumnElement[bool]:
    """The condition that this person is in a group."""
    listed = exists().where(table.c.cohort == Cohort.id, table.c.account == account)
    current = exists().where(Person.cohort_id == Cohort.id, Person.account == account)
    return or_(current, listed)


def is_member(connection: Connection, cohort: str, account: str) -> bool:
    """Whether the person is in the group."""
    found = select(Person.id).where(Person.account == account, member_of(cohort))
    return connection.scalar(found) is not None


def put(
    connection: Connection, cohort: str, accounts: Iterable[str], at: datetime, invitation: str = ""
) -> int:
    """Puts people into the group, which their records carry from now on; how many were not in it before.

    The caller has checked that the group and the people exist.
    """
    wanted = set(accounts)
    # Two questions, because each has an index.
    before = set(connection.scalars(select(Person.account).where(Person.cohort_id == cohort)))
    before |= set(connection.scalars(select(table.c.account).where(table.c.cohort == cohort)))
    new = sorted(wanted - before)
    rows = [{"cohort": cohort, "account": each, "since": at, "invitation": invitation} for each in new]
    _keep_current(connection, new)
    insert_missing(connection, table, rows)
    for part in _parts(sorted(wanted)):
        connection.execute(update(Person).where(Person.account.in_(part)).values(cohort_id=cohort))
    return len(new)


def take_out(connection: Connection, cohort: str, account: str) -> bool:
    """Takes somebody out of the group; False when they were not in it. What they learned stays recorded.

    If their records carried it, they carry the group they joined last of those that are left, or none.
    """
    if not is_member(connection, cohort, account):
        return False
    connection.execute(delete(table).where(table.c.cohort == cohort, table.c.account == account))
    left = select(table.c.cohort).where(table.c.account == account)
    latest = connection.scalar(left.order_by(table.c.since.desc(), table.c.cohort).limit(1))
    current = (Person.account == account) & (Person.cohort_id == cohort)
    connection.execute(update(Person).where(current).values(cohort_id=latest))
    return True


def counts(connection: Connection, cohorts: Iterable[str]) -> dict[str, int]:
    """How many people are in each of the groups, by id."""
    wanted = list(cohorts)
    listed = select(table.c.cohort, table.c.account).where(table.c.cohort.in_(wanted))
    current = select(Person.cohort_id, Person.account).where(Person.cohort_id.in_(wanted))
    both = listed.union(current).subquery()
    rows = connection.execute(select(both.c.cohort, func.count()).group_by(both.c.cohort))
    return dict.fromkeys(wanted, 0) | dict(rows.all())


def _keep_current(connection: Connection, accounts: list[str]) -> None:
    """The group that people's records carried so far is listed before another takes its place."""
    for part in _parts(accounts):
        carried = select(Person.account, Person.cohort_id, Person.created_at).where(
            Person.account.in_(part), Person.cohort_id.is_not(None)
        )
        rows = [
            {"cohort": row.cohort_id, "account": row.account, "since": row.created_at, "invitation": ""}
            for row in connection.execute(carried)
        ]
        insert_missing(connection, table, rows)


def _parts(accounts: list[str], size: int = 500) -> list[list[str]]:
    """In lists that a database takes as parameters of one statement."""
    return [accounts[start : start + size] for start in range(0, len(accounts), size)]
