"""One writer at a time, and a watermark that readers can trust.

A statement's sequence number is given out under the write lock, which is held until the transaction ends.
So statements become visible in the order of their numbers: who has read up to one number never misses a
smaller one later.
"""

from __future__ import annotations

import sqlite3
import time
from typing import cast

from sqlalchemy import Connection, Engine

from xapi.sql import driver
from xapi.sql.postgresql import on_citus, single

# Any number does, as long as every process of every installation on this database uses the same one.
_KEY = 0x7841_5049
_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


def take(connection: Connection) -> None:
    """Take the write lock until the transaction ends. SQLite's transaction has it from its beginning."""
    if connection.dialect.name == "postgresql":
        driver.rows(connection, "SELECT pg_advisory_xact_lock(?)", [_KEY])


def next_seq(connection: Connection) -> int:
    """The first sequence number that may be given out. Only under the write lock."""
    if connection.dialect.name != "postgresql":
        return max(_now(connection), _last(connection) + 1)
    sql = f"SELECT greatest({_CLOCK}, max(seq) + 1) FROM xapi_statement"  # noqa: S608 (no values)
    ((first,),) = driver.rows(connection, sql)
    return int(first)


def consistent_through(engine: Engine) -> int:
    """The sequence number up to which everything that is or will ever be stored is visible to a new reader.

    That is now, when nobody is writing. Otherwise a writer may have taken a number already and not be done;
    then it is the last number that is visible, because all smaller ones are.
    """
    if engine.dialect.name == "postgresql":
        with single(engine).connect() as connection:
            if not on_citus(connection):
                return _through_postgresql(connection)
    with engine.connect() as connection:
        idle = (_idle_citus if engine.dialect.name == "postgresql" else _idle_sqlite)(connection)
        return max(idle, _last(connection))


def _last(connection: Connection) -> int:
    ((last,),) = driver.rows(connection, "SELECT max(seq) FROM xapi_statement")
    return last or 0


def _now(connection: Connection) -> int:
    # Several hosts may share one PostgreSQL, so its clock is the one that counts.
    if connection.dialect.name == "postgresql":
        ((now,),) = driver.rows(connection, f"SELECT {_CLOCK}")
        return int(now)
    return time.time_ns() // 1000


def _through_postgresql(connection: Connection) -> int:
    # Readers share the lock among themselves; getting it means that no writer has it. Whoever writes next
    # reads a later clock. If somebody has it, all that this query sees is complete up to its last number.
    last_seen = "(SELECT max(seq) FROM xapi_statement)"
    sql = f"SELECT pg_try_advisory_xact_lock_shared(?), {_CLOCK}, {last_seen}"  # noqa: S608 (no values)
    ((free, now, last),) = driver.rows(connection, sql, [_KEY])
    return max(now if free else 0, last or 0)


def _idle_citus(connection: Connection) -> int:
    # On several machines a transaction becomes visible on one after the other, so what is visible while
    # somebody commits may have gaps. The lock is held until all have committed, and here until the last
    # number has been read.
    driver.rows(connection, "SELECT pg_advisory_xact_lock_shared(?)", [_KEY])
    return _now(connection)


def _idle_sqlite(connection: Connection) -> int:
    # The same with SQLite's own lock, without waiting for it.
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout")
    (patience,) = cast("tuple[int]", cursor.fetchone())
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        cursor.execute("BEGIN IMMEDIATE")
        now = time.time_ns() // 1000
        cursor.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return 0
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        cursor.close()
    return now
