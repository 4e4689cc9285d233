"""One request computes at a time, while others wait for the disk.

Threads of Python that all compute gain nothing: they only take the interpreter from each other, and a thread
that writes a thousand rows to SQLite gives it away a thousand times. Who has to wait gives the turn away.

Somebody looks at what is read; what is stored comes from programs, a thousand at a time. So who is quick goes
first, and who is not lets them in between.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

# So many quick ones go before one that is not: those who ask again and again shut nobody out.
_IN_A_ROW = 8


class Turn:
    """A lock that is held while computing and left while waiting. Without `several` it lets everybody in.

    In each of the two lines, who came first is first, but for those who had the turn already. Who writes does
    so within a block of `others`, which waits for other processes.
    """

    def __init__(
        self, *, several: bool, others: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        self.several = several
        self._others = others
        self._door = threading.Lock()  # held for moments
        self._whose = 0  # the thread whose turn it is
        self._quick = False  # whether it is quick
        self._lines: tuple[deque[_Waiting], deque[_Waiting]] = (deque(), deque())
        self._in_a_row = 0
        self._writer = threading.Lock()
        self._writing = 0  # the thread that holds it

    @property
    def held(self) -> bool:
        """Whether it is anybody's turn now."""
        return bool(self._whose)

    @contextmanager
    def taken(self, *, quick: bool = False) -> Iterator[None]:
        """For the length of the block it is this thread's turn. QUICK: it takes milliseconds."""
        if self.several:
            yield
            return
        self._take(quick)
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def left(self) -> Iterator[None]:
        """For the length of the block, in which this thread waits, it is somebody else's turn."""
        if self._whose != threading.get_ident():
            yield
            return
        quick = self._quick
        self._give()
        try:
            yield
        finally:
            self._take(quick, again=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For the length of the block this thread is the only one that writes.

        Raises RuntimeError in such a block: it would wait for itself.
        """
        if self.several:
            yield
            return
        mine = threading.get_ident()
        if self._writing == mine:
            raise RuntimeError("a write transaction within a write transaction")
        with ExitStack() as held:
            with self.left():
                held.enter_context(self._writer)
                held.enter_context(self._others())
            self._writing = mine
            try:
                yield
            finally:
                self._writing = 0

    def let_in(self) -> None:
        """Lets those in who are quick and wait, if it is the turn of this thread, which is not."""
        if self._whose == threading.get_ident() and not self._quick and self._lines[True]:
            with self.left():
                pass

    def _take(self, quick: bool, *, again: bool = False) -> None:
        with self._door:
            if not self._whose:
                self._admit(threading.get_ident(), quick)
                return
            mine = _Waiting()
            # Who has begun goes on before others begin.
            (self._lines[quick].appendleft if again else self._lines[quick].append)(mine)
        mine.called.acquire()

    def _give(self) -> None:
        with self._door:
            self._whose = 0
            slow, quick = self._lines
            line = quick if quick and (not slow or self._in_a_row < _IN_A_ROW) else slow
            if line:
                following = line.popleft()
                self._admit(following.thread, line is quick)
                following.called.release()

    def _admit(self, thread: int, quick: bool) -> None:
        self._whose, self._quick = thread, quick
        self._in_a_row = self._in_a_row + 1 if quick else 0


class _Waiting:
    """A thread in a line."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.called = threading.Lock()
        self.called.acquire()
