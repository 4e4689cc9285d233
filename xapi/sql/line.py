"""The processes that write to one SQLite file stand in a line.

SQLite has those who wait for its lock look again and again, with longer and longer pauses. So a process
that hardly ever stops writing shuts the others out for seconds. Who waits for a lock on a file of its own is
called by the system instead, as soon as it is free.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine

# Seconds after which whoever is at the front and does not go away is left to SQLite's own lock, which is what
# keeps the file whole. It waits as long again and says so (sqlite.py).
PATIENCE = 30.0
BESIDE = "-writer"
"""How the file that is locked is called: like the database, with this behind it."""


class Line:
    """For one process. Nobody stands in it where the database is no file.

    Where no file can be made or locked (a file system without locks, another user's folder), who writes goes
    on to SQLite's own lock at once.
    """

    def __init__(self, engine: Engine) -> None:
        name = engine.url.database if engine.dialect.name == "sqlite" else None
        # Of a database in memory, or one that is named by a URI, nobody else knows.
        self._path = None if not name or name.startswith((":", "file:")) else name + BESIDE

    @contextmanager
    def at_the_front(self) -> Iterator[None]:
        """For the length of the block, no other process that stands in the line writes.

        On one thread of a process at a time.
        """
        place = None if self._path is None else _place(self._path)
        try:
            yield
        finally:
            if place is not None:
                _leave(place)


def _place(path: str) -> int | None:
    """A place at the front, or None."""
    try:
        place = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _called(place)
    except OSError:
        os.close(place)
        return None
    return place


def _called(place: int) -> int | None:
    """The place, as soon as it is at the front; None when that takes too long.

    The system's call cannot be told how long to wait at most, so a thread waits for it.
    """
    called = threading.Event()
    door = threading.Lock()
    gone = False

    def wait() -> None:
        with suppress(OSError):
            fcntl.flock(place, fcntl.LOCK_EX)
        with door:
            called.set()
            if gone:
                _leave(place)

    threading.Thread(target=wait, name="line", daemon=True).start()
    if called.wait(PATIENCE):
        return place
    with door:
        gone = not called.is_set()
    return None if gone else place


def _leave(place: int) -> None:
    # Not by closing it alone: a process that was begun meanwhile may have it too.
    with suppress(OSError):
        fcntl.flock(place, fcntl.LOCK_UN)
    os.close(place)
