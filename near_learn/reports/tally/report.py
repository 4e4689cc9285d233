"""The report, put together from counts, means and what is lacking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy import Row as Found

from near_learn.reports import exact
from near_learn.reports.facts import Within
from near_learn.reports.figures import Figures, Month, Report, Row, Total
from near_learn.reports.filters import Basis, By, Filters, month_of
from near_learn.reports.measures import EVENTS, Measure, of_basis
from near_learn.reports.tally import means
from near_learn.reports.tally.choosing import Choice
from near_learn.reports.tally.counts import Sum, everybody, happened, standing, together
from near_learn.reports.tally.lacking import NOTHING, Short, lacking, lacking_in_total
from near_learn.reports.tally.months import months
from near_learn.reports.tally.tables import state

# What a trend shows when nobody says from when.
TREND_YEARS = 2
# Where the means of the total stand, beside those of rows.
TOTAL = -1


@dataclass
class Means:
    """The mean scores and the times of one row."""

    graded: int = 0
    first_sum: float = 0.0
    best_sum: float = 0.0
    minutes: Counter[int] = field(default_factory=Counter)

    def add(self, graded: int, first_sum: float, best_sum: float) -> None:
        self.graded += graded
        self.first_sum += first_sum
        self.best_sum += best_sum


def report(connection: Connection, filters: Filters, visible: Within) -> Report:
    """The report that FILTERS ask for, over what `visible` lets its reader see.

    Rows are in the order of their keys, the one without a key last. The total is the sum of the rows and of
    those not told apart.
    """
    known = _known(connection)
    if known is None:
        return Report(filters, (), _figures(_nothing(filters)), short=frozenset(Measure))
    choice = Choice(filters, visible, known.least, known.counted_at)
    if filters.by is By.MONTH and filters.basis is Basis.HAPPENED:
        return _by_month(connection, choice, known)
    if known.least == 1 and filters.cuts_months:
        return replace(exact.count(connection, filters, visible), counted_at=known.counted_at)
    return _of_blocks(connection, choice, known)


def total(connection: Connection, filters: Filters, visible: Within) -> Total:
    """The total of the same report: how many, but for who is active and who has dropped out by today."""
    known = _known(connection)
    if known is None:
        return Total(_figures(_nothing(filters)), frozenset(Measure))
    choice = Choice(filters, visible, known.least, known.counted_at)
    by_month = filters.by is By.MONTH and filters.basis is Basis.HAPPENED
    if by_month or (known.least == 1 and filters.cuts_months):
        found = report(connection, filters, visible)
        return Total(found.total, found.short)
    counts = choice.once(connection, "together", lambda: together(connection, choice))
    short = choice.once(connection, "short", lambda: lacking_in_total(connection, choice))
    return Total(Figures(counts, None, None), short)


def _known(connection: Connection) -> Found[Any] | None:
    return connection.execute(select(state)).one_or_none()


def _of_blocks(connection: Connection, choice: Choice, known: Found[Any]) -> Report:
    filters = choice.filters
    count = standing if filters.basis is Basis.ENROLLED else happened
    found = {key: each for key, each in count(connection, choice).items() if any(each.counts.values())}
    mean = _means(connection, choice) if filters.basis is Basis.ENROLLED else {}
    lacks = choice.once(connection, "lacking", lambda: lacking(connection, choice))
    persons = _persons(connection, choice, found)
    rows = {key: Row(key, None, short) for key, short in lacks.rows.items()}
    for key, each in found.items():
        if key is not None:
            figures = _figures(each, persons[key], mean.get((means.ROW, key)), least=known.least)
            rows[key] = Row(key, figures, lacks.rows.get(key, NOTHING))
    apart = found.get(None)
    return Report(
        filters,
        tuple(rows[key] for key in sorted(rows, key=lambda key: (key == "", key))),
        _figures(_total(found, filters), persons[TOTAL], mean.get((TOTAL, "")), least=known.least),
        _figures(apart, None, mean.get((means.APART, "")), least=known.least) if apart else None,
        lacks.total,
        known.least,
        known.counted_at,
    )


def _nothing(filters: Filters) -> Sum:
    return Sum(dict.fromkeys(of_basis(filters.basis), 0))


def _total(found: Mapping[str | None, Sum], filters: Filters) -> Sum:
    return reduce(add, found.values()) if found else _nothing(filters)


def _figures(found: Sum, persons: int | None = None, mean: Means | None = None, *, least: int = 1) -> Figures:
    """What may be told of a sum. How many were recorded under an old code may tell of a few."""
    converted = None if least > 1 and found.converted else found.converted
    mean = mean or Means()
    minutes = means.median(mean.minutes)
    return Figures(found.counts, persons, converted, mean.first_sum, mean.best_sum, mean.graded, minutes)


def _means(connection: Connection, choice: Choice) -> dict[tuple[int, str], Means]:
    """The means of each row (ROW and its key), of those not told apart, and of the total."""
    found: dict[tuple[int, str], Means] = {}
    for where, key, graded, first_sum, best_sum in choice.once(
        connection, "scores", lambda: [*means.scores(connection, choice)]
    ):
        for each in ((where, key), (TOTAL, "")):
            found.setdefault(each, Means()).add(graded, first_sum, best_sum)
    for where, key, minutes in choice.once(connection, "times", lambda: [*means.times(connection, choice)]):
        for each in ((where, key), (TOTAL, "")):
            found.setdefault(each, Means()).minutes.update(minutes)
    return found


def _persons(
    connection: Connection, choice: Choice, found: Mapping[str | None, Sum]
) -> dict[str | int, int | None]:
    """How many different persons each row has, and under TOTAL all.

    None where blocks do not tell, and where somebody is there twice: how many that are may be too few.
    """
    if choice.least == 1:
        numbers = everybody(connection, choice)
        told: dict[str | int, int | None] = {key: numbers.get(key, 0) for key in found if key is not None}
        return told | {TOTAL: numbers[None]}
    told = {key: _told(each) for key, each in found.items() if key is not None}
    once = choice.filters.by is not By.MODULE or choice.filters.module
    return told | {TOTAL: _told(_total(found, choice.filters)) if once else None}


def _told(each: Sum) -> int | None:
    alone = each.course is not None and each.persons == each.counts[Measure.ENROLLED]
    return each.persons if alone else None


def _by_month(connection: Connection, choice: Choice, known: Found[Any]) -> Report:
    found = _months(connection, choice)
    rows = [
        Row(month, Figures(counts, None, 0), short)
        for month, (counts, short) in found.items()
        if any(counts.values()) or short
    ]
    counts = {measure: sum(each[measure] for each, _ in found.values()) for measure in EVENTS}
    short = NOTHING.union(*(short for _, short in found.values()))
    total = Figures(counts, None, 0)
    return Report(choice.filters, tuple(rows), total, None, short, known.least, known.counted_at)


def trend(connection: Connection, filters: Filters, visible: Within) -> list[Month]:
    """What happened in each month of the period, or of the last two years when it has no first day. Nothing
    when nothing was counted yet."""
    known = _known(connection)
    if known is None:
        return []
    end = filters.end or filters.as_of.day
    start = filters.start or end.replace(day=1, year=end.year - TREND_YEARS)
    asked = replace(filters, start=start, end=end)
    found = _months(connection, Choice(asked, visible, known.least, known.counted_at))
    return [
        Month(first, *found.get(month_of(first), (dict.fromkeys(EVENTS, 0), NOTHING)))
        for first in _firsts(start, end)
    ]


def _firsts(start: date, end: date) -> Iterable[date]:
    first = start.replace(day=1)
    while first <= end:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)


def _months(connection: Connection, choice: Choice) -> dict[str, tuple[dict[Measure, int], Short]]:
    """The months; where no group is protected, those that the period cuts have their exact enrolments too."""
    found = dict(choice.once(connection, "months", lambda: months(connection, choice)))
    filters = choice.filters
    if choice.least > 1 or not filters.cuts_months:
        return found
    for day in {day for day in (filters.start, filters.end) if day}:
        first = day.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        start = max(filters.start or first, first)
        end = min(filters.end or last, last)
        asked = replace(filters, start=start, end=end, by=By.COURSE, basis=Basis.HAPPENED)
        number = exact.count(connection, asked, choice.visible).total[Measure.ENROLLED]
        if number or month_of(day) in found:
            counts, short = found.get(month_of(day), (dict.fromkeys(EVENTS, 0), NOTHING))
            found[month_of(day)] = (counts | {Measure.ENROLLED: number}, short)
    return dict(sorted(found.items()))
