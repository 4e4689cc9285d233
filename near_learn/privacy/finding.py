"""Finding the rows that are about a person, table by table, as holdings.py declares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from near_learn.privacy import audit, stored
from near_learn.privacy.holdings import Holding, Key
from near_learn.privacy.identities import Identities
from xapi.sql.chunks import chunks
from xapi.sql.documents import Holder, agent_digest
from xapi.sql.tables import activity, document, statement


def count(
    connection: Connection, holding: Holding, person_id: int, who: Identities, registrations: Sequence[str]
) -> int:
    """How many rows of a holding are about the person."""
    source = holding.source
    return sum(
        connection.scalar(select(func.count()).select_from(source).where(condition)) or 0
        for condition in conditions(connection, holding, person_id, who, registrations)
    )


def conditions(
    connection: Connection, holding: Holding, person_id: int, who: Identities, registrations: Sequence[str]
) -> list[ColumnElement[bool]]:
    """What finds the rows of a holding that are about the person: conditions no row of which is in two."""
    column = holding.source.c[holding.column]
    if holding.key is Key.PERSON:
        return [column == person_id]
    if holding.key is Key.ACCOUNT:
        known = who.actors() if holding.table == "registration" else [who.account]
        return [column.in_(known)]
    if holding.key is Key.REGISTRATION:
        return [column.in_(some) for some in chunks(registrations)]
    if holding.key is Key.SUBJECT:
        handle = audit.handle_of(connection, who.account)
        both = or_(column == handle, holding.source.c.actor == handle)
        return [both] if handle else []
    if holding.key is Key.AGENT and holding.table == "credential":
        named = [column.contains(who.account, autoescape=True), column.icontains(who.email, autoescape=True)]
        return [or_(*named)]
    if holding.key is Key.AGENT:
        return [column.in_([agent_digest(one) for one in who.known]), *_older_documents(connection, who)]
    return [statement_in(column, some) for some in chunks(stored.ids(connection, who))]


def _older_documents(connection: Connection, who: Identities) -> list[ColumnElement[bool]]:
    """Documents that were stored before their rows said whose they are: found by what they can belong to."""
    unknown = document.c.resource == ""
    if connection.scalar(select(document.c.digest).where(unknown).limit(1)) is None:
        return []
    iris = list(connection.scalars(select(activity.c.iri)))
    holders = [Holder("agent", agent=one).digest for one in who.known]
    holders += [Holder("state", iri, one).digest for iri in iris for one in who.known]
    return [unknown & document.c.holder.in_(some) for some in chunks(holders)]


def statement_in(column: Any, some: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a row belongs to one of these statements."""
    found: ColumnElement[bool] = column.in_(some)
    return found


def statements_of(connection: Connection, who: Identities) -> list[str]:
    """The ids of the statements about the person, in stored order."""
    found: list[tuple[int, str]] = []
    for some in chunks(stored.ids(connection, who)):
        rows = connection.execute(select(statement.c.seq, statement.c.id).where(statement.c.id.in_(some)))
        found.extend((row.seq, row.id) for row in rows)
    return [id_ for _, id_ in sorted(found)]
