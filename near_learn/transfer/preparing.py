"""Statements checked and made ready to be stored: by other processes, while this one stores the last ones."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import msgspec

from near_learn.records.event import Event
from near_learn.records.iris import Iris
from near_learn.records.projection import unchecked
from near_learn.transfer import digest
from near_learn.transfer.digest import Digest
from near_learn.transfer.found import Batch, Unreadable
from xapi import jsontext
from xapi.errors import XAPIError
from xapi.record import prepare
from xapi.resources.attachments import belonging, check_signatures
from xapi.sql.bulk import Columns, columns
from xapi.store import Record
from xapi.versions import negotiate


class Rejected(msgspec.Struct, array_like=True):
    """A statement that was not taken, where it stood, and the rule it breaks."""

    place: str
    problem: str
    text: bytes


class Prepared(msgspec.Struct, array_like=True):
    """What became of a batch: what can be stored, and what breaks a rule."""

    columns: Columns = msgspec.field(default_factory=Columns)
    events: list[tuple[int, Event]] = []  # with the place of the statement in the columns
    digest: str = ""  # of what is in the columns
    rejected: list[Rejected] = []
    later: list[int] = []  # places in the batch of those whose id is in the columns already


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Prepared)


@dataclass(frozen=True)
class Preparing:
    """How statements are made ready: which get what authority, and what is ours."""

    authority: Mapping[str, Any]
    iris: Iris

    def record(self, batch: Batch, place: int) -> Record:
        """The statement at a place of the batch. Raises XAPIError when it breaks a rule.

        Who runs the command is trusted, so it keeps the authority it came with (1.0.3 Part 2, 2.4.9).
        """
        text = batch.texts[place]
        if not text.startswith(b"{"):
            jsontext.loads(text)
            raise XAPIError("expected a statement")
        ((text, value),) = jsontext.statements(text)
        given = value.get("version", "1.0.3")
        version = negotiate(given if isinstance(given, str) else str(given))
        files = list(belonging(value, batch.parts).values())
        record = prepare(text.decode(), value, version, value.get("authority") or self.authority, files)
        check_signatures(value, files)
        return record

    def __call__(self, batch: Batch) -> Prepared:
        """The whole batch, prepared."""
        done, total = Prepared(), Digest()
        done.columns = columns(self._first(batch, done, total))
        done.digest = str(total)
        return done

    def _first(self, batch: Batch, done: Prepared, total: Digest) -> Iterator[Record]:
        """What keeps every rule and has an id of its own, one after the other; the rest is noted in DONE."""
        seen: set[str] = set()
        for place, text in enumerate(batch.texts):
            try:
                record = self.record(batch, place)
            except XAPIError as error:
                done.rejected.append(Rejected(batch.places[place], str(error), text))
                continue
            if record.id in seen:
                done.later.append(place)
                continue
            event = unchecked(text, record.statement, self.iris)
            if event is not None:
                done.events.append((len(seen), event))
            seen.add(record.id)
            total.add(digest.of(record.statement))
            yield record

    def packed(self, batch: Batch) -> bytes:
        """The same in a form that is sent to another process quickly."""
        return _ENCODER.encode(self(batch))


def all_(batches: Iterable[Batch], prepare: Preparing, *, processes: int) -> Iterator[tuple[Batch, Prepared]]:
    """Each batch with what became of it, in order. Without other PROCESSES, one after the other, here."""
    if processes < 1:
        yield from ((batch, prepare(batch)) for batch in batches)
        return
    # Begun anew and not as copies of this one, which has the database open.
    with ProcessPoolExecutor(processes, get_context("spawn"), calm) as pool:
        waiting: deque[tuple[Batch, Future[bytes]]] = deque()
        unreadable: Unreadable | None = None
        try:
            for batch in batches:
                waiting.append((batch, pool.submit(prepare.packed, batch)))
                if len(waiting) > processes + 1:
                    yield _first(waiting)
        except Unreadable as error:
            # What came before it is stored first.
            unreadable = error
        while waiting:
            yield _first(waiting)
        if unreadable is not None:
            raise unreadable


def _first(waiting: deque[tuple[Batch, Future[bytes]]]) -> tuple[Batch, Prepared]:
    batch, future = waiting.popleft()
    return batch, _DECODER.decode(future.result())


def calm() -> None:
    """What the program is made of stays, and nothing made here holds itself: garbage is looked for rarely."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def spare() -> int:
    """Processors that this process leaves to others."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable - 1
