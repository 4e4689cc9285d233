"""Statements checked and made ready to be stored: by other processes, while this one stores the last ones."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from near_learn.transfer import digest
from near_learn.transfer.found import Batch, Found, Unreadable
from xapi import jsontext
from xapi.errors import XAPIError
from xapi.record import prepare
from xapi.resources.attachments import belonging, check_signatures
from xapi.store import Record
from xapi.versions import negotiate


@dataclass(frozen=True)
class Rejected:
    """A statement that was not taken, where it stood, and the rule it breaks."""

    place: str
    problem: str
    text: bytes


@dataclass(frozen=True)
class Ready:
    """A statement that keeps every rule, and its part of the digest."""

    found: Found
    record: Record
    digest: int


@dataclass(frozen=True)
class Prepared:
    """What became of a batch: what can be stored, and what breaks a rule."""

    ready: list[Ready]
    rejected: list[Rejected]


def one(batch: Batch, authority: Mapping[str, Any]) -> Prepared:
    """The batch, prepared; statements without an authority get AUTHORITY.

    Who runs the command is trusted, so a statement keeps the authority it came with (1.0.3 Part 2, 2.4.9).
    """
    done = Prepared([], [])
    for each in batch.found:
        try:
            record = _record(each, authority)
        except XAPIError as error:
            done.rejected.append(Rejected(each.place, str(error), each.text))
        else:
            done.ready.append(Ready(each, record, digest.of(record.statement)))
    return done


def _record(found: Found, authority: Mapping[str, Any]) -> Record:
    value = jsontext.loads(found.text)
    if not isinstance(value, dict):
        raise XAPIError("expected a statement")
    given = value.get("version", "1.0.3")
    version = negotiate(given if isinstance(given, str) else str(given))
    files = list(belonging(value, found.parts).values())
    record = prepare(found.text.decode(), value, version, value.get("authority") or authority, files)
    check_signatures(value, files)
    return record


def all_(
    batches: Iterable[Batch], authority: Mapping[str, Any], *, processes: int
) -> Iterator[tuple[Batch, Prepared]]:
    """Each batch with what became of it, in order. Without other PROCESSES, one after the other, here."""
    if processes < 1:
        yield from ((batch, one(batch, authority)) for batch in batches)
        return
    # Begun anew and not as copies of this one, which has the database open.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[tuple[Batch, Future[Prepared]]] = deque()
        unreadable: Unreadable | None = None
        try:
            for batch in batches:
                waiting.append((batch, pool.submit(one, batch, authority)))
                if len(waiting) > processes + 1:
                    yield _first(waiting)
        except Unreadable as error:
            # What came before it is stored first.
            unreadable = error
        while waiting:
            yield _first(waiting)
        if unreadable is not None:
            raise unreadable


def _first(waiting: deque[tuple[Batch, Future[Prepared]]]) -> tuple[Batch, Prepared]:
    batch, future = waiting.popleft()
    return batch, future.result()


def spare() -> int:
    """Processors that this process leaves to others."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable - 1
