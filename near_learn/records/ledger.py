"""What the recorder reads before it writes, and the door through which its statements are saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from near_learn.content import Course
from near_learn.records import progress, release, rows
from near_learn.records.fold import ModuleRow, RegistrationRow, State
from xapi.lrs import LRS
from xapi.sql import lock


@dataclass(frozen=True)
class OpenModule:
    """A module somebody has open, and the registration it is open in."""

    registration: RegistrationRow
    module: ModuleRow


class Ledger:
    """Reads the progress rows and saves each step at once."""

    def __init__(self, lrs: LRS) -> None:
        self.lrs = lrs

    def begin(self, connection: Connection) -> None:
        """Takes the store's write lock first, so that what is read now still holds when the step is saved."""
        lock.take(connection)

    def remember(self, connection: Connection, course: Course) -> None:
        """Makes sure that the course's release is known: statements about an unknown course don't count."""
        release.remember(connection, course)

    def enrolled(self, connection: Connection, account: str, course: str) -> str | None:
        """The person's latest registration in the course."""
        table = progress.registration
        query = select(table.c.registration).where(table.c.actor == account, table.c.course == course)
        found: str | None = connection.scalar(query.order_by(table.c.enrolled_at.desc()).limit(1))
        return found

    def state(self, connection: Connection, registration: str) -> State | None:
        """Where the registration stands."""
        return rows.load(connection, registration)

    def open_modules(self, connection: Connection, account: str) -> list[OpenModule]:
        """The modules that the person has open; in whichever course."""
        return [OpenModule(*pair) for pair in rows.open_modules(connection, account)]

    def save(
        self, connection: Connection, statements: Sequence[Mapping[str, Any]], authority: Mapping[str, Any]
    ) -> None:
        """Saves the statements of one step, all or none; the rows follow in the same transaction."""
        self.lrs.save(connection, statements, authority=authority)
