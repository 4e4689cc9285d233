"""How far targets are reached: each with the figure of the report that measures it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from sqlalchemy import Connection

from near_learn.outcomes import gain, knowledge, target
from near_learn.outcomes.choice import Choice, chosen
from near_learn.outcomes.gain import Sums
from near_learn.outcomes.pairs import BothTests
from near_learn.outcomes.parting import Parted, Told
from near_learn.outcomes.target import Kind, Reached, Target
from near_learn.reports.completion import total
from near_learn.reports.filters import AsOf, By, Filters
from near_learn.reports.measures import Measure
from near_learn.reports.reader import Reader


class Measuring:
    """Measures targets for one reader, as of one moment; what two targets need is counted once."""

    def __init__(
        self,
        connection: Connection,
        reader: Reader,
        tests: Mapping[str, BothTests],
        least: int,
        as_of: AsOf,
    ) -> None:
        self.connection, self.reader, self.tests = connection, reader, tests
        self.least, self.as_of = least, as_of
        self.matched = cache(self._matched)

    def reached(self, of: Target) -> Reached:
        """The target, and the figure that the same choice has in its report."""
        if of.kind == Kind.GAIN:
            return self._gain(of)
        return self._completion(of)

    def _completion(self, of: Target) -> Reached:
        """As the completion report counts it: the tally is to be up to date."""
        filters = Filters(
            self.as_of,
            by=By.COURSE,
            course=of.course,
            region=of.region,
            organisation=of.organisation,
            cohort=of.cohort,
            territory=self.reader.territory,
        )
        found = total(self.connection, filters, self.reader.visible)
        enrolled, completed = (found.figures[each] for each in (Measure.ENROLLED, Measure.COMPLETED))
        beyond = bool(found.short)
        if not enrolled:
            return Reached(of, today=self.as_of.day, beyond=beyond)
        value = completed if of.kind == Kind.COMPLETIONS else 100 * completed / enrolled
        return Reached(of, value, enrolled, today=self.as_of.day, beyond=beyond)

    def _gain(self, of: Target) -> Reached:
        told = self._told(self.matched(of.course), of) if of.course in self.tests else Told()
        part = told.total
        found = gain.of(Sums.of(part)).relative if part else None
        if part is None or found is None:
            return Reached(of, today=self.as_of.day, beyond=told.beyond)
        low, high = (None if limit is None else 100 * limit for limit in (found.low, found.high))
        return Reached(of, 100 * found.value, part.persons, low, high, self.as_of.day, told.beyond)

    def _told(self, parted: Parted, of: Target) -> Told:
        choice = Choice(region=of.region, organisation=of.organisation, cohort=of.cohort)
        return parted.told(chosen(choice, self.reader), lambda _key: "")

    def _matched(self, course: str) -> Parted:
        return knowledge.parted(self.connection, self.tests[course], self.least)[0]


def for_filters(
    measuring: Measuring,
    kinds: Collection[Kind] = tuple(Kind),
    /,
    *,
    region: str = "",
    course: str = "",
    organisation: str = "",
    cohort: str = "",
) -> list[Reached]:
    """The targets of these KINDS that belong to a report with this choice: of what was chosen, or within it.

    A report on Navarra shows the targets of Navarra and of its parts, one without a choice shows all that its
    reader may see.
    """
    found = target.visible(measuring.connection, measuring.reader)
    return [
        measuring.reached(each)
        for each in found
        if each.kind in kinds
        and each.region.startswith(region)
        and course in ("", each.course)
        and organisation in ("", each.organisation)
        and cohort in ("", each.cohort)
    ]
