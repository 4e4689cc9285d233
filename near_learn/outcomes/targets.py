"""How far targets are reached: each with the figure of the report that measures it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from sqlalchemy import Connection, case, func, select

from near_learn.outcomes import gain, ground, pairs, target
from near_learn.outcomes.choice import Choice, chosen
from near_learn.outcomes.gain import Sums
from near_learn.outcomes.ground import Years
from near_learn.outcomes.pairs import BothTests
from near_learn.outcomes.parting import Part, Parted, Told, merged
from near_learn.outcomes.target import Kind, Reached, Target
from near_learn.records.progress import registration
from near_learn.reports.reader import Reader


class Measuring:
    """Measures targets for one reader, as of one day; what two targets need is counted once."""

    def __init__(
        self,
        connection: Connection,
        reader: Reader,
        tests: Mapping[str, BothTests],
        years: Years,
        least: int,
        today: date,
    ) -> None:
        self.connection, self.reader, self.tests = connection, reader, tests
        self.years, self.least, self.today = years, least, today
        self.completed = cache(self._completed)
        self.matched = cache(self._matched)

    def reached(self, of: Target) -> Reached:
        """The target, and the figure that the same choice has in its report."""
        if of.kind == Kind.GAIN:
            return self._gain(of)
        told = self._told(self.completed(of.course), of)
        part = told.total
        if part is None:
            return Reached(of, today=self.today, beyond=told.beyond)
        completed = part.sums[0]
        value = completed if of.kind == Kind.COMPLETIONS else 100 * completed / part.persons
        return Reached(of, value, part.persons, today=self.today, beyond=told.beyond)

    def _gain(self, of: Target) -> Reached:
        told = self._told(self.matched(of.course), of) if of.course in self.tests else Told()
        part = told.total
        found = gain.of(Sums.of(part)).relative if part else None
        if part is None or found is None:
            return Reached(of, today=self.today, beyond=told.beyond)
        low, high = (None if limit is None else 100 * limit for limit in (found.low, found.high))
        return Reached(of, 100 * found.value, part.persons, low, high, self.today, told.beyond)

    def _told(self, parted: Parted, of: Target) -> Told:
        choice = Choice(region=of.region, organisation=of.organisation, cohort=of.cohort)
        return parted.told(chosen(choice, self.reader), lambda _key: "")

    def _matched(self, course: str) -> Parted:
        found, _ = pairs.parts(self.connection, self.tests[course], self.years)
        return Parted(found, self.least)

    def _completed(self, course: str) -> Parted:
        return Parted(completions(self.connection, course, self.years), self.least)


def completions(connection: Connection, course: str, years: Years) -> list[Part]:
    """The people of a course, with how many have completed it. The year is that of the enrolment."""
    done = func.sum(case((registration.c.completed_at.is_not(None), 1), else_=0))
    columns = ground.columns(years.of(registration.c.enrolled_at))
    query = (
        select(*columns, func.count().label("persons"), done.label("done"))
        .where(registration.c.course == course, ground.first())
        .group_by(*ground.GROUP)
    )
    heirs = ground.heirs(connection)
    rows = connection.execute(query)
    return merged(Part(ground.place(row, heirs), row.persons, (float(row.done),)) for row in rows)


def for_filters(
    measuring: Measuring, *, region: str = "", course: str = "", organisation: str = "", cohort: str = ""
) -> list[Reached]:
    """The targets that belong to a report with this choice: of what was chosen, or within it.

    A report on Navarra shows the targets of Navarra and of its parts, one without a choice shows all that its
    reader may see.
    """
    found = target.visible(measuring.connection, measuring.reader)
    return [
        measuring.reached(each)
        for each in found
        if each.region.startswith(region)
        and course in ("", each.course)
        and organisation in ("", each.organisation)
        and cohort in ("", each.cohort)
    ]


def measured(measuring: Measuring, found: Iterable[Target]) -> list[Reached]:
    """Each of these targets beside its figure."""
    return [measuring.reached(each) for each in found]
