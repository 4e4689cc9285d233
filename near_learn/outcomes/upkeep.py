"""Keeps the sums of blocks up to date: what has changed is counted anew, in the transaction of the tally."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import Connection, delete, insert, select

from near_learn.content import Course
from near_learn.content_library import library
from near_learn.outcomes import block_sums, pairs, participants, practice
from near_learn.outcomes.block_sums import Kind, state
from near_learn.outcomes.pairs import BothTests
from near_learn.outcomes.practice import Instrument
from near_learn.reports.tally import fresh
from near_learn.reports.tally.changed import changed
from near_learn.reports.tally.tables import block
from near_learn.reports.tally.terms import digest
from xapi.sql import lock
from xapi.sql.chunks import chunks

FORMAT = 1  # raise it when the same records shall give other sums


@dataclass(frozen=True)
class Definitions:
    """What is counted: the tests and the self-assessments of the courses."""

    tests: Mapping[str, BothTests]
    instruments: Mapping[str, Instrument]

    @classmethod
    def of(cls, courses: Mapping[str, Course]) -> Definitions:
        """Those of these courses."""
        return cls(pairs.tests(courses), practice.instruments(courses))

    @property
    def digest(self) -> str:
        """Changes when everything must be counted again."""
        tests = [(each.course, each.before, each.after) for each in self.tests.values()]
        asked = [
            (each.course, each.module.id, each.items, sorted(each.values.items()))
            for each in self.instruments.values()
        ]
        return digest([FORMAT, sorted(tests), sorted(asked)])


class Upkeep:
    """Follows the tally (reports/tally/fresh.py) with the definitions of the courses as they are now."""

    def is_due(self, connection: Connection) -> bool:
        """Whether people or definitions have changed."""
        return is_due(connection, Definitions.of(library().courses))

    def refresh(self, connection: Connection) -> None:
        """Counts what has changed."""
        refresh(connection, Definitions.of(library().courses))


def init_app(app: Flask) -> None:
    fresh.follow(app, Upkeep())


def is_due(connection: Connection, definitions: Definitions) -> bool:
    """Whether something has changed since it was counted."""
    if connection.scalar(select(state.c.made_with)) != definitions.digest:
        return True
    return connection.scalar(select(changed.c.block).limit(1)) is not None


def refresh(connection: Connection, definitions: Definitions) -> None:
    """Counts anew the blocks that have changed. In a write transaction, after the tally."""
    lock.take(connection)
    if not is_due(connection, definitions):
        return
    again = select(block.c.id).order_by(block.c.id)
    if connection.scalar(select(state.c.made_with)) == definitions.digest:
        block_sums.forget(connection, connection.scalars(select(changed.c.block)).all())
        again = again.where(block.c.id.in_(select(changed.c.block)))
    else:
        connection.execute(delete(block_sums.table))
    for some in chunks(connection.scalars(again).all()):
        for id_, of in definitions.tests.items():
            block_sums.put(connection, Kind.GAIN, id_, pairs.figures(connection, of, some))
        for id_, asked in definitions.instruments.items():
            block_sums.put(connection, Kind.PRACTICE, id_, practice.figures(connection, asked, some))
        block_sums.put(connection, Kind.PARTICIPANTS, "", participants.figures(connection, some))
    for table in (changed, state):
        connection.execute(delete(table))
    made = {"id": 1, "made_with": definitions.digest, "counted_at": datetime.now(UTC)}
    connection.execute(insert(state), made)
