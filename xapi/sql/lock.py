"""One writer at a time, and a watermark that readers can trust.

A statement's sequence number is given out under the write lock, which is held until the transaction ends.
So statements become visible in the order of their numbers: who has read up to one number never misses a
smaller one later.
"""

from __future__ import annotations

import sqlite3
import time
from time import monotonic
from typing import NamedTuple

from sqlalchemy import Connection

from xapi.sql import driver
from xapi.sql.reader import Reader, Readers

# Any number does, as long as every process of every installation on this database uses the same one.
_KEY = 0x7841_5049
_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_LAST = "SELECT max(seq) FROM xapi_statement"
_THROUGH = f"SELECT pg_try_advisory_xact_lock_shared(?), {_CLOCK}, ({_LAST})"
_TAKE: driver.Query = ("SELECT pg_advisory_xact_lock(?)", (_KEY,))


def take(connection: Connection) -> None:
    """Take the write lock until the transaction ends. SQLite's transaction has it from its beginning."""
    if connection.dialect.name == "postgresql":
        driver.rows(connection, *_TAKE)


def next_seq(connection: Connection) -> int:
    """The first sequence number that may be given out. Only under the write lock."""
    return first(connection, driver.rows(connection, *queries(connection)[-1]))


def queries(connection: Connection) -> list[driver.Query]:
    """What takes the write lock, if anything is to be asked for that, and what `first` reads."""
    if connection.dialect.name == "postgresql":
        return [_TAKE, (f"SELECT greatest({_CLOCK}, max(seq) + 1) FROM xapi_statement", ())]  # noqa: S608
    return [("SELECT max(seq) + 1 FROM xapi_statement", ())]


def first(connection: Connection, found: list[driver.Row]) -> int:
    """The first sequence number that may be given out, of what the last of the queries found."""
    ((after,),) = found
    return int(after) if connection.dialect.name == "postgresql" else max(_now(connection), after or 0)


class Watermark:
    """Up to where a new reader sees everything, asked of the database once for all who ask at the same time.

    What was so a moment ago still is. So `now` may be some milliseconds old; that somebody writes is seen
    anew each time, until it is over.
    """

    MOMENT = 0.005  # seconds

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._kept = (0, 0.0)

    def through(self) -> int:
        """The sequence number."""
        asked = monotonic()
        known, until = self._kept
        if asked < until:
            return known
        found = consistent_through(self._readers)
        if found.idle:
            self._kept = (found.seq, asked + self.MOMENT)
        return found.seq


class Through(NamedTuple):
    """Up to which number everything is visible, and whether nobody was writing."""

    seq: int
    idle: bool


def consistent_through(readers: Readers) -> Through:
    """The sequence number up to which everything that is or will ever be stored is visible to a new reader.

    That is now, when nobody is writing. Otherwise a writer may have taken a number already and not be done;
    then it is the last number that is visible, because all smaller ones are.
    """
    found = None
    if readers.dialect.name == "sqlite":
        found = readers.use(_through_sqlite)
    elif not readers.on_citus:
        found = readers.use(_through_postgresql)
    if found is not None:
        return found
    with readers.connect() as connection:
        now = _idle_citus(connection) if readers.on_citus else 0
        return Through(max(now, _last(connection)), idle=bool(now))


def _last(connection: Connection) -> int:
    ((last,),) = driver.rows(connection, _LAST)
    return last or 0


def _now(connection: Connection) -> int:
    # Several hosts may share one PostgreSQL, so its clock is the one that counts.
    if connection.dialect.name == "postgresql":
        ((now,),) = driver.rows(connection, f"SELECT {_CLOCK}")
        return int(now)
    return time.time_ns() // 1000


def _through_postgresql(reader: Reader) -> Through:
    # Readers share the lock among themselves; getting it means that no writer has it. Whoever writes next
    # reads a later clock. If somebody has it, all that this query sees is complete up to its last number.
    ((free, now, last),) = reader.rows(_THROUGH, [_KEY])
    idle = free == b"t"
    return Through(max(int(now) if idle else 0, int(last or 0)), idle)


def _idle_citus(connection: Connection) -> int:
    # On several machines a transaction becomes visible on one after the other, so what is visible while
    # somebody commits may have gaps. The lock is held until all have committed, and here until the last
    # number has been read.
    driver.rows(connection, "SELECT pg_advisory_xact_lock_shared(?)", [_KEY])
    return _now(connection)


def _through_sqlite(reader: Reader) -> Through:
    # The same with SQLite's own lock. Readers' connections do not wait for it.
    try:
        reader.rows("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        ((last,),) = reader.rows(_LAST)
        return Through(last or 0, idle=False)
    now = time.time_ns() // 1000
    ((last,),) = reader.rows(_LAST)
    reader.rows("ROLLBACK")
    return Through(max(now, last or 0), idle=True)
