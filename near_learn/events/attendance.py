"""Who was at a gathering. Each row points to the statement that says so, and holds as long as that does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Row, Select, String, Table, Uuid, func, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.events import gathering as gatherings
from near_learn.events.gathering import Gathering
from near_learn.people import territory
from near_learn.people.person import Person
from near_learn.records import Learner, Recorder
from xapi.sql.tables import statement
from xapi.sql.upsert import insert_or_replace


class AttendanceRow(Model):
    """A person at a gathering, once."""

    __tablename__ = "attendance"

    gathering: Mapped[str] = mapped_column(ForeignKey("gathering.id"), primary_key=True)
    account: Mapped[str] = mapped_column(String(36), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    statement_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))


assert isinstance(AttendanceRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = AttendanceRow.__table__


def record(
    connection: Connection, recorder: Recorder, gathering: Gathering, learner: Learner, at: datetime
) -> bool:
    """Records that the learner was there; False when that was recorded before and still holds."""
    # First the lock: a form that is sent twice at the same moment is recorded once.
    recorder.ledger.begin(connection)
    if statement_of(connection, gathering.id, learner.account) is not None:
        return False
    meeting = recorder.builder.activities.meeting(
        gathering.course, gathering.id, gathering.title, gathering.language
    )
    statement_id = recorder.attend(connection, learner, gathering.course, meeting, at)
    row = {"gathering": gathering.id, "account": learner.account, "at": at, "statement_id": statement_id}
    insert_or_replace(connection, table, [row])
    return True


def take_off(connection: Connection, recorder: Recorder, id_: str, account: str, at: datetime) -> bool:
    """Withdraws what was recorded; False when nothing was, or nothing any more."""
    recorder.ledger.begin(connection)
    statement_id = statement_of(connection, id_, account)
    if statement_id is not None:
        recorder.withdraw(connection, statement_id, at)
    return statement_id is not None


def statement_of(connection: Connection, id_: str, account: str) -> str | None:
    """The statement that says that this account was at the gathering with this id."""
    query = _standing(table.c.statement_id).where(table.c.gathering == id_, table.c.account == account)
    found: str | None = connection.scalar(query)
    return found


def counts(connection: Connection) -> dict[str, int]:
    """How many people were at each gathering, by its id; those where nobody was are left out."""
    query = _standing(table.c.gathering, func.count().label("people")).group_by(table.c.gathering)
    return {row.gathering: row.people for row in connection.execute(query)}


def people(connection: Connection, id_: str, reader: Person) -> Sequence[Row[Any]]:
    """(account, name, region, at) of those who were there and whose records READER may see, by name."""
    mine = territory.of(reader).limits(Person.region.expression, Person.organisation_id.expression)
    query = (
        _standing(Person.account, Person.name, Person.region, table.c.at)
        .join(Person, Person.account == table.c.account)
        .where(table.c.gathering == id_, mine)
    )
    return connection.execute(query.order_by(Person.name, Person.account)).all()


def of(connection: Connection, account: str, course: str) -> Sequence[Row[Any]]:
    """(title, language, held_on) of the course's gatherings at which this account was, by day."""
    about = gatherings.table.c
    query = (
        _standing(about.title, about.language, about.held_on)
        .join(gatherings.table, about.id == table.c.gathering)
        .where(table.c.account == account, about.course == course)
    )
    return connection.execute(query.order_by(about.held_on, about.title)).all()


def _standing(*columns: Any) -> Select[Any]:
    """Only attendance that a statement still says: one that is voided, by whomever, does not count."""
    still = (statement.c.id == table.c.statement_id) & statement.c.voided.is_(False)
    return select(*columns).select_from(table).join(statement, still)
