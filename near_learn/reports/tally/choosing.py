"""Which blocks a report counts: those that lie wholly inside what was chosen and what its reader may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, null, select, true

from near_learn.reports.facts import Within
from near_learn.reports.filters import AsOf, By, Filters, level_of, month_of
from near_learn.reports.tally.memory import remembered
from near_learn.reports.tally.tables import ALIKE, REGIONS, block, entry, place, sums

Condition = ColumnElement[bool]
T = TypeVar("T")

# Of one module or by module: the blocks of which everybody has the module.
COMPLETE = and_(block.c.course.is_not(None), sums.c.enrolled == block.c.enrolled)


@dataclass(frozen=True)
class Choice:
    """The conditions on blocks and on entries that follow from a report's filters and reader."""

    filters: Filters
    visible: Within
    least: int
    counted_at: datetime

    def once(self, connection: Connection, name: str, count: Callable[[], T]) -> T:
        """What COUNT gives, under NAME, for this choice: remembered while the tally stays as it is. It must
        not depend on the moment of the report."""
        territory = self.visible(place.c.region, place.c.organisation)
        words = str(territory.compile(connection, compile_kwargs={"literal_binds": True}))
        day = self.filters.as_of.day
        eternal = replace(self.filters, as_of=AsOf(datetime.min, self.filters.as_of.zone, 0))
        key = (name, eternal, self.filters.territory, day, words, self.least)
        return remembered(connection, self.counted_at, key, count)

    @property
    def inside(self) -> Condition:
        """Blocks that lie wholly inside, the period apart."""
        return and_(block.c.told, self.alike)

    @property
    def alike(self) -> Condition:
        """Blocks whose people were all chosen, the period apart, though they may be too few to be told."""
        hidden = select(place.c.block).where(~self.visible(place.c.region, place.c.organisation))
        return and_(*self._alike(block), block.c.id.not_in(hidden))

    @property
    def in_period(self) -> Condition:
        """Blocks whose people all enrolled in the period's whole months."""
        first, last = self.filters.first_month, self.filters.last_month
        conditions: list[Condition] = [true()]
        if first:
            conditions.append(block.c.first_month >= first)
        if last:
            conditions.append(block.c.last_month <= last)
        return and_(*conditions)

    def entries(self, of: FromClause = entry) -> Condition:
        """Entries (or cells) that were chosen, the period apart."""
        return and_(true(), *self._alike(of), self.visible(of.c.region, of.c.organisation))

    def touches_period(self, month: ColumnElement[str] = entry.c.month) -> Condition:
        """Entries whose month touches the period."""
        conditions: list[Condition] = [true()]
        if self.filters.start:
            conditions.append(month >= month_of(self.filters.start))
        if self.filters.end:
            conditions.append(month <= max(month_of(self.filters.end), self.filters.last_month))
        return and_(*conditions)

    def _alike(self, table: FromClause) -> list[Condition]:
        filters = self.filters
        wanted: dict[str, str] = {name: getattr(filters, name) for name in ALIKE}
        if filters.release:
            wanted["release"] = f"{filters.course}/{filters.release}"
        if filters.region:
            wanted[REGIONS[level_of(filters.region)]] = filters.region
        return [table.c[name] == value for name, value in wanted.items() if value]

    @property
    def of_module(self) -> Condition:
        """Sums of the course, or of the modules that were chosen. A block counts for a module only if
        everybody in it has the module."""
        chosen = self.modules(sums.c.module)
        return and_(chosen, COMPLETE) if self.filters.unit_is_module and self.least > 1 else chosen

    def modules(self, module: ColumnElement[str]) -> Condition:
        """Rows of the course, or of the modules that were chosen, by the column of their module."""
        if not self.filters.unit_is_module:
            return module == ""
        return module == self.filters.module if self.filters.module else module != ""

    def key(self, of: FromClause, module: ColumnElement[str]) -> ColumnElement[str]:
        """The row to which a block, or an entry, belongs; of a block NULL when it belongs to several."""
        filters = self.filters
        if filters.by is By.MODULE:
            return of.c.course + "/" + module
        if filters.by is By.REGION:
            return of.c[REGIONS[filters.rollup]]
        if filters.by is not By.MONTH:
            return of.c[filters.by.value]
        if of is block:
            return case((block.c.first_month == block.c.last_month, block.c.first_month), else_=null())
        return of.c.month

    def parts_of_key(self, of: FromClause, module: ColumnElement[str]) -> list[ColumnElement[str]]:
        """What tells rows apart: databases sort by the two names of a module faster than by their key."""
        return [module, of.c.course] if self.filters.by is By.MODULE else [self.key(of, module)]
