"""Links with which a person sets a password: good once, for some time, and kept as a hash only."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import Connection, ForeignKey, String, Table, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.config import Settings
from near_learn.db import Model, UTCDateTime
from near_learn.people.device import hashed

PATH = "/password/"


class Purpose(StrEnum):
    """Why there is a link: a password was forgotten, or there never was one."""

    RESET = "reset"
    FIRST = "first"


LIFETIMES = {Purpose.RESET: timedelta(hours=1), Purpose.FIRST: timedelta(days=14)}


class PasswordLink(Model):
    """A link that was not used yet. Its id is a hash: a copy of the database opens nothing."""

    __tablename__ = "password_link"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime())
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


assert isinstance(PasswordLink.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = PasswordLink.__table__


@dataclass(frozen=True)
class Found:
    """Whose link it is and what for."""

    person_id: int
    purpose: Purpose


def first_password_links(connection: Connection, persons: Sequence[int]) -> list[str]:
    """The whole addresses at which new people choose their first password, good for 14 days.

    In the caller's write transaction. Each is a secret: it belongs into a mail to that person and nowhere
    else.
    """
    return _made(connection, persons, Purpose.FIRST, datetime.now(UTC))


def first_password_link(connection: Connection, person_id: int) -> str:
    """The same for one person."""
    return first_password_links(connection, [person_id])[0]


def made(connection: Connection, person_id: int, purpose: Purpose, now: datetime) -> str:
    """The whole address of a new link. Links made earlier stay good for their time."""
    return _made(connection, [person_id], purpose, now)[0]


def _made(connection: Connection, persons: Sequence[int], purpose: Purpose, now: datetime) -> list[str]:
    connection.execute(delete(table).where(table.c.expires_at <= now))
    tokens = [secrets.token_urlsafe(32) for _ in persons]
    times = {"made_at": now, "expires_at": now + LIFETIMES[purpose]}
    rows = [
        {"id": hashed(token), "person_id": person, "purpose": purpose.value, **times}
        for token, person in zip(tokens, persons, strict=True)
    ]
    if rows:
        connection.execute(insert(table), rows)
    settings: Settings = current_app.extensions["settings"]
    return [settings.base_url + PATH + token for token in tokens]


def found(connection: Connection, token: str, now: datetime) -> Found | None:
    """What the link is for; None when it was used, has expired, or never was."""
    row = connection.execute(
        select(table).where(table.c.id == hashed(token), table.c.expires_at > now)
    ).first()
    return Found(row.person_id, Purpose(row.purpose)) if row else None


def spent(connection: Connection, token: str, now: datetime) -> bool:
    """Uses the link, and with it every other of this person; False when it is good no longer.

    The row is deleted, so that of two who use one link at once only one does.
    """
    known = found(connection, token, now)
    if known is None or connection.execute(delete(table).where(table.c.id == hashed(token))).rowcount != 1:
        return False
    forget(connection, known.person_id)
    return True


def forget(connection: Connection, person_id: int) -> None:
    """No link of this person is good any more."""
    connection.execute(delete(table).where(table.c.person_id == person_id))


def made_since(connection: Connection, person_id: int, purpose: Purpose, since: datetime) -> int:
    """How many links of this purpose were made since then and not used."""
    mine = (table.c.person_id == person_id, table.c.purpose == purpose.value, table.c.made_at > since)
    return connection.scalar(select(func.count()).select_from(table).where(*mine)) or 0
