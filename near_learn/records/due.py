"""Which registrations have changed since reports were last counted: written with their rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Connection, Select, String, Table, insert, select

from near_learn.db import Base
from near_learn.records import progress
from xapi.sql.upsert import insert_missing

due = Table("tally_due", Base.metadata, Column("registration", String(36), primary_key=True))


def note(connection: Connection, registrations: Iterable[str]) -> None:
    """Notes that these registrations have changed."""
    insert_missing(connection, due, [{"registration": name} for name in sorted(set(registrations))])


def note_chosen(connection: Connection, chosen: Select[str]) -> None:
    """Notes the registrations that the query CHOSEN finds. Only under the write lock."""
    wanted = chosen.subquery()
    column = wanted.c[0]
    missing = select(column).where(column.not_in(select(due.c.registration))).distinct()
    connection.execute(insert(due).from_select(["registration"], missing))


def note_all(connection: Connection) -> None:
    """Notes every registration that there is now. Only under the write lock."""
    note_chosen(connection, select(progress.registration.c.registration))
