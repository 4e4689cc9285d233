"""A gathering of people about a course: announced by a trainer, with a code for those who were there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from sqlalchemy import Connection, Date, String, Table, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime, db
from near_learn.people import territory
from near_learn.people.person import Person
from near_learn.typed_code import TypedCode

# No sign that somebody could take for another one, read from a wall: no 0 and O, no 1, I and L, no U and V.
LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 8
# 38 bits. Tries are counted, so that a code cannot be found by trying.
CODE = TypedCode(LETTERS, LENGTH)
new_code, normal = CODE.new, CODE.normal
LONGEST_TITLE = 200


class Kind(StrEnum):
    """What people gather for."""

    LEARNING_EVENT = "learning-event"
    STUDY_VISIT = "study-visit"
    PEER_REVIEW = "peer-review"


NAMES = {
    Kind.LEARNING_EVENT: lazy_gettext("Learning event"),
    Kind.STUDY_VISIT: lazy_gettext("Study visit"),
    Kind.PEER_REVIEW: lazy_gettext("Peer review"),
}


class State(StrEnum):
    """Whether attendance can be recorded."""

    EARLY = "early"
    OPEN = "open"
    CLOSED = "closed"


class Gathering(Model):
    """One gathering. It belongs to the region and the organisation of whoever announced it."""

    __tablename__ = "gathering"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    course: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    language: Mapped[str] = mapped_column(String(8))  # of the title
    region: Mapped[str] = mapped_column(String(5))
    organisation: Mapped[str] = mapped_column(String(36), server_default="")  # "" when of none
    held_on: Mapped[date] = mapped_column(Date)
    code: Mapped[str] = mapped_column(String(LENGTH), unique=True)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[str] = mapped_column(String(36))  # account of the organiser

    def state(self, now: datetime, zone: ZoneInfo) -> State:
        """It opens on its day, because nobody has attended what is still to come."""
        if now >= self.closes_at:
            return State.CLOSED
        return State.EARLY if now.astimezone(zone).date() < self.held_on else State.OPEN


assert isinstance(Gathering.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Gathering.__table__


def closing(held_on: date, zone: ZoneInfo) -> datetime:
    """The end of the day after: who has no network at the event can still type the code at home."""
    return datetime.combine(held_on + timedelta(days=2), time(), zone)


def announce(
    connection: Connection,
    *,
    course: str,
    kind: Kind,
    title: str,
    language: str,
    region: str,
    held_on: date,
    closes_at: datetime,
    created_by: str,
    organisation: str = "",
) -> str:
    """The id of a new gathering. The caller has checked the course and the title."""
    id_ = str(uuid4())
    connection.execute(
        insert(table).values(
            id=id_,
            course=course,
            kind=kind.value,
            title=title,
            language=language,
            region=region,
            organisation=organisation,
            held_on=held_on,
            code=new_code(),
            closes_at=closes_at,
            created_by=created_by,
        )
    )
    return id_


def close(connection: Connection, id_: str, at: datetime) -> None:
    """Nobody else can record attendance from then on; what is closed already stays as it is."""
    connection.execute(update(table).where(table.c.id == id_, table.c.closes_at > at).values(closes_at=at))


def by_code(code: str) -> Gathering | None:
    """The gathering with this code, as it is written in the table."""
    return db.session.scalar(select(Gathering).where(Gathering.code == code))


def seen_by(reader: Person, id_: str | None = None) -> list[Gathering]:
    """Those that READER announced, or that belong to their territory, the newest first; or just one."""
    mine = territory.of(reader).limits(table.c.region, table.c.organisation)
    query = select(Gathering).where(or_(table.c.created_by == reader.account, mine))
    if id_ is not None:
        query = query.where(table.c.id == id_)
    return list(db.session.scalars(query.order_by(table.c.held_on.desc(), table.c.title, table.c.id)))
