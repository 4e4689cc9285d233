"""Statements become progress rows, in the transaction that stores them; and all rows can be made again."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from itertools import islice

from msgspec.structs import replace
from sqlalchemy import Connection

from near_learn.records import closing, rows, told
from near_learn.records.event import Event, Json, in_time, read
from near_learn.records.fold import State, fold
from near_learn.records.iris import Iris
from near_learn.records.known import Known
from near_learn.records.statement import Builder
from xapi.lrs import LRS, Saved, Stored
from xapi.store import moment

# Statements folded between two writes of rows while everything is made again.
AT_ONCE = 5000


@dataclass
class Projection:
    """Keeps the progress rows equal to what folding all statements in stored order gives."""

    lrs: LRS
    iris: Iris
    known: Known = field(default_factory=Known)
    on_voided: Callable[[Connection, Sequence[Stored]], None] | None = None
    """What else follows when statements are voided, wherever that came from."""

    def project(self, connection: Connection, saved: Saved) -> None:
        """The record store's `on_saved` hook: folds new statements into the rows.

        When a statement was voided, the rows of its registration are made again. Then states what follows
        for the whole course: see closing.py.
        """
        self.follow(connection, self._events(connection, saved.new), saved.voided)

    def follow(self, connection: Connection, events: Iterable[Event], voided: Sequence[Stored]) -> None:
        """The same for the events of new statements, which others may have read."""
        again = {event.registration for event in self._events(connection, voided)} if voided else set()
        if again:
            events = (event for event in events if event.registration not in again)
        states = self._fold(connection, events)
        rows.write(connection, states.values())
        for registration in sorted(again):
            state = self.renew(connection, registration)
            if state is not None:
                states[registration] = state
        closing.settle(connection, self.lrs, self._builder, states.values())
        if again:
            renewed = [states[name] for name in again if name in states]
            closing.withdraw(connection, self.lrs, self._builder, renewed)
        if voided and self.on_voided is not None:
            self.on_voided(connection, voided)

    def accepted(self, connection: Connection, event: Event, seq: int) -> Event | None:
        """The `unchecked` event of what is now stored under the number; None when it does not count."""
        if not self.known.place(connection, event.place):
            return None
        if event.region and not self.known.region(connection, event.region):
            event = replace(event, region="")
        return in_time(event, moment(seq))

    def renew(self, connection: Connection, registration: str) -> State | None:
        """Makes the rows of one registration again from all its statements; None when nothing is left."""
        rows.remove(connection, [registration])
        state: State | None = None
        for event in self._events(connection, self.lrs.read(connection, registration=registration)):
            state = fold(state, event)
        if state is not None:
            rows.write(connection, [state])
        return state

    def rebuild(self, connection: Connection, tell: Callable[[int], None] | None = None) -> int:
        """Throws all rows away and makes them again; the number of statements read.

        `tell` is called with the number of statements read since it was called last.
        """
        rows.remove(connection)
        statements = self.lrs.read(connection)
        total = 0
        # Nobody looks again and again for garbage in what the application is made of.
        gc.freeze()
        try:
            while some := list(islice(statements, AT_ONCE)):
                rows.write(connection, self._fold(connection, self._events(connection, some)).values())
                total += len(some)
                if tell is not None:
                    tell(len(some))
        finally:
            gc.unfreeze()
        return total

    @cached_property
    def _builder(self) -> Builder:
        return Builder(self.iris)

    def _fold(self, connection: Connection, events: Iterable[Event]) -> dict[str, State]:
        by_registration: dict[str, list[Event]] = {}
        for event in events:
            by_registration.setdefault(event.registration, []).append(event)
        states = rows.load_for(connection, by_registration)
        for registration, own in by_registration.items():
            state = states.get(registration)
            for event in own:
                state = fold(state, event)
            if state is not None:
                states[registration] = state
        return states

    def _events(self, connection: Connection, statements: Iterable[Stored]) -> Iterator[Event]:
        known_place, known_region = (
            partial(self.known.place, connection),
            partial(self.known.region, connection),
        )
        first: datetime | None = None
        for stored in statements:
            statement = told.known(stored)
            if statement is None:
                if not _may_count(stored.text):
                    continue
                statement = told.parts(stored)
            first = first or stored.stored
            event = read(statement, self.iris, known_place=known_place, known_region=known_region)
            if event is not None:
                # They come in stored order, and few state a time after the first of them was stored.
                yield event if event.at <= first else in_time(event, stored.stored)


def unchecked(text: bytes, statement: Json, iris: Iris) -> Event | None:
    """The event of a statement that is not stored yet, read without the database: see `accepted`."""
    if not _may_count(text):
        return None
    timed = statement if "timestamp" in statement else {**statement, "timestamp": "9990-01-01T00:00:00Z"}
    return read(timed, iris, known_place=lambda _place: True, known_region=lambda _code: True)


def _may_count(text: bytes) -> bool:
    """A quick look that spares most statements of other activities the parsing."""
    # Letters may be written as \u00xx, so a text with such an escape is parsed in any case.
    return (b'"registration"' in text and b"courses" in text) or b"\\u00" in text
