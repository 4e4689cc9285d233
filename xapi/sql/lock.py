"""One writer at a time, and a watermark that readers can trust.

A statement's sequence number is given out under the write lock, which is held until the transaction ends.
So statements become visible in the order of their numbers: who has read up to one number never misses a
smaller one later.
"""

from __future__ import annotations

import sqlite3
import time
from typing import cast

from sqlalchemy import Connection, Engine, func, select, text

from xapi.sql.tables import statement

# Any number does, as long as every process of every installation on this database uses the same one.
_KEY = 0x7841_5049


def take(connection: Connection) -> None:
    """Take the write lock until the transaction ends. SQLite's transaction has it from its beginning."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})


def next_seq(connection: Connection) -> int:
    """The first sequence number that may be given out. Only under the write lock."""
    last = connection.execute(select(func.max(statement.c.seq))).scalar()
    return max(_now(connection), (last or 0) + 1)


def consistent_through(engine: Engine) -> int:
    """The sequence number up to which everything that is or will ever be stored is visible to a new reader.

    That is now, when nobody is writing. Otherwise a writer may have taken a number already and not be done;
    then it is the last number that is visible, because all smaller ones are.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            idle = _idle_postgresql(connection)
        else:
            idle = _idle_sqlite(connection)
        last: int | None = connection.execute(select(func.max(statement.c.seq))).scalar()
    return max(idle or 0, last or 0)


def _now(connection: Connection) -> int:
    # Several hosts may share one PostgreSQL, so its clock is the one that counts.
    if connection.dialect.name == "postgresql":
        micros = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        return int(connection.execute(micros).scalar_one())
    return time.time_ns() // 1000


def _idle_postgresql(connection: Connection) -> int | None:
    # Readers share the lock among themselves; getting it means that no writer has it. The clock is read
    # while it is held: whoever writes next reads a later one.
    shared = text("SELECT pg_try_advisory_xact_lock_shared(:key), current_setting('citus.version', true)")
    free, citus = connection.execute(shared, {"key": _KEY}).one()
    if not free and citus:
        # On several machines a transaction becomes visible on one after the other, so what is visible while
        # somebody commits may have gaps. The lock is held until all have committed.
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _KEY})
    elif not free:
        return None
    return _now(connection)


def _idle_sqlite(connection: Connection) -> int | None:
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
        return None
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        cursor.close()
    return now
