"""What all outcomes have in common: where a person's registration counts, and in which block of people.

Both are those of the completion report's tally: bring it up to date before, see reports/tally/fresh.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from near_learn.reports.tally.tables import entry

FIRST_YEAR, LAST_YEAR = 1990, 2100
# By name, because PostgreSQL takes an expression with values in it for another one each time.
GROUP = ("tally_block", "year", "language", "nuts3", "organisation", "cohort")


class Place(NamedTuple):
    """What reports tell apart. The year is that of the enrolment."""

    year: str
    language: str
    nuts0: str
    nuts1: str
    nuts2: str
    nuts3: str
    organisation: str
    cohort: str


def columns() -> list[ColumnElement[Any]]:
    """The columns that `where` reads; to be grouped by under their names (GROUP)."""
    of = entry.c
    year = func.substr(of.month, 1, 4).label("year")
    return [of.block.label("tally_block"), year, of.language, of.nuts3, of.organisation, of.cohort]


def where(row: Any) -> tuple[int, Place]:
    """The block of a row with these columns, and its place."""
    return row.tally_block, place(row)


def place(row: Any) -> Place:
    """Where a row with these columns belongs."""
    return place_of(row.year, row.language, row.nuts3, row.organisation, row.cohort)


def place_of(year: str, language: str, code: str, organisation: str, cohort: str) -> Place:
    """The place with the regions above the code of the smallest one."""
    return Place(year, language, code[:2], code[:3], code[:4], code, organisation, cohort)


def places(connection: Connection, course: str, blocks: Sequence[int]) -> dict[tuple[int, Place], int]:
    """The places that people of these blocks have in a course, each with how many they are there."""
    query = select(*columns(), func.count().label("persons")).where(
        entry.c.block.in_(blocks), entry.c.course == course, entry.c.first
    )
    return {where(row): row.persons for row in connection.execute(query.group_by(*GROUP))}
