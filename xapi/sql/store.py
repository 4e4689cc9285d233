"""Statements on SQLAlchemy Core: how they are written and read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, insert, select, update

from xapi import splice
from xapi.equality import same
from xapi.errors import XAPIError
from xapi.query import Query
from xapi.sql import activities, lock, references
from xapi.sql.chunks import chunks
from xapi.sql.tables import attachment, mention, statement
from xapi.store import Page, Record, Saved, Stored, moment, timestamp

_STORED = (statement.c.id, statement.c.seq, statement.c.text)
_READ_AT_ONCE = 500


class SQLStore:
    """The record store's tables in one database. Implements `xapi.store.Store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, connection: Connection, records: Sequence[Record], *, define: bool = True) -> Saved:
        """Store a batch whole, in order. XAPIError 409 when an id is taken by a different statement."""
        lock.take(connection)
        ids: list[str] = [record.statement["id"] for record in records]
        known = _known(connection, [record.id for record in records])
        new = [record for record in records if not _is_replay(record, known)]
        if not new:
            return Saved(ids, [], [])
        first = lock.next_seq(connection)
        numbered = [(first + place, record) for place, record in enumerate(new)]
        voided_now = _void_targets(connection, new)
        voided_new = _already_voided(connection, new)
        rows = [_row(seq, record, voided=record.id in voided_new) for seq, record in numbered]
        connection.execute(insert(statement), rows)
        _write_mentions(connection, numbered)
        _write_attachments(connection, new)
        references.follow(connection, new)
        if define:
            activities.define(connection, new)
        visible = [_stored(row) for row in rows if not row["voided"]]
        return Saved(ids, visible, voided_now)

    def get(self, connection: Connection, query: Query) -> Stored | None:
        """The one statement that the query names, voided or not as the query says."""
        wanted, _ = _filtered(query)
        row = connection.execute(wanted.where(statement.c.id == query.statement_id)).one_or_none()
        return None if row is None else _from_row(row)

    def some(self, connection: Connection, ids: Sequence[str]) -> dict[str, Stored]:
        """The statements with these ids that there are, by id; voided ones too."""
        return _known(connection, ids)

    def find(self, connection: Connection, query: Query, *, size: int, most_bytes: int) -> Page:
        """The next page: never more than `size` statements, and few more than `most_bytes` bytes of them.

        The order and all limits are on the sequence number, so statements stored meanwhile neither push
        others onto the next page nor make it skip any.
        """
        wanted, place = _filtered(query)
        found: list[Stored] = []
        weight = 0
        rows = connection.execute(
            wanted.order_by(place.asc() if query.ascending else place.desc()).limit(size + 1)
        )
        for row in rows:
            if len(found) == size or weight > most_bytes:
                rows.close()
                return Page(found, found[-1].seq)
            found.append(_from_row(row))
            weight += len(found[-1].text)
        return Page(found, None)

    def read(
        self,
        connection: Connection,
        *,
        registration: str | None = None,
        after: int = 0,
        limit: int | None = None,
        voided: bool = False,
    ) -> Iterator[Stored]:
        """Statements in stored order, some hundred at a time, so that the caller may write meanwhile."""
        wanted = select(*_STORED).order_by(statement.c.seq)
        if registration is not None:
            wanted = wanted.where(statement.c.registration == registration)
        if not voided:
            wanted = wanted.where(statement.c.voided.is_(False))
        left = limit
        while left is None or left > 0:
            size = _READ_AT_ONCE if left is None else min(left, _READ_AT_ONCE)
            rows = connection.execute(wanted.where(statement.c.seq > after).limit(size)).all()
            yield from map(_from_row, rows)
            if len(rows) < size:
                return
            after = rows[-1].seq
            left = None if left is None else left - size

    def attachments(self, connection: Connection, ids: Sequence[str]) -> list[Row[Any, Any, Any]]:
        """The attachments that came with these statements: sha2, content_type and content, each hash once."""
        found: dict[str, Row[Any, Any, Any]] = {}
        for some in chunks(ids):
            columns = (attachment.c.sha2, attachment.c.content_type, attachment.c.content)
            for row in connection.execute(select(*columns).where(attachment.c.statement_id.in_(some))):
                found.setdefault(row.sha2, row)
        return list(found.values())

    def consistent_through(self) -> datetime:
        """A time up to which every statement that is or will be stored can already be read."""
        return moment(lock.consistent_through(self.engine))


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Stored]:
    found = {}
    for some in chunks(ids):
        for row in connection.execute(select(*_STORED).where(statement.c.id.in_(some))):
            found[row.id] = _from_row(row)
    return found


