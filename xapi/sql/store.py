"""Statements in SQL: how they are written and read. The hot path: every request comes through here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, select, update

from xapi import splice
from xapi.equality import same
from xapi.errors import XAPIError
from xapi.query import Query
from xapi.sql import activities, driver, lock, mentions, references, walk
from xapi.sql.chunks import chunks
from xapi.sql.reader import Readers
from xapi.sql.tables import attachment, statement
from xapi.sql.upsert import insert
from xapi.store import Page, Record, Saved, Stored, timestamp

_STORED = (statement.c.id, statement.c.seq, statement.c.text)
_READ_AT_ONCE = 500
_STATEMENT = ("id", "seq", "registration", "refers_to", "voiding", "voided", "version", "text")
_ATTACHMENT = ("statement_id", "sha2", "content_type", "content")


class _Numbered(NamedTuple):
    """A record that has its place in stored order, and the whole text that is kept."""

    seq: int
    record: Record
    text: str


class SQLStore:
    """The record store's tables in one database. Implements `xapi.store.Store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.readers = Readers(engine)
        self.watermark = lock.Watermark(self.readers)

    def add(self, connection: Connection, records: Sequence[Record], *, define: bool = True) -> Saved:
        """Store a batch whole, in order. XAPIError 409 when an id is taken by a different statement."""
        ids: list[str] = [record.statement["id"] for record in records]
        found = _beforehand(connection, [record.id for record in records])
        new = [record for record in records if not _is_replay(record, found.known)]
        if not new:
            return Saved(ids, [], [])
        numbered = [
            _Numbered(seq, record, _text(seq, record)) for seq, record in enumerate(new, found.next_seq)
        ]
        referred = references.among(found.referring, new)
        voided_now = void_targets(connection, new)
        with driver.together(connection):
            _write_statements(connection, numbered, referred.voided)
            _write_mentions(connection, numbered)
            _write_attachments(connection, new)
        references.follow(connection, new, referred.ids)
        activities.define(connection, [record for record in new if define and record.defines])
        visible = [
            Stored.of(one.record, one.seq, one.text)
            for one in numbered
            if one.record.id not in referred.voided
        ]
        return Saved(ids, visible, voided_now, numbered[-1].seq)

    def get(self, connection: Connection, query: Query) -> Stored | None:
        """The one statement that the query names, voided or not as the query says."""
        found = [walk.stored(row) for row in driver.each(connection, *walk.query(connection, query))]
        return found[0] if found else None

    def some(self, connection: Connection, ids: Sequence[str]) -> dict[str, Stored]:
        """The statements with these ids that there are, by id; voided ones too."""
        return existing(connection, ids)

    def find(self, connection: Connection, query: Query, *, size: int, most_bytes: int) -> Page:
        """The next page: never more than `size` statements, and few more than `most_bytes` bytes of them.

        The order and all limits are on the sequence number, so statements stored meanwhile neither push
        others onto the next page nor make it skip any.
        """
        found: list[Stored] = []
        weight = 0
        for row in driver.each(connection, *walk.query(connection, query, most=size + 1)):
            if len(found) == size or weight > most_bytes:
                return Page(found, found[-1].seq)
            found.append(walk.stored(row))
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
        kind, left = None if voided else False, limit
        while left is None or left > 0:
            size = _READ_AT_ONCE if left is None else min(left, _READ_AT_ONCE)
            query = Query(registration=registration, voided=kind, cursor=after, ascending=True)
            rows = driver.rows(connection, *walk.query(connection, query, size))
            yield from map(walk.stored, rows)
            if len(rows) < size:
                return
            after = rows[-1][1]
            left = None if left is None else left - size

    def attachments(self, connection: Connection, ids: Sequence[str]) -> list[Row[Any, Any, Any]]:
        """The attachments that came with these statements: sha2, content_type and content, each hash once."""
        found: dict[str, Row[Any, Any, Any]] = {}
        for some in chunks(ids):
            columns = (attachment.c.sha2, attachment.c.content_type, attachment.c.content)
            for row in connection.execute(select(*columns).where(attachment.c.statement_id.in_(some))):
                found.setdefault(row.sha2, row)
        return list(found.values())

    def consistent_through(self) -> int:
        """The number up to which every statement that is or will be stored can already be read."""
        return self.watermark.through()


def existing(connection: Connection, ids: Sequence[str]) -> dict[str, Stored]:
    """The statements with these ids that are stored, by id."""
    return _by_id(driver.rows(connection, *_existing(connection, ids)))


def _existing(connection: Connection, ids: Sequence[str]) -> driver.Query:
    where, parameters = driver.among_uuids(connection, "s.id", ids)
    sql = f"SELECT {walk.columns(connection)} FROM xapi_statement s WHERE {where}"  # noqa: S608 (no values)
    return sql, parameters


def _by_id(rows: Sequence[driver.Row]) -> dict[str, Stored]:
    return {one.id: one for one in map(walk.stored, rows)}


class _Before(NamedTuple):
    """What must be known before statements are stored."""

    known: dict[str, Stored]
    next_seq: int
    referring: list[driver.Row]


def _beforehand(connection: Connection, ids: Sequence[str]) -> _Before:
    """It is asked under the write lock, which is taken first, in one message where that is possible."""
    queries = [*lock.queries(connection), _existing(connection, ids), references.query(connection, ids)]
    *_, numbers, known, referring = driver.several(connection, queries)
    return _Before(_by_id(known), lock.first(connection, numbers), referring)


def _is_replay(record: Record, known: dict[str, Stored]) -> bool:
    """Whether the statement is there already; then it stays as it is (1.0.3 Part 3, 2.1.1 and 2.1.2)."""
    stored = known.get(record.id)
    if stored is None:
        return False
    if not same(stored.statement, dict(record.statement)):
        raise XAPIError(f"a different statement with the id {record.id} is stored already", status=409)
    return True


def _text(seq: int, record: Record) -> str:
    time = f'"{timestamp(seq)}"'
    additions = {"stored": time}
    if "timestamp" not in record.statement:
        additions["timestamp"] = time
    return splice.append(record.text, additions)


def void_targets(connection: Connection, new: Sequence[Record]) -> list[Stored]:
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


def _write_statements(connection: Connection, numbered: Sequence[_Numbered], voided: Collection[str]) -> None:
    rows = []
    for seq, record, text in numbered:
        refers = (record.refers_to, record.voiding, record.id in voided)
        rows.append((record.id, seq, record.registration, *refers, record.version, text))
    insert(connection, statement, _STATEMENT, rows)


def _write_mentions(connection: Connection, numbered: Sequence[_Numbered]) -> None:
    rows = [
        (term, seq, record.id)
        for seq, record, _ in numbered
        for term in record.terms.shared | record.terms.own
    ]
    mentions.add(connection, rows)


def _write_attachments(connection: Connection, new: Sequence[Record]) -> None:
    rows = [
        (record.id, one.sha2, one.content_type, one.content) for record in new for one in record.attachments
    ]
    insert(connection, attachment, _ATTACHMENT, rows)


def _from_row(row: Row[Any, Any, Any]) -> Stored:
    return Stored(row.id, row.seq, row.text.encode())
