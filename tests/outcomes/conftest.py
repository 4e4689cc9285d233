"""A small programme in a database, on SQLite and on PostgreSQL: people, tests before and after, answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import insert

from near_learn.outcomes import upkeep
from near_learn.outcomes.pairs import BothTests
from near_learn.outcomes.practice import Instrument
from near_learn.outcomes.upkeep import Definitions
from near_learn.people.region import RegionChange
from near_learn.people.territory import EVERYWHERE
from near_learn.records.progress import answer, attempt, module_progress, registration
from near_learn.reports.reader import Reader
from near_learn.reports.tally.refresh import recount
from near_learn.reports.tally.terms import Terms

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Brussels")
TESTS = {"accompaniment": BothTests("accompaniment", "pre-test", "post-test")}
EVERYBODY = Reader("", "", EVERYWHERE.limits, EVERYWHERE.covers)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def database(empty_tables: sa.Connection) -> sa.Connection:
    """Empty tables with two codes of NUTS 2021."""
    changes = [
        ("FI1C3", "FI1C6", "Boundary shift"),
        ("PT170", "PT1A0", "Split"),
        ("PT170", "PT1B0", "Split"),
    ]
    names = ("code_2021", "code_2024", "change")
    empty_tables.execute(insert(RegionChange), [dict(zip(names, row, strict=True)) for row in changes])
    return empty_tables


class Programme:
    """Writes rows with sensible values for what a test does not care about."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.numbers = count(1)

    def person(self, **values: Any) -> str:
        """Enrols somebody; the registration."""
        id_ = f"00000000-0000-4000-8000-{next(self.numbers):012d}"
        row = {
            "registration": id_,
            "actor": f"person-{id_[-4:]}",
            "course": "accompaniment",
            "release": "r1",
            "region": "ES220",
            "nuts": "2024",
            "language": "es",
            "organisation": "",
            "cohort": "",
            "enrolled_at": days_ago(100),
            "started_at": None,
            "last_at": days_ago(5),
            "completed_at": None,
            "passed_at": None,
        }
        self.connection.execute(insert(registration), {**row, **values})
        return id_

    def test(self, id_: str, module: str, score: float | None, at: datetime) -> None:
        """Somebody's first score in a test."""
        row = {
            "registration": id_,
            "module": module,
            "started_at": at,
            "last_at": at,
            "open_since": None,
            "section": "",
            "seen": [],
            "progress": 1.0,
            "completed_at": at,
            "passed_at": None,
            "attempts": 1,
            "first_score": score,
            "best_score": score,
            "seconds": 60.0,
            "session_seconds": 0.0,
        }
        self.connection.execute(insert(module_progress), row)

    def pair(self, before: float, after: float | None, **values: Any) -> str:
        """Enrols somebody with a test before and, if there is a score, one after."""
        id_ = self.person(**values)
        self.test(id_, "pre-test", before, days_ago(99))
        if after is not None:
            self.test(id_, "post-test", after, days_ago(20))
        return id_

    def assessed(self, id_: str, module: str, number: int, at: datetime, answers: dict[str, str]) -> None:
        """Somebody's self-assessment: an option by question."""
        of = {"registration": id_, "module": module, "at": at, "statement_id": id_}
        self.connection.execute(insert(attempt), {**of, "number": number})
        rows = [
            {**of, "attempt": number, "question": question, "response": option, "tries": 1}
            for question, option in answers.items()
        ]
        self.connection.execute(insert(answer), rows)


def counted(connection: sa.Connection, least: int = 1, *instruments: Instrument) -> sa.Connection:
    """The same connection, with the completion report's tally and the sums of blocks made anew."""
    recount(connection, Terms(ZONE, least))
    upkeep.refresh(connection, Definitions(TESTS, {each.course: each for each in instruments}))
    return connection


@pytest.fixture
def programme(database: sa.Connection) -> Programme:
    return Programme(database)
