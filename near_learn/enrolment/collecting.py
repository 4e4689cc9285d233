"""A ledger that writes nothing: what the recorder says is collected and checked, to be stored at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from near_learn.content import Course
from near_learn.records.ledger import Ledger
from xapi.lrs import LRS
from xapi.store import Record


class Collecting(Ledger):
    """For new registrations only: whoever it is asked about is not registered yet.

    Building and checking statements takes most of the time of enrolling many. It happens here, while others
    go on writing; `store` is quick.
    """

    def __init__(self, lrs: LRS) -> None:
        super().__init__(lrs)
        self.records: list[Record] = []
        # Of each course, the first statement: only these need to define it.
        self.defining: list[Record] = []
        self._courses: dict[str, Course] = {}
        self._defined: set[str] = set()

    def begin(self, connection: Connection) -> None:
        """Nothing is locked yet."""

    def remember(self, connection: Connection, course: Course) -> None:
        self._courses[course.id] = course

    def enrolled(self, connection: Connection, account: str, course: str) -> str | None:
        return None

    def save(
        self, connection: Connection, statements: Sequence[Mapping[str, Any]], authority: Mapping[str, Any]
    ) -> None:
        for record in self.lrs.prepare(statements, authority=authority):
            known = record.statement["object"]["id"] in self._defined
            (self.records if known else self.defining).append(record)
            self._defined.add(record.statement["object"]["id"])

    def remember_all(self, connection: Connection) -> None:
        """Makes the courses' releases known; in the write transaction, before anything is stored."""
        for course in self._courses.values():
            super().remember(connection, course)
