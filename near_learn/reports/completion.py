"""The completion report: one grouped query over the progress rows, never over statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, case, func, select

from near_learn.reports.facts import Facts, Within, facts
from near_learn.reports.filters import Filters
from near_learn.reports.measures import Measure, conditions, of_basis, population


@dataclass(frozen=True)
class Figures:
    """The numbers of one row. `first_sum` and `best_sum` are of the scores (0 to 1) of the `scored` ones."""

    counts: dict[Measure, int]
    persons: int  # different ones among the enrolled
    converted: int  # recorded under a NUTS 2021 code that 2024 has no more, counted under its successor
    first_sum: float = 0.0
    best_sum: float = 0.0

    def __getitem__(self, measure: Measure) -> int:
        return self.counts[measure]

    @property
    def rate(self) -> float | None:
        """Completed of the enrolled, 0 to 1; None when nobody is enrolled or the report counts events."""
        if Measure.SCORED not in self.counts or not self.counts[Measure.ENROLLED]:
            return None
        return self.counts[Measure.COMPLETED] / self.counts[Measure.ENROLLED]

    @property
    def mean_first(self) -> float | None:
        """Mean score of the first attempts, 0 to 1; None when there is none."""
        return self._mean(self.first_sum)

    @property
    def mean_best(self) -> float | None:
        """Mean of the best scores, 0 to 1; None when there is none."""
        return self._mean(self.best_sum)

    def _mean(self, total: float) -> float | None:
        scored = self.counts.get(Measure.SCORED, 0)
        return total / scored if scored else None


@dataclass(frozen=True)
class Row:
    """The figures of a NUTS code, course, course/module or cohort; the key "" is "not stated"."""

    key: str
    figures: Figures


@dataclass(frozen=True)
class Report:
    filters: Filters
    rows: tuple[Row, ...]
    total: Figures


def count(connection: Connection, filters: Filters, visible: Within) -> Report:
    """The report that FILTERS ask for, over what `visible` lets its reader see.

    Rows are in the order of their keys, the one without a key last; the total is the sum of the rows.
    """
    with_scores = Measure.SCORED in of_basis(filters.basis)
    found = facts(filters, visible, connection.dialect.name, scores=with_scores)
    key = found.key.label("key")
    grouped = select(key, *_columns(found)).where(population(found)).group_by(key)
    rows = [_row(row, filters) for row in connection.execute(grouped).mappings()]
    rows.sort(key=lambda row: (row.key == "", row.key))
    everybody = facts(filters, visible, connection.dialect.name, scores=False)
    persons = connection.scalar(select(_persons(everybody))) or 0
    return Report(filters, tuple(rows), _total([row.figures for row in rows], persons, filters))


def _columns(found: Facts) -> list[ColumnElement[Any]]:
    row = found.rows.c
    counted = conditions(found)
    columns: list[ColumnElement[Any]] = [_number_of(counted[measure]).label(measure) for measure in counted]
    columns.append(_persons(found).label("persons"))
    columns.append(_number_of(row.region != row.recorded_region).label("converted"))
    if Measure.SCORED in counted:
        for name in ("first_score", "best_score"):
            columns.append(func.sum(case((counted[Measure.SCORED], row[name]))).label(name))
    return columns


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _persons(found: Facts) -> ColumnElement[int]:
    return func.count(func.distinct(case((conditions(found)[Measure.ENROLLED], found.rows.c.actor))))


def _row(row: RowMapping, filters: Filters) -> Row:
    figures = Figures(
        counts={measure: int(row[measure]) for measure in of_basis(filters.basis)},
        persons=row["persons"],
        converted=int(row["converted"]),
        first_sum=row.get("first_score") or 0.0,
        best_sum=row.get("best_score") or 0.0,
    )
    return Row(row["key"], figures)


def _total(rows: Sequence[Figures], persons: int, filters: Filters) -> Figures:
    """The sum of the rows. Persons are counted anew: one person may stand in several rows."""
    nothing = Figures(dict.fromkeys(of_basis(filters.basis), 0), 0, 0)
    return reduce(lambda total, figures: _sum(total, figures, persons), rows, nothing)


def _sum(left: Figures, right: Figures, persons: int) -> Figures:
    return Figures(
        counts={measure: left[measure] + right[measure] for measure in left.counts},
        persons=persons,
        converted=left.converted + right.converted,
        first_sum=left.first_sum + right.first_sum,
        best_sum=left.best_sum + right.best_sum,
    )
