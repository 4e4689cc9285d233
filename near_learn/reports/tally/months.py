"""What happened month by month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from near_learn.reports.filters import Basis, By, month_of
from near_learn.reports.measures import EVENTS, Measure
from near_learn.reports.tally.choosing import Choice
from near_learn.reports.tally.counts import added, by_day
from near_learn.reports.tally.lacking import ENROLLED, Short, lacking


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
    for _, happened in by_day(connection, choice):
        for measure, counted in happened.items():
            for day, number in counted.items():
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
