"""After an erasure: what SQLite has overwritten reaches the file, and nothing of it stays in its log."""

from __future__ import annotations

from near_learn.db import db, read_anew

# Others may be reading. A page does not wait long for them: the next erasure, or the retention of the next
# night, empties the log as well.
PATIENCE = 200  # milliseconds


def checkpoint() -> bool:
    """Brings SQLite's write-ahead log into the file and empties it; False when somebody was reading, so that
    it must be done again. Other databases have no such file."""
    return _alone("PRAGMA wal_checkpoint(TRUNCATE)", PATIENCE) in (None, 0)


def vacuum() -> None:
    """Writes the file anew, without what was deleted earlier. Raises sqlite3.OperationalError while somebody
    is writing."""
    _alone("VACUUM", 30_000)
    checkpoint()


def _alone(command: str, patience: int) -> int | None:
    """The first value that a command answers. Neither may run inside a transaction of the engine."""
    if db.engine.dialect.name != "sqlite":
        return None
    read_anew()
    raw = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone() or (0,)
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        try:
            cursor.execute(command)
            row = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
            cursor.close()
    finally:
        raw.close()
    return None if row is None else int(row[0])
