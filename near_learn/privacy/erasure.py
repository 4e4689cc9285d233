"""Erasing a person: what it would do, doing it in one transaction, and the receipt that stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from flask import current_app
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.certificates.certificate import new_code
from near_learn.config import Settings
from near_learn.db import Model, UTCDateTime
from near_learn.people.person import Person, Role
from near_learn.privacy import audit, finding, keyed, stored, tombstone
from near_learn.privacy.holdings import Effect, Holding, Key, present
from near_learn.privacy.identities import Identities
from near_learn.privacy.stored import Changes
from near_learn.records.progress import registration
from near_learn.records.projection import Projection
from xapi.sql import lock


class State(StrEnum):
    """What became of a request to be erased."""

    ASKED = "asked"
    DECLINED = "declined"
    DONE = "done"


class Erasure(Model):
    """A request to be erased; once it is done, its receipt: when, and how many rows of what."""

    __tablename__ = "erasure"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(String(36), index=True)  # "" once it is done
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime())
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    counts: Mapped[dict[str, int]] = mapped_column(JSON)


assert isinstance(Erasure.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Erasure.__table__


class LastOperator(Exception):
    """Nobody could look after the installation any more."""


@dataclass(frozen=True)
class Plan:
    """What erasing a person would do. `counts`: rows by holding (see holdings.py), none of them 0.

    Beside the holdings: `texts` of statements that are taken out, and `named`, statements that hold the name
    and stay, because somebody else has the same.
    """

    person_id: int
    who: Identities
    registrations: tuple[str, ...]
    changes: Changes
    counts: Mapping[str, int]


def plan(connection: Connection, person: Person) -> Plan:
    """Looks at everything that is held about PERSON and changes nothing. Raises keyed.NoKey, LastOperator."""
    keyed.needed(tombstone.PURPOSE)
    if person.role == Role.OPERATOR and _operators(connection) <= 1:
        raise LastOperator
    settings: Settings = current_app.extensions["settings"]
    who = Identities.of(connection, person, settings.base_url)
    made = stored.changes(connection, who)
    query = select(registration.c.registration).where(registration.c.actor.in_(who.actors()))
    registrations = tuple(connection.scalars(query.order_by(registration.c.registration)))
    found = {
        "texts": made.texts,
        "named": made.named,
        "xapi_statement": len(made.statements),
        "xapi_attachment": made.attachments,
    }
    for holding in present():
        if holding.table not in found or holding.key is not Key.STATEMENT:
            found[holding.name] = finding.count(connection, holding, person.id, who, registrations)
    return Plan(
        person.id, who, registrations, made, {name: number for name, number in found.items() if number}
    )


def erase(connection: Connection, person: Person, *, actor: str, at: datetime | None = None) -> str:
    """Erases PERSON in the caller's write transaction; the id of the receipt. Raises as `plan` does.

    Whoever counts statements, registrations or people finds as many as before.
    """
    at = at or datetime.now(UTC)
    lock.take(connection)
    if connection.dialect.name == "sqlite":
        # What is deleted is overwritten in the file, not only forgotten.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    made = plan(connection, person)
    account, fresh = made.who.account, made.who.stand_in(made.who.first)
    done = _answer(connection, account, State.DONE, at, made.counts)
    tombstone.put(connection, done, made.who.known, made.who.email, at)
    audit.note(connection, actor=actor, action="erasure.done", about=account, detail={"receipt": done})
    for holding in present():
        if holding.table != "person":
            _apply(connection, holding, made, fresh)
    stored.write(connection, made.who, made.changes)
    projection: Projection = current_app.extensions["projection"]
    for name in sorted({*made.registrations, *made.changes.registrations}):
        projection.renew(connection, name)
    connection.execute(delete(Person).where(Person.id == made.person_id))
    return done


def ask(connection: Connection, account: str, at: datetime) -> bool:
    """Keeps a person's own request until an operator answers it; False when one waits already."""
    if waiting(connection, account) is not None:
        return False
    row = {"id": str(uuid4()), "account": account, "state": State.ASKED.value, "asked_at": at, "counts": {}}
    connection.execute(insert(table).values(row))
    audit.note(connection, actor=account, action="erasure.asked", about=account)
    return True


