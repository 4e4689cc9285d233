"""Statements from elsewhere into the record store: checked like anybody's, each batch whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

from near_learn.records.event import Event
from near_learn.records.projection import Projection
from near_learn.transfer import digest
from near_learn.transfer.digest import Digest
from near_learn.transfer.found import Batch
from near_learn.transfer.preparing import Prepared, Preparing, Rejected
from xapi.errors import XAPIError
from xapi.lrs import LRS
from xapi.sql import bulk
from xapi.store import Record


@dataclass
class Count:
    """What has become of the statements so far."""

    new: int = 0
    known: int = 0
    rejected: int = 0
    digest: Digest = field(default_factory=Digest)  # of the new and the known


@dataclass
class Taker:
    """Takes batches that are prepared, and counts what became of them."""

    lrs: LRS
    projection: Projection
    preparing: Preparing
    count: Count

    def store(self, batch: Batch, prepared: Prepared) -> list[Rejected]:
        """Stores what can be stored, in one transaction, and returns the rest.

        A statement that is stored here already stays as it is.
        """
        rejected = list(prepared.rejected)
        try:
            self._add(prepared)
            left: Iterable[int] = prepared.later
        except XAPIError:
            left = range(len(batch.texts))
        rejected += self._parts(batch, self._records(batch, left))
        self.count.rejected += len(rejected)
        return rejected

    def _add(self, prepared: Prepared) -> None:
        with self.lrs.writing() as connection:
            if self.lrs.on_agents is not None:
                self.lrs.on_agents(connection, prepared.columns.agents)
            added = bulk.add(connection, prepared.columns)
            events = self._accepted(connection, prepared.events, added)
            self.projection.follow(connection, events, added.voided)
        known = added.seqs.count(None)
        self.count.known += known
        self.count.new += len(added.seqs) - known
        self.count.digest.add(int(prepared.digest, 16))

    def _accepted(
        self, connection: Connection, events: Iterable[tuple[int, Event]], added: bulk.Added
    ) -> Iterator[Event]:
        for place, told in events:
            seq = added.seqs[place]
            if seq is not None and place not in added.hidden:
                accepted = self.projection.accepted(connection, told, seq)
                if accepted is not None:
                    yield accepted

    def _records(self, batch: Batch, places: Iterable[int]) -> list[tuple[int, Record]]:
        """Those at the places that keep every rule."""
        found = []
        for place in places:
            try:
                found.append((place, self.preparing.record(batch, place)))
            except XAPIError:
                # It is among the rejected already.
                continue
        return found

    def _parts(self, batch: Batch, records: Sequence[tuple[int, Record]]) -> Iterator[Rejected]:
        """Stores some together; if one of them cannot be, each half, so that all the others are."""
        if not records:
            return
        try:
            with self.lrs.writing() as connection:
                known = len(self.lrs.store.some(connection, [record.id for _, record in records]))
                self.lrs.add(connection, [record for _, record in records])
        except XAPIError as error:
            if len(records) == 1:
                place = records[0][0]
                yield Rejected(batch.places[place], str(error), batch.texts[place])
                return
            half = len(records) // 2
            yield from self._parts(batch, records[:half])
            yield from self._parts(batch, records[half:])
            return
        self.count.known += known
        self.count.new += len(records) - known
        for _, record in records:
            self.count.digest.add(digest.of(record.statement))


@contextmanager
def roomy(engine: Engine) -> Iterator[None]:
    """Connections that change much at a time: what changes stays in memory until it is written once."""
    if engine.dialect.name != "sqlite":
        yield
        return
    event.listen(engine, "checkout", _roomy)
    try:
        yield
    finally:
        event.remove(engine, "checkout", _roomy)


def _roomy(connection: Any, *_: object) -> None:
    connection.execute("PRAGMA cache_size = -32768")
    connection.execute("PRAGMA wal_autocheckpoint = 50000")
