"""A ledger for long histories: steps are folded in memory and saved by the thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

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
        self._waiting: list[Mapping[str, Any]] = []
        self._authority: Mapping[str, Any] = {}

    def enrolled(self, connection: Connection, account: str, course: str) -> str | None:
        own = [state.row for state in self._of(account) if state.row.course == course]
        if own:
            return max(own, key=lambda row: row.enrolled_at).registration
        return super().enrolled(connection, account, course)

    def state(self, connection: Connection, registration: str) -> State | None:
        if registration not in self._states:
            found = super().state(connection, registration)
            if found is not None:
                self._keep(found)
        return self._states.get(registration)

    def open_modules(self, connection: Connection, account: str) -> list[OpenModule]:
        here = [
            OpenModule(state.row, module)
            for state in self._of(account)
            for module in state.modules.values()
            if module.open_since is not None
        ]
        elsewhere = super().open_modules(connection, account)
        return here + [one for one in elsewhere if one.registration.registration not in self._states]

    def save(
        self, connection: Connection, statements: Sequence[Mapping[str, Any]], authority: Mapping[str, Any]
    ) -> None:
        self._authority = authority
        for statement in statements:
            statement = {"id": str(uuid4()), **statement}
            self._waiting.append(statement)
            event = read(
                statement,
                datetime.now(UTC),
                self._iris,
                known_place=lambda _place: True,
                known_region=lambda _code: True,
            )
            if event is not None:
                self._keep(fold(self._states.get(event.registration), event))
        if len(self._waiting) >= AT_ONCE:
            self.flush(connection)

    def flush(self, connection: Connection) -> None:
        """Saves what is waiting."""
        if self._waiting:
            self.lrs.save(connection, self._waiting, authority=self._authority)
            self._waiting = []

    def _keep(self, state: State) -> None:
        if state.row.registration not in self._states:
            self._states[state.row.registration] = state
            self._own.setdefault(state.row.actor, []).append(state)

    def _of(self, account: str) -> list[State]:
        return self._own.get(account, [])