def _is_replay(record: Record, known: dict[str, Stored]) -> bool:
    """Whether the statement is there already; then it stays as it is (1.0.3 Part 3, 2.1.1 and 2.1.2)."""
    stored = known.get(record.id)
    if stored is None:
        return False
    if not same(stored.statement, dict(record.statement)):
        raise XAPIError(f"a different statement with the id {record.id} is stored already", status=409)
    return True


def _row(seq: int, record: Record, *, voided: bool) -> dict[str, Any]:
    time = f'"{timestamp(seq)}"'
    additions = {"stored": time}
    if "timestamp" not in record.statement:
        additions["timestamp"] = time
    return {
        "id": record.id,
        "seq": seq,
        "registration": record.registration,
        "refers_to": record.refers_to,
        "voiding": record.voiding,
        "voided": voided,
        "version": record.version,
        "text": splice.append(record.text, additions),
    }


def _void_targets(connection: Connection, new: Sequence[Record]) -> list[Stored]:
    """Void what the new statements void, apart from voiding statements (1.0.3 Part 2, 2.3.2)."""
    targets = sorted({record.refers_to for record in new if record.voiding and record.refers_to})
    voided: list[Stored] = []
    for some in chunks(targets):
        chosen = (statement.c.id.in_(some), statement.c.voiding.is_(False), statement.c.voided.is_(False))
        rows = connection.execute(select(*_STORED).where(*chosen)).all()
        if rows:
            connection.execute(update(statement).where(*chosen).values(voided=True))
            voided.extend(map(_from_row, rows))
    return sorted(voided, key=lambda one: one.seq)


def _already_voided(connection: Connection, new: Sequence[Record]) -> set[str]:
    """Those of the new statements whose voiding statement came before them or comes with them."""
    candidates = {record.id for record in new if not record.voiding}
    voided = {record.refers_to for record in new if record.voiding and record.refers_to}
    for some in chunks(sorted(candidates)):
        sent_before = (statement.c.refers_to.in_(some), statement.c.voiding.is_(True))
        voided.update(connection.execute(select(statement.c.refers_to).where(*sent_before)).scalars())
    return {one for one in voided if one in candidates}


def _write_mentions(connection: Connection, numbered: Sequence[tuple[int, Record]]) -> None:
    rows = [
        {"term": term, "seq": seq, "statement_id": record.id}
        for seq, record in numbered
        for term in record.terms.shared | record.terms.own
    ]
    # In the order of the key, so that neighbouring rows go to the same page of the index.
    rows.sort(key=lambda row: (row["term"], row["seq"]))
    connection.execute(insert(mention), rows)


def _write_attachments(connection: Connection, new: Sequence[Record]) -> None:
    rows = [
        {
            "statement_id": record.id,
            "sha2": one.sha2,
            "content_type": one.content_type,
            "content": one.content,
        }
        for record in new
        for one in record.attachments
    ]
    if rows:
        connection.execute(insert(attachment), rows)


def _filtered(query: Query) -> tuple[Select[Any], ColumnElement[int]]:
    """The chosen statements, and the column by which they are ordered and divided into pages.

    With terms, that is the column of the narrow table: then the database walks along its key and stops
    when the page is full, instead of sorting everything that matches.
    """
    wanted = select(*_STORED).select_from(statement).where(statement.c.voided.is_(query.voided))
    place: ColumnElement[int] = statement.c.seq
    for number, term in enumerate(query.terms):
        of = mention.alias(f"mention_{number}")
        wanted = wanted.join(of, (of.c.statement_id == statement.c.id) & (of.c.seq == place))
        wanted = wanted.where(of.c.term == term)
        place = of.c.seq if number == 0 else place
    if query.registration is not None:
        wanted = wanted.where(statement.c.registration == query.registration)
    if query.since is not None:
        wanted = wanted.where(place > query.since)
    if query.until is not None:
        wanted = wanted.where(place <= query.until)
    if query.cursor is not None:
        wanted = wanted.where(place > query.cursor if query.ascending else place < query.cursor)
    return wanted, place


def _stored(row: dict[str, Any]) -> Stored:
    return Stored(row["id"], row["seq"], row["text"].encode())


def _from_row(row: Row[Any, Any, Any]) -> Stored:
    return Stored(row.id, row.seq, row.text.encode())
