"""What all outcomes are counted from: each person's first registration in a course, and where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, literal, or_, select

from near_learn.records.progress import registration

FIRST_YEAR, LAST_YEAR = 1990, 2100
# By name, because PostgreSQL takes an expression with values in it for another one each time.
GROUP = ("year", "language", "region", "organisation", "cohort")


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


def first() -> ColumnElement[bool]:
    """The condition that a registration is its person's first one in its course: nobody counts twice."""
    other = registration.alias("other")
    mine = registration.c
    return ~exists(
        select(literal(1)).where(
            other.c.actor == mine.actor,
            other.c.course == mine.course,
            or_(
                other.c.enrolled_at < mine.enrolled_at,
                and_(other.c.enrolled_at == mine.enrolled_at, other.c.registration < mine.registration),
            ),
        )
    )


def columns(year: ColumnElement[str]) -> list[ColumnElement[Any]]:
    """The columns that `place` reads; to be grouped by under their names (GROUP)."""
    of = registration.c
    return [year.label("year"), of.language, of.region, of.organisation, of.cohort]


def place(row: Any, heirs: dict[str, str]) -> Place:
    """Where a row with these columns belongs; a code of NUTS 2021 with one successor counts as that."""
    code = heirs.get(row.region, row.region)
    country, major, basic = code[:2], code[:3], code[:4]
    return Place(row.year, row.language, country, major, basic, code, row.organisation, row.cohort)


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
