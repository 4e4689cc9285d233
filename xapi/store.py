"""What storage must do for the record store, and the shapes that go in and come out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import cached_property, lru_cache
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from xapi.query import Query
from xapi.terms import Terms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(seq: int) -> datetime:
    """The time for which a sequence number stands."""
    return EPOCH + timedelta(microseconds=seq)


def sequence(time: datetime) -> int:
    """The sequence number of an aware time: microseconds since 1970."""
    return (time - EPOCH) // timedelta(microseconds=1)


def timestamp(seq: int) -> str:
    """The same as text: UTC with six decimals, so that two statements never have the same `stored`."""
    return f"{_second(seq // 1_000_000)}.{seq % 1_000_000:06}Z"


def http_date(seq: int) -> str:
    """The same for a header (RFC 9110 5.6.7), without the microseconds."""
    day, second = divmod(seq // 1_000_000, 86_400)
    return f"{_day(day)}{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} GMT"


@lru_cache(maxsize=64)
def _day(number: int) -> str:
    return formatdate(number * 86_400, usegmt=True).removesuffix("00:00:00 GMT")


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return (EPOCH + timedelta(seconds=seconds)).isoformat()[:19]


class Record(msgspec.Struct, frozen=True):
    """A validated statement on its way into the store: its text lacks nothing but `stored`."""

    id: str
    text: str
    statement: Mapping[str, Any]
    terms: Terms
    version: str
    registration: str | None
    refers_to: str | None
    voiding: bool
    attachments: Sequence[Attachment] = ()
    defines: bool = True
    """Whether it may change what the store knows of activities."""


@dataclass(frozen=True)
class Attachment:
    """The bytes that came with a statement, found by their hash."""

    sha2: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Stored:
    """A statement in the store. `seq` is its place in stored order; `text` is all of it."""

    id: str
    seq: int
    text: bytes = field(repr=False)

    @classmethod
    def of(cls, record: Record, seq: int, text: str) -> Stored:
        """What has just been stored under this number; its value need not be read from the text again."""
        found = cls(record.id, seq, text.encode())
        time = timestamp(seq)
        found.__dict__["statement"] = {"timestamp": time, **record.statement, "stored": time}
        return found

    @property
    def stored(self) -> datetime:
        return moment(self.seq)

    @cached_property
    def statement(self) -> dict[str, Any]:
        """The statement as Python values. Numbers may lose digits here; `text` never does."""
        value: dict[str, Any] = json.loads(self.text)
        return value


@dataclass(frozen=True)
class Saved:
    """What a save did.

    `ids`: all of them, in the order sent, replayed ones too. `new`: statements that were not there before and
    are not voided. `voided`: statements that were there before and became voided now. Both in stored order.
    """

    ids: list[str]
    new: list[Stored]
    voided: list[Stored]
    last: int = 0
    """The number of the last one that was not there before, voided or not; 0 when all were."""


@dataclass(frozen=True)
class Page:
    """Some of the statements that match a query; `cursor` is where the next page begins, if there is one."""

    statements: list[Stored]
    cursor: int | None


class Store(Protocol):
    """Storage of statements. Every write happens in the caller's transaction and takes the write lock."""

    def add(self, connection: Connection, records: Sequence[Record], *, define: bool = True) -> Saved:
        """Store a batch whole. XAPIError 409 when an id is taken by a different statement."""
        ...

    def get(self, connection: Connection, query: Query) -> Stored | None:
        """The one statement that the query names, voided or not as the query says."""
        ...

    def find(self, connection: Connection, query: Query, *, size: int, most_bytes: int) -> Page:
        """The next page: never more than `size` statements, and few more than `most_bytes` bytes of them."""
        ...

    def read(
        self, connection: Connection, *, registration: str | None, after: int, limit: int | None, voided: bool
    ) -> Iterator[Stored]:
        """Statements in stored order."""
        ...

    def consistent_through(self) -> int:
        """The number up to which every statement that is or will be stored can already be read."""
        ...
