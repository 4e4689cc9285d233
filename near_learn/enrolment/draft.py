"""A list that was read and planned, kept for an hour until its sender has decided. It holds names: sealed."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from flask import current_app
from sqlalchemy import JSON, Connection, String, Table, Text, and_, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.config import Settings
from near_learn.db import Model, UTCDateTime
from near_learn.enrolment.column import Column
from near_learn.enrolment.listing import Listing, Row
from near_learn.enrolment.plan import Plan
from near_learn.sealed import CannotOpen, opened, seal

PURPOSE = "enrolment list"
KEPT = timedelta(hours=1)
# Nothing works this long: a process that began it is gone, and has written nothing.
ABANDONED = timedelta(minutes=10)


class State(StrEnum):
    """Whether the list waits for a decision, is being applied, or was applied."""

    READY = "ready"
    WORKING = "working"
    DONE = "done"


class DraftRow(Model):
    """A list on its way. Whose it is decides who sees it."""

    __tablename__ = "enrolment_draft"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(String(36), index=True)
    state: Mapped[str] = mapped_column(String(8))
    until: Mapped[datetime] = mapped_column(UTCDateTime())
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    totals: Mapped[dict[str, int]] = mapped_column(JSON)
    sealed: Mapped[str] = mapped_column(Text)


assert isinstance(DraftRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = DraftRow.__table__


@dataclass(frozen=True)
class Content:
    """What is sealed: the list, what it would do, and what was ticked. `changed`: rows that would now do
    something else than what was shown before."""

    file: str
    listing: Listing
    plan: Plan
    make_organisations: bool = False
    changed: frozenset[int] = frozenset()

    def packed(self) -> str:
        """As a text of reasonable length."""
        value = {
            "file": self.file,
            "rows": [(row.number, row.cells, row.beyond) for row in self.listing.rows],
            "places": self.listing.places,
            "plan": self.plan.to_json(),
            "make_organisations": self.make_organisations,
            "changed": sorted(self.changed),
        }
        return b64encode(zlib.compress(json.dumps(value).encode(), 1)).decode("ascii")

    @classmethod
    def unpacked(cls, text: str) -> Content:
        """The content of a packed text."""
        value = json.loads(zlib.decompress(b64decode(text)))
        rows = [
            Row(number, {Column(name): cell for name, cell in cells.items()}, beyond)
            for number, cells, beyond in value["rows"]
        ]
        places = {Column(name): letter for name, letter in value["places"].items()}
        return cls(
            value["file"],
            Listing(rows, places),
            Plan.from_json(value["plan"]),
            value["make_organisations"],
            frozenset(value["changed"]),
        )


@dataclass(frozen=True)
class Draft:
    """A list on its way, with as much of it as was asked for."""

    id: str
    state: State
    until: datetime
    begun_at: datetime | None
    totals: dict[str, int]
    sealed: str

    def content(self) -> Content | None:
        """What it says; None when it was applied, or cannot be opened any more."""
        if not self.sealed:
            return None
        try:
            return Content.unpacked(opened(self.sealed, secret_key=_secret_key(), purpose=PURPOSE))
        except CannotOpen:
            return None

    def abandoned(self, now: datetime) -> bool:
        """Whether the process that was applying it is gone."""
        return self.state is State.WORKING and bool(self.begun_at and self.begun_at < now - ABANDONED)


def keep(connection: Connection, account: str, packed: str, totals: dict[str, int], now: datetime) -> str:
    """Keeps a list; its id. What nobody decided about in time goes."""
    connection.execute(delete(table).where(table.c.until < now))
    id_ = str(uuid4())
    connection.execute(
        insert(table).values(
            id=id_,
            account=account,
            state=State.READY.value,
            until=now + KEPT,
            begun_at=None,
            totals=totals,
            sealed=sealed(packed),
        )
    )
    return id_


def of(connection: Connection, account: str, id_: str, now: datetime) -> Draft | None:
    """The list, if it is this person's and still kept."""
    own = and_(table.c.id == id_, table.c.account == account, table.c.until >= now)
    row = connection.execute(select(table).where(own)).first()
    if row is None:
        return None
    return Draft(row.id, State(row.state), row.until, row.begun_at, dict(row.totals), row.sealed)


def claim(connection: Connection, id_: str, now: datetime) -> bool:
    """Begins to apply it; False when somebody does so already or has done."""
    stalled = and_(table.c.state == State.WORKING, table.c.begun_at < now - ABANDONED)
    free = and_(table.c.id == id_, or_(table.c.state == State.READY, stalled))
    values = {"state": State.WORKING.value, "begun_at": now, "until": now + KEPT}
    return connection.execute(update(table).where(free).values(values)).rowcount == 1


def finish(connection: Connection, id_: str, totals: dict[str, int]) -> None:
    """It was applied, in this transaction; its names go."""
    values = {"state": State.DONE.value, "sealed": "", "totals": totals}
    connection.execute(update(table).where(table.c.id == id_).values(values))


def give_back(connection: Connection, id_: str, packed: str, totals: dict[str, int], now: datetime) -> None:
    """It was not applied: with another plan, it waits for another decision."""
    values = {"state": State.READY.value, "sealed": sealed(packed), "totals": totals, "until": now + KEPT}
    connection.execute(update(table).where(table.c.id == id_).values(values))


def release(connection: Connection, id_: str) -> None:
    """It was not applied, for a reason that is not its own."""
    working = and_(table.c.id == id_, table.c.state == State.WORKING)
    connection.execute(update(table).where(working).values(state=State.READY.value))


def forget(connection: Connection, account: str) -> int:
    """Removes every list of this person; how many."""
    return connection.execute(delete(table).where(table.c.account == account)).rowcount


def sealed(packed: str) -> str:
    """As it is stored. Slow for a long list: outside of the transaction, when that matters."""
    return seal(packed, secret_key=_secret_key(), purpose=PURPOSE)


def _secret_key() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.secret_key
