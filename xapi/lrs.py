"""The record store as one object: it answers requests, and the application saves and reads through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from xapi import jsontext
from xapi.errors import XAPIError
from xapi.record import prepare
from xapi.sql.store import SQLStore
from xapi.store import Record, Saved, Stored
from xapi.versions import negotiate

__all__ = ["LRS", "Limits", "OnSaved", "Saved", "Stored"]

OnSaved = Callable[[Connection, Saved], None]


@dataclass(frozen=True)
class Limits:
    """What one request may ask for. Sizes are in bytes."""

    page: int = 500
    page_bytes: int = 4 * 1024 * 1024
    statements: int = 10_000
    body: int = 32 * 1024 * 1024


class LRS:
    """A record store in one database. `on_saved` is told of each save inside its transaction."""

    def __init__(
        self,
        engine: Engine,
        *,
        mount: str = "/xapi",
        on_saved: OnSaved | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self.store = SQLStore(engine)
        self.mount = mount
        self.on_saved = on_saved
        self.limits = limits

    def save(
        self, connection: Connection, statements: Sequence[Mapping[str, Any]], *, authority: Mapping[str, Any]
    ) -> Saved:
        """Store the application's own statements inside its write transaction, all of them or none.

        They are validated like anybody's, by the rules of 1.0.3 unless a statement says otherwise.
        Raises XAPIError for a statement that breaks a rule, and with status 409 for an id that is taken by
        a different statement; the caller then rolls back.
        """
        records = []
        for place, statement in enumerate(statements):
            text = json.dumps(statement, ensure_ascii=False, separators=(",", ":"))
            try:
                # Read again, so that what Python writes but JSON does not know (NaN) is refused here too.
                value = jsontext.loads(text.encode("utf-8", "surrogatepass"))
                records.append(prepare(text, value, negotiate(str(value.get("version", "1.0.3"))), authority))
            except XAPIError as error:
                raise error.within(place) from None
        return self.add(connection, records)

    def add(self, connection: Connection, records: Sequence[Record], *, define: bool = True) -> Saved:
        """Store prepared records and tell `on_saved` what became of them."""
        seen: set[str] = set()
        for place, record in enumerate(records):
            if record.id in seen:
                raise XAPIError(f"the id {record.id} is twice in one batch", path=f"[{place}].id")
            seen.add(record.id)
        saved = self.store.add(connection, records, define=define)
        if self.on_saved is not None and (saved.new or saved.voided):
            self.on_saved(connection, saved)
        return saved

    def read(
        self,
        connection: Connection,
        *,
        registration: str | None = None,
        after: int = 0,
        limit: int | None = None,
        voided: bool = False,
    ) -> Iterator[Stored]:
        """Statements stored after the sequence number `after`, in stored order, voided ones if asked for."""
        return self.store.read(connection, registration=registration, after=after, limit=limit, voided=voided)
