"""After an erasure: what SQLite has overwritten reaches the file, and nothing of it stays in its log."""

from __future__ import annotations

from near_learn.db import db


def checkpoint() -> None:
    """Brings SQLite's write-ahead log into the file and empties it. Does nothing for other databases.

    While somebody reads, it stays for the next one: SQLite does it by itself sooner or later.
    """
    _alone("PRAGMA wal_checkpoint(TRUNCATE)")


def vacuum() -> None:
    """Writes the file anew, without what was deleted earlier. Raises sqlite3.OperationalError while the
    database is in use."""
    _alone("VACUUM")
    checkpoint()


def _alone(command: str) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    db.session.rollback()
    raw = db.engine.raw_connection()
    try:
        # Beside the engine's own transactions: neither command may run in one.
        cursor = raw.cursor()
        cursor.execute(command)
        cursor.close()
    finally:
        raw.close()