def withdraw(connection: Connection, account: str) -> bool:
    """Takes a request back; False when none waits."""
    mine = (table.c.account == account, table.c.state == State.ASKED.value)
    return connection.execute(delete(table).where(*mine)).rowcount > 0


def decline(connection: Connection, account: str, *, actor: str, at: datetime) -> bool:
    """Answers a request with no; False when none waits."""
    if waiting(connection, account) is None:
        return False
    _answer(connection, account, State.DECLINED, at, {})
    audit.note(connection, actor=actor, action="erasure.declined", about=account)
    return True


def receipt(connection: Connection, id_: str) -> Row[Any]:
    """The receipt of an erasure that was done. Raises LookupError when there is none."""
    query = select(table).where(table.c.id == id_, table.c.state == State.DONE.value)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise LookupError(id_)
    return found


def requests(connection: Connection) -> Sequence[Row[Any]]:
    """(account, asked_at, name) of the requests that wait, the oldest first."""
    columns = (table.c.account, table.c.asked_at, Person.name)
    query = select(*columns).join(Person, Person.account == table.c.account)
    waits = query.where(table.c.state == State.ASKED.value)
    return connection.execute(waits.order_by(table.c.asked_at, table.c.id)).all()


def receipts(connection: Connection, most: int) -> Sequence[Row[Any]]:
    """The newest receipts."""
    query = select(table).where(table.c.state == State.DONE.value)
    return connection.execute(query.order_by(table.c.answered_at.desc(), table.c.id).limit(most)).all()


def waiting(connection: Connection, account: str) -> datetime | None:
    """Since when a request of this person waits."""
    query = select(table.c.asked_at).where(table.c.account == account, table.c.state == State.ASKED.value)
    found: datetime | None = connection.scalar(query)
    return found


def _apply(connection: Connection, holding: Holding, made: Plan, fresh: str) -> None:
    if holding.key is Key.STATEMENT or holding.effect in (Effect.AGAIN, Effect.STAY):
        return
    source = holding.source
    for condition in finding.conditions(connection, holding, made.person_id, made.who, made.registrations):
        if holding.effect is Effect.DELETE:
            connection.execute(delete(source).where(condition))
        elif holding.effect is Effect.FOLLOW:
            connection.execute(update(source).where(condition).values({holding.column: fresh}))
        else:
            _blank(connection, holding, condition)


def _blank(connection: Connection, holding: Holding, condition: ColumnElement[bool]) -> None:
    source = holding.source
    connection.execute(update(source).where(condition).values(dict(holding.blank)))
    if holding.table == "certificate":
        # Whoever has the paper could find the registration by the code on it.
        for code in connection.scalars(select(source.c.code).where(condition)).all():
            connection.execute(update(source).where(source.c.code == code).values(code=new_code()))


def _answer(
    connection: Connection, account: str, state: State, at: datetime, counts: Mapping[str, int]
) -> str:
    """The receipt: of the request that waits, or of a new one where nobody asked."""
    values: dict[str, Any] = {"state": state.value, "answered_at": at, "counts": dict(counts)}
    if state is State.DONE:
        # Earlier requests of theirs, declined ones too, tell nothing any more.
        gone = (table.c.account == account, table.c.state != State.ASKED.value)
        connection.execute(delete(table).where(*gone))
        values["account"] = ""
    mine = (table.c.account == account, table.c.state == State.ASKED.value)
    id_: str | None = connection.scalar(select(table.c.id).where(*mine))
    if id_ is not None:
        connection.execute(update(table).where(table.c.id == id_).values(values))
        return id_
    id_ = str(uuid4())
    connection.execute(insert(table).values({"id": id_, "account": account, "asked_at": at} | values))
    return id_


def _operators(connection: Connection) -> int:
    query = select(func.count()).where(Person.role == Role.OPERATOR.value, Person.active.is_(True))
    return connection.scalar(query) or 0
