"""What an SQLite connection needs before the record store may rely on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

from xapi.sql import driver

WRITE = "near_write"
"""Execution option of a connection that is going to write: its transaction takes the write lock at once."""


_WRITERS_CACHE = -16_000  # kilobytes, as SQLite has it: below zero
SYNCHRONOUS = ("FULL", "EXTRA", "NORMAL")


def configure(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Make the engine's connections durable and let the engine, not the driver, begin transactions.

    FULL means that an acknowledged statement survives a power cut; NORMAL may lose the last ones. Does
    nothing for other databases, so that callers need not ask which database they have. Raises ValueError
    for any other level.
    """
    if engine.dialect.name != "sqlite":
        return
    if synchronous.upper() not in SYNCHRONOUS:
        raise ValueError(f"synchronous: expected one of {', '.join(SYNCHRONOUS)}, got {synchronous!r}")

    def on_connect(connection: Any, _record: object) -> None:
        _prepare(connection, synchronous.upper())

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", _on_begin)


def _prepare(connection: Any, synchronous: str) -> None:
    # The driver would begin transactions late and only before writes. Then a page and its watermark
    # could come from two different snapshots. So the driver's own handling is switched off.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Waiting comes first: switching to WAL may itself meet another process's lock.
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute(f"PRAGMA synchronous = {synchronous}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA wal_autocheckpoint = 10000")
    cursor.close()


def keep_more(connection: Connection) -> None:
    """More of the file stays in memory for the one connection that writes: every statement goes to ten places
    of a table that is sorted by hashes. Does nothing for other databases, and where more is kept already."""
    if connection.dialect.name == "sqlite":
        ((now,),) = driver.rows(connection, "PRAGMA cache_size")
        if now > _WRITERS_CACHE:
            driver.rows(connection, f"PRAGMA cache_size = {_WRITERS_CACHE}")


def _on_begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails when somebody else wrote in between; one
    # that takes the lock at the beginning waits its turn instead.
    writes = connection.get_execution_options().get(WRITE)
    driver.rows(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")
