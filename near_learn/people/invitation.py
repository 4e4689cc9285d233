"""An invitation to a group: a code to type and a link to open, good for some time and some people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, ForeignKey, Integer, String, Table, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime, db
from near_learn.people.person import Cohort
from near_learn.typed_code import TypedCode

# No sign that somebody could take for another one: no 0 and O, no 1, I and L, no U and V.
LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
# 38 bits, for people who are signed in and whose wrong tries are counted.
CODE = TypedCode(LETTERS, 8)
# 136 bits, for links: whoever opens one may become somebody here.
TOKEN = TypedCode(LETTERS, 28)
MOST_PLACES = 10_000


class Invitation(Model):
    """A way into a group. `used` counts those who came in by it."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    cohort: Mapped[str] = mapped_column(ForeignKey("cohort.id"), index=True)
    code: Mapped[str] = mapped_column(String(CODE.length), unique=True)
    token: Mapped[str] = mapped_column(String(TOKEN.length), unique=True)
    places: Mapped[int] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[str] = mapped_column(String(36))  # account

    def open(self, now: datetime) -> bool:
        """Whether somebody can still come in by it."""
        return now < self.closes_at and self.used < self.places


assert isinstance(Invitation.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Invitation.__table__


@dataclass(frozen=True)
class Secret:
    """What somebody typed or opened: a code or a token, as it is kept."""

    text: str
    is_token: bool


def read(text: str) -> Secret | None:
    """The code or token that somebody typed or opened; None for what can be neither."""
    if token := TOKEN.normal(text):
        return Secret(token, True)
    code = CODE.normal(text)
    return Secret(code, False) if code else None


def make(
    connection: Connection, cohort: str, *, places: int, closes_at: datetime, made_by: str, at: datetime
) -> str:
    """The id of a new invitation. The caller has checked the group and the numbers."""
    id_ = str(uuid4())
    connection.execute(
        insert(table).values(
            id=id_,
            cohort=cohort,
            code=CODE.new(),
            token=TOKEN.new(),
            places=places,
            used=0,
            made_at=at,
            closes_at=closes_at,
            made_by=made_by,
        )
    )
    return id_


def find(secret: Secret) -> Invitation | None:
    """The invitation with this code or token, open or not."""
    column = Invitation.token if secret.is_token else Invitation.code
    return db.session.scalar(select(Invitation).where(column == secret.text))


def find_open(secret: Secret, now: datetime) -> Invitation | None:
    """The invitation, if somebody can still come in by it."""
    found = find(secret)
    return found if found and found.open(now) and not closed_group(found) else None


def closed_group(found: Invitation) -> bool:
    """Whether the group takes in nobody at the moment, by whatever invitation."""
    return bool(db.session.scalar(select(Cohort.closed).where(Cohort.id == found.cohort)))


def of(cohort: str) -> list[Invitation]:
    """The group's invitations, the newest first."""
    query = select(Invitation).where(Invitation.cohort == cohort)
    return list(db.session.scalars(query.order_by(Invitation.made_at.desc(), Invitation.id)))


def take_place(connection: Connection, id_: str, now: datetime) -> bool:
    """Takes one of the places; False when there is none left, or it has closed. Decided by the database, so
    that two who come at once do not get the same place."""
    closed = table.c.cohort.in_(select(Cohort.id).where(Cohort.closed))
    left = (table.c.id == id_) & (table.c.used < table.c.places) & (table.c.closes_at > now) & ~closed
    taken = connection.execute(update(table).where(left).values(used=table.c.used + 1))
    return taken.rowcount == 1


def close(connection: Connection, id_: str, now: datetime) -> None:
    """Nobody else comes in by it; what is closed already stays as it is."""
    connection.execute(update(table).where(table.c.id == id_, table.c.closes_at > now).values(closes_at=now))


def remove_all(connection: Connection, cohort: str) -> None:
    """The group's invitations are gone, with the group."""
    connection.execute(delete(table).where(table.c.cohort == cohort))
