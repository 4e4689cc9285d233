"""One request computes at a time, while others wait for the disk.

Threads of Python that all compute gain nothing: they only take the interpreter from each other, and a thread
that writes a thousand rows to SQLite gives it away a thousand times. Who has to wait gives the turn away.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """A lock that is held while computing and left while waiting. Without `several` it lets everybody in."""

    def __init__(self, *, several: bool) -> None:
        self._lock = None if several else threading.Lock()
        self._whose = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """For the length of the block it is this thread's turn."""
        if self._lock is None:
            yield
            return
        with self._lock:
            self._whose = threading.get_ident()
            try:
                yield
            finally:
                self._whose = 0

    @contextmanager
    def left(self) -> Iterator[None]:
        """For the length of the block, in which this thread waits, it is somebody else's turn."""
        if self._lock is None or self._whose != threading.get_ident():
            yield
            return
        self._whose = 0
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
            self._whose = threading.get_ident()
