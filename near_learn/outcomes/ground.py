"""What all outcomes have in common: where a person's first registration in a course belongs, and the year.

The places are those of the completion report's tally: bring it up to date before, see reports/tally/fresh.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, case, func, literal, select

from near_learn.records.progress import registration
from near_learn.reports.tally.tables import entry

FIRST_YEAR, LAST_YEAR = 1990, 2100
# By name, because PostgreSQL takes an expression with values in it for another one each time.
GROUP = ("year", "language", "nuts3", "organisation", "cohort")


class Place(NamedTuple):
    """What reports tell apart, the most important first. The language comes early: most of a region learn in
    one, so those few who don't are hidden together with each other and not with their neighbours."""

    year: str
    language: str
    nuts0: str
    nuts1: str
    nuts2: str
    nuts3: str
    organisation: str
    cohort: str


def columns(year: ColumnElement[str]) -> list[ColumnElement[Any]]:
    """The columns that `place` reads; to be grouped by under their names (GROUP)."""
    of = entry.c
    return [year.label("year"), of.language, of.nuts3, of.organisation, of.cohort]


def place(row: Any) -> Place:
    """Where a row with these columns belongs."""
    code = row.nuts3
    return Place(row.year, row.language, code[:2], code[:3], code[:4], code, row.organisation, row.cohort)


class Years:
    """The calendar years in which something happened, by the clock of a time zone."""

    def __init__(self, zone: ZoneInfo, years: Iterable[int]) -> None:
        self.zone = zone
        self.years = list(years)

    @classmethod
    def recorded(cls, connection: Connection, zone: ZoneInfo) -> Years:
        """From the first enrolment to the last sign of life."""
        of = registration.c
        earliest, latest = connection.execute(select(func.min(of.enrolled_at), func.max(of.last_at))).one()
        if earliest is None:
            return cls(zone, [datetime.now(zone).year])
        low = max(earliest.astimezone(zone).year, FIRST_YEAR)
        return cls(zone, range(low, max(low, min(latest.astimezone(zone).year, LAST_YEAR)) + 1))

    def of(self, time: ColumnElement[datetime]) -> ColumnElement[str]:
        """The year of a column, as SQL; what lies outside counts to the first or the last."""
        return self._among(time, self.years)

    def _among(self, time: ColumnElement[datetime], years: list[int]) -> ColumnElement[str]:
        if len(years) == 1:
            return literal(str(years[0]))
        middle = len(years) // 2
        border = datetime(years[middle], 1, 1, tzinfo=self.zone).astimezone(UTC)
        before, after = self._among(time, years[:middle]), self._among(time, years[middle:])
        return case((time < border, before), else_=after)
