"""A folder for what a process hands over as files. It goes with the process, however that ends.

While the process lives, it holds a lock on the folder, of which the system lets go when the process ends. So
who starts sees which folders are nobody's any more, and takes them away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

PREFIX = "near-learn-answers-"


class Spool:
    """A new folder in PARENT that only this user reads. What dead processes left there is taken away."""

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or Path(gettempdir())
        for path in parent.glob(f"{PREFIX}*"):
            _take_away(path)
        self.path, self._lock = _made(parent)

    def close(self) -> None:
        """The folder is gone, with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _made(parent: Path) -> tuple[Path, int]:
    """A folder and its lock."""
    while True:
        path = Path(mkdtemp(prefix=PREFIX, dir=parent))
        # Somebody else who starts may take it away before it is locked.
        with suppress(FileNotFoundError):
            lock = os.open(path, os.O_RDONLY)
            # Where folders cannot be locked, nobody takes them away.
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path, lock
            os.close(lock)


def _take_away(path: Path) -> None:
    """Does nothing when the folder is a living process's, or another user's."""
    with suppress(OSError), _opened(path) as folder:
        if os.fstat(folder).st_uid == os.geteuid():
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    number = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield number
    finally:
        os.close(number)
