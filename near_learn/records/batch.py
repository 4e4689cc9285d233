"""A ledger for long histories: steps are folded in memory and saved by the thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from near_learn.content import Course
from near_learn.records import progress
from near_learn.records.event import read
from near_learn.records.fold import State, fold
from near_learn.records.iris import Iris
from near_learn.records.ledger import Ledger, OpenModule
from xapi.lrs import LRS

AT_ONCE = 1000


class Batch(Ledger):
    """Answers from memory what its own steps have changed. Needs a `flush` at the end of the transaction."""

    def __init__(self, lrs: LRS, iris: Iris) -> None:
        super().__init__(lrs)
        self._iris = iris
        self._states: dict[str, State] = {}
        self._own: dict[str, list[State]] = {}  # by account
        self._remembered: set[tuple[str, str]] = set()
        self._begun = False
        self._waiting: list[Mapping[str, Any]] = []
        self._authority: Mapping[str, Any] = {}

    def begin(self, connection: Connection) -> None:
        if not self._begun:
            super().begin(connection)
            self._begun = True

    def remember(self, connection: Connection, course: Course) -> None:
        if (course.id, course.release) not in self._remembered:
            super().remember(connection, course)
            self._remembered.add((course.id, course.release))

    def enrolled(self, connection: Connection, account: str, course: str) -> str | None:
        own = [state.row for state in self._of(connection, account) if state.row.course == course]
        return max(own, key=lambda row: row.enrolled_at).registration if own else None

    def state(self, connection: Connection, registration: str) -> State | None:
        if registration not in self._states:
            found = super().state(connection, registration)
            if found is not None:
                # Others of the same person may be stored too.
                self._of(connection, found.row.actor)
        return self._states.get(registration)

    def open_modules(self, connection: Connection, account: str) -> list[OpenModule]:
        return [
            OpenModule(state.row, module)
            for state in self._of(connection, account)
            for module in state.modules.values()
            if module.open_since is not None
        ]

    def save(
        self, connection: Connection, statements: Sequence[Mapping[str, Any]], authority: Mapping[str, Any]
    ) -> None:
        self._authority = authority
        for statement in statements:
            statement = {"id": str(uuid4()), **statement}
            self._waiting.append(statement)
            event = read(
                statement,
                self._iris,
                known_place=lambda _place: True,
                known_region=lambda _code: True,
            )
            if event is not None:
                self._keep(connection, fold(self._states.get(event.registration), event))
        if len(self._waiting) >= AT_ONCE:
            self.flush(connection)

    def flush(self, connection: Connection) -> None:
        """Saves what is waiting."""
        if self._waiting:
            self.lrs.save(connection, self._waiting, authority=self._authority)
            self._waiting = []

    def _keep(self, connection: Connection, state: State) -> None:
        if state.row.registration not in self._states:
            own = self._of(connection, state.row.actor)
            self._states[state.row.registration] = state
            own.append(state)

    def _of(self, connection: Connection, account: str) -> list[State]:
        """All registrations of a person; what is stored is read once."""
        if account not in self._own:
            table = progress.registration
            names = connection.scalars(select(table.c.registration).where(table.c.actor == account)).all()
            found = [super(Batch, self).state(connection, name) for name in names]
            self._own[account] = [state for state in found if state is not None]
            self._states.update({state.row.registration: state for state in self._own[account]})
        return self._own[account]
