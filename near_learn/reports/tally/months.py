"""What happened month by month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select

from near_learn.reports.filters import Basis, By, month_of
from near_learn.reports.measures import EVENTS, Measure
from near_learn.reports.tally.choosing import Choice
from near_learn.reports.tally.counts import DAYS, added, on_day
from near_learn.reports.tally.lacking import ENROLLED, Short, lacking
from near_learn.reports.tally.tables import block, step, sums


def months(connection: Connection, choice: Choice) -> dict[str, tuple[dict[Measure, int], Short]]:
    """For each month, like 2026-01, what happened in it and which of the counts are too low.

    Starts, completions and passes are those of everybody who was chosen. Enrolments are told by month only
    where blocks are of one month.
    """
    choice = replace(choice, filters=replace(choice.filters, by=By.MONTH, basis=Basis.HAPPENED))
    found: dict[str, dict[Measure, int]] = defaultdict(lambda: dict.fromkeys(EVENTS, 0))
    for month, sum_ in added(connection, choice).items():
        if month:
            found[month][Measure.ENROLLED] = sum_.counts[Measure.ENROLLED]
    for measure, name in DAYS.items():
        for day, number in connection.execute(_by_day(choice, step.c[name])):
            found[month_of(date.fromordinal(day))][measure] += number
    lacks = lacking(connection, choice)
    for month in lacks.rows:
        if _in_period(choice, month):
            found[month].setdefault(Measure.ENROLLED, 0)
    everywhere = lacks.total - ENROLLED
    return {
        month: (found[month], everywhere | (ENROLLED if month in lacks.rows else frozenset()))
        for month in sorted(found)
    }


def _in_period(choice: Choice, month: str) -> bool:
    start, end = choice.filters.start, choice.filters.end
    return (not start or month >= month_of(start)) and (not end or month <= month_of(end))


def _by_day(choice: Choice, day: ColumnElement[int]) -> Select[Any]:
    source: FromClause = step.join(block, block.c.id == step.c.block)
    conditions = [choice.modules(step), choice.inside, on_day(choice, day)]
    if choice.filters.unit_is_module:
        source = source.join(sums, and_(sums.c.block == step.c.block, sums.c.module == step.c.module))
        conditions.append(choice.of_module)
    columns: list[ColumnElement[Any]] = [day, func.count()]
    return select(*columns).select_from(source).where(*conditions).group_by(day)
