"""One piece of work at a time, as long as none takes long.

Threads of Python that compute at the same time take the interpreter from each other, which costs more than a
page does. So one thread does what comes, one after the other. But nobody is to wait for what turns out to be
slow: then another thread goes on with those who wait, and the first comes back to nobody.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from time import monotonic
from typing import Any, TypeVar

# Seconds for which the others wait. A page takes two milliseconds, a quiz that is handed in ten.
PATIENCE = 0.03

T = TypeVar("T")


class Lane:
    """Used by one event loop; the work is done on threads of the executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._lock = threading.Lock()  # held for moments
        self._waiting: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._worker: object = None  # whoever goes on with those who wait
        self._since = 0.0  # when it began with what it does now
        self._watched = False

    async def run(self, work: Callable[[], T]) -> T:
        """What WORK returns, after those who came before. Raises what it raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            self._waiting.append((work, future))
            if self._worker is None:
                self._begin(loop)
        if not self._watched:
            self._watched = True
            loop.call_later(PATIENCE, self._watch, loop)
        return await future

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._worker, self._since = object(), monotonic()
        self._executor.submit(self._work, self._worker, loop)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """While there is work: whether somebody takes long while others wait."""
        with self._lock:
            self._watched = self._worker is not None
            if self._waiting and monotonic() - self._since > PATIENCE:
                self._begin(loop)
        if self._watched:
            loop.call_later(PATIENCE, self._watch, loop)

    def _work(self, me: object, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            with self._lock:
                if self._worker is not me:
                    return
                if not self._waiting:
                    self._worker = None
                    return
                work, future = self._waiting.popleft()
                self._since = monotonic()
            try:
                found, error = work(), None
            except BaseException as raised:
                found, error = None, raised
            loop.call_soon_threadsafe(_settle, future, found, error)


def _settle(future: asyncio.Future[Any], found: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(found)
    else:
        future.set_exception(error)
