"""Progress rows become entries and steps: where a registration counts, and what it did on which day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Table, select

from near_learn.records.progress import module_progress, registration
from near_learn.reports.tally.tables import REGIONS
from near_learn.reports.tally.terms import Releases
from xapi.sql.chunks import chunks

Values = dict[str, Any]

_REGISTRATION = [
    registration.c[name]
    for name in (
        *("registration", "actor", "course", "release", "region", "organisation", "cohort", "language"),
        *("enrolled_at", "started_at", "last_at", "completed_at", "passed_at"),
    )
]
_PROGRESS = [
    module_progress.c[name]
    for name in (
        *("registration", "module", "started_at", "completed_at", "passed_at"),
        *("first_score", "best_score", "seconds"),
    )
]


@dataclass(frozen=True)
class Reading:
    """How progress rows are read: the zone of days, the heirs of old regions, the modules of releases."""

    zone: ZoneInfo
    heirs: Mapping[str, str]
    releases: Releases

    def entries(self, connection: Connection, names: Sequence[str]) -> Iterator[tuple[Values, list[Values]]]:
        """For each of the registrations that exists, its entry and its steps."""
        for some in chunks(names):
            found = _rows(connection, registration, _REGISTRATION, some)
            steps = defaultdict(list)
            for row in _rows(connection, module_progress, _PROGRESS, some):
                steps[row.registration].append(row)
            for row in found:
                yield self._entry(row), self._steps(row, steps[row.registration])

    def _entry(self, row: Row[Any]) -> Values:
        code = self.heirs.get(row.region, row.region)
        return {
            "registration": row.registration,
            "course": row.course,
            **{name: code[: 2 + level] for level, name in enumerate(REGIONS)},
            "region": row.region,
            "organisation": row.organisation,
            "cohort": row.cohort,
            "release": f"{row.course}/{row.release}",
            "language": row.language,
            "month": row.enrolled_at.astimezone(self.zone).isoformat()[:7],
        }

    def _steps(self, row: Row[Any], modules: Iterable[Row[Any]]) -> list[Values]:
        """A step for the course, one for each module of the release, one for each other that was taken up."""
        taken = {each.module: each for each in modules}
        instruments = self.releases.instruments.get(row.course, frozenset())
        planned = self.releases.modules.get((row.course, row.release), ())
        others = sorted(name for name in taken if name not in planned and name not in instruments)
        counted = [each for name, each in taken.items() if name not in instruments]
        steps = [self._course(row, counted)]
        steps += [self._step(row, name, taken.get(name)) for name in (*dict.fromkeys(planned), *others)]
        return steps

    def _course(self, row: Row[Any], modules: Sequence[Row[Any]]) -> Values:
        """A course's scores are the means of those modules that have both."""
        scored = [each for each in modules if None not in (each.first_score, each.best_score)]
        scores = {
            name: sum(getattr(each, name) for each in scored) / len(scored) if scored else None
            for name in ("first_score", "best_score")
        }
        times = row.started_at, row.completed_at, row.passed_at
        return self._values(row, "", times, sum(each.seconds for each in modules), scores)

    def _step(self, row: Row[Any], name: str, taken: Row[Any] | None) -> Values:
        if taken is None:
            return self._values(row, name, (None, None, None), 0, {"first_score": None, "best_score": None})
        times = taken.started_at, taken.completed_at, taken.passed_at
        scores = {"first_score": taken.first_score, "best_score": taken.best_score}
        return self._values(row, name, times, taken.seconds, scores)

    def _values(
        self,
        row: Row[Any],
        module: str,
        times: tuple[datetime | None, datetime | None, datetime | None],
        seconds: float,
        scores: Values,
    ) -> Values:
        started, completed, passed = times
        return {
            "module": module,
            "registration": row.registration,
            "started_on": self._day(started),
            "completed_on": self._day(completed),
            "passed_on": self._day(passed),
            "open_at": row.last_at if started and not completed else None,
            "minutes": round(seconds / 60) if completed else None,
            **scores,
        }

    def _day(self, moment: datetime | None) -> int | None:
        return None if moment is None else moment.astimezone(self.zone).toordinal()


def firsts(connection: Connection, names: Sequence[str]) -> set[str]:
    """Which of the registrations are their person's first in the course. NAMES must hold all of a person's
    registrations in a course, or none."""
    first: dict[tuple[str, str], tuple[datetime, str]] = {}
    columns = [registration.c[name] for name in ("registration", "actor", "course", "enrolled_at")]
    for some in chunks(names):
        for row in _rows(connection, registration, columns, some):
            key = row.actor, row.course
            mine = row.enrolled_at, row.registration
            first[key] = min(first.get(key, mine), mine)
    return {name for _, name in first.values()}


def _rows(
    connection: Connection, table: Table, columns: Sequence[Any], names: Sequence[str]
) -> Sequence[Row[Any]]:
    return connection.execute(select(*columns).where(table.c.registration.in_(names))).all()
