"""A record store with the projection on it, a small course and its learners; no Flask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from near_learn.content import Course, Library, Module
from near_learn.db import Base
from near_learn.people.region import Region
from near_learn.records import progress, release
from near_learn.records.iris import Iris
from near_learn.records.learner import Learner
from near_learn.records.ledger import Ledger
from near_learn.records.projection import Projection
from near_learn.records.recorder import Recorder
from near_learn.records.sitting import Response, Sitting
from xapi.lrs import LRS
from xapi.sql import sqlite, tables

BASE = "https://learn.example"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OUTSIDE = {"account": {"homePage": "https://lms.example", "name": "client"}}
MAITE = Learner("11111111-1111-4111-8111-111111111111", "es", "ES220", cohort="pilot", organisation="city")
ANNA = Learner("22222222-2222-4222-8222-222222222222", "en", "FI1C6")
REGIONS = ("ES22", "ES220", "FI1C3", "FI1C6", "IT")

RIGHT = {"purpose": Response(("o2",), 12.5), "partners": Response(("o1", "o2"), 20.0)}
HALF = {"purpose": Response(("o2",), 8.0), "partners": Response(("o3",), None)}
WRONG = {"purpose": Response(("o1",)), "partners": Response(("o3",))}


@dataclass
class Place:
    """Everything that records needs, and a clock that the test moves."""

    engine: sa.Engine
    library: Library
    lrs: LRS
    projection: Projection
    recorder: Recorder
    now: datetime = START
    iris: Iris = field(default_factory=lambda: Iris(BASE))

    @property
    def course(self) -> Course:
        return self.library.courses["garden"]

    def module(self, name: str) -> Module:
        return self.course.module(name)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        with self.engine.connect().execution_options(near_write=True) as connection, connection.begin():
            yield connection

    def later(self, **span: float) -> datetime:
        """Moves the clock and tells the time."""
        self.now += timedelta(**span)
        return self.now

    def save(self, *statements: dict[str, Any]) -> None:
        """What an outside client sends in one request."""
        with self.writing() as connection:
            self.lrs.save(connection, statements, authority=OUTSIDE)

    def rows(self, table: sa.Table, **where: Any) -> list[dict[str, Any]]:
        query = sa.select(table).order_by(*table.primary_key)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def row(self, table: sa.Table, **where: Any) -> dict[str, Any]:
        (row,) = self.rows(table, **where)
        return row

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """All derived rows."""
        return {table.name: self.rows(table) for table in progress.DERIVED}

    def rebuilt(self) -> dict[str, list[dict[str, Any]]]:
        """All derived rows after they were thrown away and made again."""
        with self.writing() as connection:
            self.projection.rebuild(connection)
        return self.dump()

    def clear(self) -> None:
        """Empties the store and the derived rows."""
        with self.writing() as connection:
            for table in (*progress.DERIVED, *tables.metadata.sorted_tables):
                connection.execute(table.delete())

    def statements(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [stored.statement for stored in self.lrs.read(connection, voided=True)]

    def verbs(self) -> list[str]:
        """What was recorded, in order, as 'verb thing'."""
        return [
            f"{one['verb']['id'].rsplit('/', 1)[1]} {one['object']['id'].rsplit('/', 1)[-1]}"
            for one in self.statements()
        ]

    # --- a learner's steps, so that tests read as stories ---

    def enrol(self, learner: Learner = MAITE) -> str:
        with self.writing() as connection:
            return self.recorder.enrol(connection, learner, self.course, self.now)

    def do(self, step: str, registration: str, module: str, *rest: Any, learner: Learner = MAITE) -> Any:
        """One step of the recorder, at the present time."""
        with self.writing() as connection:
            call: Callable[..., Any] = getattr(self.recorder, step)
            sitting = Sitting(learner, registration, self.course, self.module(module))
            return call(connection, sitting, *rest, at=self.now)

    def read_all(self, registration: str, module: str, learner: Learner = MAITE) -> None:
        """Opens the module and reads every section, a minute each."""
        self.do("open", registration, module, learner=learner)
        for section in self.module(module).text("en").sections:
            self.later(minutes=1)
            self.do("progress", registration, module, section.id, learner=learner)

    def take(
        self, registration: str, module: str, number: int, answers: Any, learner: Learner = MAITE
    ) -> None:
        self.do("submit", registration, module, number, answers, learner=learner)


def make_place(url: str, library: Library) -> Place:
    """A fresh store at this address, which knows the course and some regions."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sqlite.configure(engine, synchronous="NORMAL")
    lrs = LRS(engine)
    projection = Projection(lrs, Iris(BASE))
    lrs.on_saved = projection.project
    made = Place(engine, library, lrs, projection, Recorder(Iris(BASE), Ledger(lrs)))
    with made.writing() as connection:
        Base.metadata.create_all(connection)
        tables.create(connection)
        connection.execute(
            sa.insert(Region),
            [
                {"code": code, "name": code, "level": len(code) - 2, "country": code[:2]}
                | {"in_2021": True, "in_2024": True}
                for code in REGIONS
            ],
        )
        release.register(connection, library)
    return made
