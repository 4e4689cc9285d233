"""Statements from elsewhere into the record store: checked like anybody's, each batch whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from near_learn.transfer import preparing
from near_learn.transfer.digest import Digest
from near_learn.transfer.found import Batch
from near_learn.transfer.preparing import Prepared, Ready, Rejected
from xapi.errors import XAPIError
from xapi.lrs import LRS
from xapi.sql.chunks import chunks
from xapi.sql.tables import statement


@dataclass
class Count:
    """What has become of the statements so far."""

    new: int = 0
    known: int = 0
    rejected: int = 0
    digest: Digest = field(default_factory=Digest)  # of the new and the known


class Taker:
    """Takes batches; statements without an authority get AUTHORITY."""

    def __init__(self, lrs: LRS, authority: Mapping[str, Any], count: Count) -> None:
        self.lrs = lrs
        self.authority = authority
        self.count = count

    def take(self, batch: Batch) -> list[Rejected]:
        """Stores what can be stored, in one transaction, and returns the rest."""
        return self.store(preparing.one(batch, self.authority))

    def store(self, prepared: Prepared) -> list[Rejected]:
        """The same with a batch that is prepared. One that is stored here already stays as it is."""
        rejected = list(prepared.rejected)
        try:
            self._add(prepared.ready)
        except XAPIError:
            rejected += self._one_by_one(prepared.ready)
        self.count.rejected += len(rejected)
        return rejected

    def _one_by_one(self, ready: Sequence[Ready]) -> Iterator[Rejected]:
        """A batch with a statement that cannot be stored: each on its own, so that the others are."""
        for each in ready:
            try:
                self._add([each])
            except XAPIError as error:
                yield Rejected(each.found.place, str(error), each.found.text)

    def _add(self, ready: Sequence[Ready]) -> None:
        if not ready:
            return
        records = [each.record for each in ready]
        with self.lrs.writing() as connection:
            known = _known(connection, [record.id for record in records])
            self.lrs.add(connection, records)
        self.count.new += len(records) - known
        self.count.known += known
        for each in ready:
            self.count.digest.add(each.digest)


def _known(connection: Connection, ids: Sequence[str]) -> int:
    """How many of these are stored."""
    counted = select(func.count()).select_from(statement)
    return sum(connection.scalar(counted.where(statement.c.id.in_(some))) or 0 for some in chunks(ids))
