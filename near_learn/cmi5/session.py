"""Registrations in imported courses, where they stand in each unit, and the sessions of units."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Float, Index, Row, String, Table, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.people.secret import hashed

# How the key of a session's credential begins: the record store then asks here and not in its own table.
KEY = "cmi5."
UUID = String(36)


class Registration(Model):
    """One person's way through one imported course, as far as launching needs to know."""

    __tablename__ = "cmi5_registration"
    __table_args__ = (Index("ix_cmi5_registration_account_course", "account", "course"),)

    registration: Mapped[str] = mapped_column(UUID, primary_key=True)
    course: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(64))  # as in the progress rows
    agent: Mapped[str] = mapped_column(Text)  # JSON, as statements have it in their actor
    language: Mapped[str] = mapped_column(String(35))
    # Our extensions of the context: region, organisation and group as they were when it began.
    extensions: Mapped[dict[str, str]] = mapped_column(JSON)
    satisfied: Mapped[list[str]] = mapped_column(JSON)  # ids of blocks, and "" for the course
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())


class UnitState(Model):
    """What has been said of a unit in a registration that counts for its moveOn."""

    __tablename__ = "cmi5_unit"

    registration: Mapped[str] = mapped_column(UUID, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), primary_key=True)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    passed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    waived_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class Session(Model):
    """One launch of a unit, until it ends: its id, its secrets as hashes, and what has been said in it."""

    __tablename__ = "cmi5_session"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    registration: Mapped[str] = mapped_column(UUID, index=True)
    unit: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(10))
    mastery_score: Mapped[float | None] = mapped_column(Float)
    fetch_hash: Mapped[str] = mapped_column(String(80), unique=True)
    token_hash: Mapped[str] = mapped_column(String(80))  # "" until it was fetched
    launched_at: Mapped[datetime] = mapped_column(UTCDateTime())
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime())
    preferences_read: Mapped[bool] = mapped_column(Boolean)  # 11.0: on start-up
    said: Mapped[list[str]] = mapped_column(JSON)  # the verbs of cmi5 defined statements, in order
    last_at: Mapped[datetime | None] = mapped_column(UTCDateTime())  # of the unit's last statement
    last_statement: Mapped[str] = mapped_column(UUID)  # the id of `terminated`, else ""
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())  # terminated or abandoned
    abandoned: Mapped[bool] = mapped_column(Boolean)


def _table(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 (for the type checker)
    return table


registrations = _table(Registration)
units = _table(UnitState)
sessions = _table(Session)


@dataclass(frozen=True)
class Enrolled:
    """A registration's row."""

    registration: str
    course: str
    account: str
    actor: Mapping[str, Any]
    language: str
    extensions: Mapping[str, str]
    satisfied: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What counts of a unit."""

    completed: bool = False
    passed: bool = False
    waived: bool = False

    def meets(self, move_on: str) -> bool:
        """13.1.4, moveOn; 9.3.9: what was waived counts as met."""
        return (
            self.waived
            or move_on == "NotApplicable"
            or (move_on == "Passed" and self.passed)
            or (move_on == "Completed" and self.completed)
            or (move_on == "CompletedAndPassed" and self.completed and self.passed)
            or (move_on == "CompletedOrPassed" and (self.completed or self.passed))
        )


def enrolled(connection: Connection, registration: str) -> Enrolled | None:
    """The registration, or None."""
    row = connection.execute(
        select(registrations).where(registrations.c.registration == registration)
    ).one_or_none()
    return None if row is None else _enrolled(row)


def latest(connection: Connection, account: str, course: str) -> Enrolled | None:
    """The person's latest registration in the course."""
    query = select(registrations).where(registrations.c.account == account, registrations.c.course == course)
    row = connection.execute(query.order_by(registrations.c.created_at.desc()).limit(1)).one_or_none()
    return None if row is None else _enrolled(row)


def of_person(connection: Connection, account: str) -> dict[str, Enrolled]:
    """The person's latest registration in each imported course, by course."""
    query = select(registrations).where(registrations.c.account == account)
    rows = connection.execute(query.order_by(registrations.c.created_at))
    return {row.course: _enrolled(row) for row in rows}


def standings(connection: Connection, registration: str) -> dict[str, Standing]:
    """What counts, by unit; units of which nothing counts yet are left out."""
    rows = connection.execute(select(units).where(units.c.registration == registration))
    return {
        row.unit: Standing(bool(row.completed_at), bool(row.passed_at), bool(row.waived_at)) for row in rows
    }


def find(connection: Connection, id_: str) -> Row[Any] | None:
    """The session's row."""
    return connection.execute(select(sessions).where(sessions.c.id == id_)).one_or_none()


def open_in(connection: Connection, registration: str) -> list[Row[Any]]:
    """The sessions of the registration that nobody has ended."""
    query = select(sessions).where(sessions.c.registration == registration, sessions.c.ended_at.is_(None))
    return list(connection.execute(query.order_by(sessions.c.launched_at)))


def fetched(connection: Connection, secret: str, now: datetime) -> str | None:
    """The token of the session whose fetch address has SECRET, this once (8.2.3.1); None the next time.

    Raises LookupError for a secret of no session.
    """
    hash_ = hashed(secret, machine_made=True)
    row = connection.execute(select(sessions).where(sessions.c.fetch_hash == hash_)).one_or_none()
    if row is None:
        raise LookupError("no session has this address")
    if row.token_hash or row.ended_at is not None or row.expires_at <= now:
        return None
    made = secrets.token_urlsafe(32)
    # Of two who ask at the same moment, only one finds it without a token.
    taken = connection.execute(
        update(sessions)
        .where(sessions.c.id == row.id, sessions.c.token_hash == "")
        .values(token_hash=hashed(made, machine_made=True))
    )
    return base64.b64encode(f"{KEY}{row.id}:{made}".encode()).decode() if taken.rowcount else None


def _enrolled(row: Row[Any]) -> Enrolled:
    return Enrolled(
        row.registration,
        row.course,
        row.account,
        json.loads(row.agent),
        row.language,
        row.extensions,
        tuple(row.satisfied),
    )
