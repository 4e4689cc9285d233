"""Databases with progress rows, on SQLite and on PostgreSQL, and a report's question about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import insert

from near_learn.config import Settings
from near_learn.people.region import Region, RegionChange
from near_learn.records.progress import module_progress, registration, release
from near_learn.reports.completion import Report, count
from near_learn.reports.facts import Within
from near_learn.reports.filters import AsOf, Filters
from near_learn.reports.tally.refresh import recount
from near_learn.reports.tally.terms import Terms

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
AS_OF = AsOf(NOW, BRUSSELS, dropout_days=60)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Reports with exact figures. Small groups have tests of their own."""
    return replace(settings, small_group=1)


def everywhere(*_columns: Any) -> sa.ColumnElement[bool]:
    """What somebody may see who may see everything."""
    return sa.true()


def counted(
    connection: sa.Connection, filters: Filters, visible: Within = everywhere, least: int = 1
) -> Report:
    """The report, from a tally that is made for it."""
    recount(connection, Terms(filters.as_of.zone, least))
    return count(connection, filters, visible)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def database(empty_tables: sa.Connection) -> sa.Connection:
    """Empty tables with the few NUTS codes that these tests speak of."""
    empty_tables.execute(insert(Region), [region(code) for code in REGIONS])
    empty_tables.execute(insert(RegionChange), CHANGES)
    return empty_tables


REGIONS = (
    *("ES", "ES2", "ES22", "ES220", "BE", "BE2", "BE21", "BE212", "IT"),
    *("FI", "FI1", "FI1C", "FI1C3", "FI1C6", "PT", "PT1", "PT17", "PT170", "PT1A0", "PT1B0"),
)
CHANGES = [
    {"code_2021": "FI1C3", "code_2024": "FI1C6", "change": "Boundary shift"},
    {"code_2021": "PT170", "code_2024": "PT1A0", "change": "Split"},
    {"code_2021": "PT170", "code_2024": "PT1B0", "change": "Split"},
]
OLD = {"FI1C3", "PT17", "PT170"}
NEW = {"FI1C6", "PT1A0", "PT1B0"}


def region(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"Region {code}",
        "level": len(code) - 2,
        "country": code[:2],
        "in_2021": code not in NEW,
        "in_2024": code not in OLD,
    }


class Rows:
    """Writes progress rows with sensible values for what a test does not care about."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.numbers = numbers(1)

    def release(self, course: str, modules: list[str], name: str = "r1") -> None:
        values = {
            "course": course,
            "release": name,
            "modules": modules,
            "title": {"en": course},
            "loaded_at": NOW,
        }
        self.connection.execute(insert(release), values)

    def registration(self, **values: Any) -> str:
        id_ = f"00000000-0000-4000-8000-{next(self.numbers):012d}"
        row = {
            "registration": id_,
            "actor": f"person-{id_[-4:]}",
            "course": "accompaniment",
            "release": "r1",
            "region": "ES220",
            "nuts": "2024",
            "language": "es",
            "cohort": "",
            "enrolled_at": days_ago(10),
            "started_at": None,
            "last_at": days_ago(5),
            "completed_at": None,
            "passed_at": None,
        }
        self.connection.execute(insert(registration), {**row, **values})
        return id_

    def module(self, id_: str, module: str, **values: Any) -> None:
        row = {
            "registration": id_,
            "module": module,
            "started_at": days_ago(9),
            "last_at": days_ago(5),
            "open_since": None,
            "section": "",
            "seen": [],
            "progress": 0.5,
            "completed_at": None,
            "passed_at": None,
            "attempts": 0,
            "first_score": None,
            "best_score": None,
            "seconds": 60.0,
            "session_seconds": 0.0,
        }
        self.connection.execute(insert(module_progress), {**row, **values})


@pytest.fixture
def rows(database: sa.Connection) -> Rows:
    return Rows(database)


@pytest.fixture
def ask() -> Callable[..., Filters]:
    """Filters as of NOW; keywords change them."""
    return lambda **changes: replace(Filters(AS_OF), **changes)
