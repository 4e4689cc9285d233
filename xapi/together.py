"""Requests that come at the same time are stored together: one wait for the disk for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from xapi.store import Record
from xapi.turn import Turn

Ids = list[str]


class Together:
    """Batches of records that wait for their turn. Whoever's turn it is writes for all who wait by then.

    `write` stores batches in one transaction. When it raises, each batch is written again by itself, so what
    is wrong with one is nobody else's business.
    """

    def __init__(self, turn: Turn, write: Callable[[Sequence[Sequence[Record]]], list[Ids]]) -> None:
        self._turn = turn
        self._write = write
        self._waiting: list[_Batch] = []
        self._busy = False
        self._lock = threading.Lock()

    def save(self, records: Sequence[Record]) -> Ids:
        """The ids in the order given, once the records are on the disk. Raises what writing them raised."""
        mine = _Batch(records)
        with self._lock:
            self._waiting.append(mine)
            first, self._busy = not self._busy, True
        if not first:
            with self._turn.left():
                mine.called.acquire()
        if mine.result is None:
            self._lead()
        if isinstance(mine.result, list):
            return mine.result
        raise mine.result or RuntimeError("the one who wrote for all was stopped")

    def _lead(self) -> None:
        """Write what waits now, then give the turn to the next who has come meanwhile."""
        with self._lock:
            batches, self._waiting = self._waiting, []
        try:
            self._store(batches)
        finally:
            with self._lock:
                following = self._waiting[:1]
                self._busy = bool(following)
            for one in following + batches:
                one.called.release()

    def _store(self, batches: Sequence[_Batch]) -> None:
        try:
            results = self._write([one.records for one in batches])
        except Exception as error:
            if len(batches) == 1:
                batches[0].result = error
                return
            for one in batches:
                self._store([one])
            return
        for one, ids in zip(batches, results, strict=True):
            one.result = ids


class _Batch:
    """One request's records; it is called when they are stored, or to write for all."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.result: Ids | Exception | None = None
        self.called = threading.Lock()
        self.called.acquire()
