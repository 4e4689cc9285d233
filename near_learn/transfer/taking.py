"""Statements from elsewhere into the record store: checked like anybody's, each batch whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from near_learn.transfer.digest import Digest
from near_learn.transfer.found import Batch, Found
from xapi import jsontext
from xapi.errors import XAPIError
from xapi.lrs import LRS
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
        """Stores what can be stored, in one transaction, and returns the rest.

        Who runs the command is trusted, so a statement keeps the authority it came with (1.0.3 Part 2,
        2.4.9). One that is stored here already stays as it is.
        """
        rejected: list[Rejected] = []
        records = list(self._prepared(batch.found, rejected))
        try:
            self._add([record for _, record in records])
        except XAPIError:
            rejected += self._one_by_one(records)
        self.count.rejected += len(rejected)
        return rejected

    def _prepared(self, found: Sequence[Found], rejected: list[Rejected]) -> Iterator[tuple[Found, Record]]:
        for each in found:
            try:
                yield each, self._record(each)
            except XAPIError as error:
                rejected.append(Rejected(each.place, str(error), each.text))

    def _record(self, found: Found) -> Record:
        value = jsontext.loads(found.text)
        if not isinstance(value, dict):
            raise XAPIError("expected a statement")
        given = value.get("version", "1.0.3")
        version = negotiate(given if isinstance(given, str) else str(given))
        files = list(belonging(value, found.parts).values())
        authority = value.get("authority") or self.authority
        record = prepare(found.text.decode(), value, version, authority, files)
        check_signatures(value, files)
        return record

    def _one_by_one(self, records: Sequence[tuple[Found, Record]]) -> Iterator[Rejected]:
        """A batch with a statement that cannot be stored: each on its own, so that the others are."""
        for found, record in records:
            try:
                self._add([record])
            except XAPIError as error:
                yield Rejected(found.place, str(error), found.text)

    def _add(self, records: Sequence[Record]) -> None:
        if not records:
            return
        with self.lrs.writing() as connection:
            known = len(self.lrs.store.some(connection, [record.id for record in records]))
            self.lrs.add(connection, records)
        self.count.new += len(records) - known
        self.count.known += known
        for record in records:
            self.count.digest.add(record.statement)
