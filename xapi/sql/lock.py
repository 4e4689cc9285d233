"""One writer at a time, and a watermark that readers can trust.

A statement's sequence number is given out under the write lock, which is held until the transaction ends.
So statements become visible in the order of their numbers: who has read up to one number never misses a
smaller one later.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection

from xapi.sql import driver
from xapi.sql.reader import Readers

# Any number does, as long as every process of every installation on this database uses the same one.
_KEY = 0x7841_5049
_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_LAST = "SELECT max(seq) FROM xapi_statement"
_THROUGH = f"SELECT pg_try_advisory_xact_lock_shared(%s), {_CLOCK}, ({_LAST})"
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


def consistent_through(readers: Readers) -> int:
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
    with readers.engine.connect() as connection:
        return max(_idle_citus(connection) if readers.on_citus else 0, _last(connection))


def _last(connection: Connection) -> int:
    ((last,),) = driver.rows(connection, _LAST)
    return last or 0


def _now(connection: Connection) -> int:
    # Several hosts may share one PostgreSQL, so its clock is the one that counts.
    if connection.dialect.name == "postgresql":
        ((now,),) = driver.rows(connection, f"SELECT {_CLOCK}")
        return int(now)
    return time.time_ns() // 1000


def _through_postgresql(raw: Any) -> int:
    # Readers share the lock among themselves; getting it means that no writer has it. Whoever writes next
    # reads a later clock. If somebody has it, all that this query sees is complete up to its last number.
    ((free, now, last),) = raw.execute(_THROUGH, [_KEY])
    return max(now if free else 0, last or 0)


def _idle_citus(connection: Connection) -> int:
    # On several machines a transaction becomes visible on one after the other, so what is visible while
    # somebody commits may have gaps. The lock is held until all have committed, and here until the last
    # number has been read.
    driver.rows(connection, "SELECT pg_advisory_xact_lock_shared(?)", [_KEY])
    return _now(connection)


def _through_sqlite(raw: Any) -> int:
    # The same with SQLite's own lock. Readers' connections do not wait for it.
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        ((last,),) = raw.execute(_LAST)
        return last or 0
    now = time.time_ns() // 1000
    ((last,),) = raw.execute(_LAST)
    raw.execute("ROLLBACK")
    return max(now, last or 0)
