"""The exact figures, counted from the progress rows, for who protects no small groups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, case, func, select

from near_learn.reports.facts import Facts, Within, facts
from near_learn.reports.figures import Figures, Report, Row
from near_learn.reports.filters import Filters
from near_learn.reports.measures import Measure, conditions, of_basis, population


def count(connection: Connection, filters: Filters, visible: Within) -> Report:
    """The report with every figure as it is.

    Rows are in the order of their keys, the one without a key last; the total is the sum of the rows.
    """
    with_scores = Measure.SCORED in of_basis(filters.basis)
    found = facts(filters, visible, connection.dialect.name, scores=with_scores)
    key = found.key.label("key")
    grouped = select(key, *_columns(found)).where(population(found)).group_by(key)
    counted = {row["key"]: _figures(row, filters) for row in connection.execute(grouped).mappings()}
    keys = sorted(counted, key=lambda key: (key == "", key))
    everybody = facts(filters, visible, connection.dialect.name, scores=False)
    persons = connection.scalar(select(_persons(everybody))) or 0
    rows = tuple(Row(key, counted[key]) for key in keys)
    return Report(filters, rows, _total(list(counted.values()), persons, filters))


def _columns(found: Facts) -> list[ColumnElement[Any]]:
    row = found.rows.c
    counted = conditions(found)
    columns: list[ColumnElement[Any]] = [_number_of(counted[measure]).label(measure) for measure in counted]
    columns.append(_persons(found).label("persons"))
    columns.append(_number_of(row.region != row.recorded_region).label("converted"))
    if Measure.SCORED in counted:
        for name in ("first_score", "best_score"):
            columns.append(func.sum(case((counted[Measure.SCORED], row[name] * row.quizzes))).label(name))
        columns.append(func.sum(case((counted[Measure.SCORED], row.quizzes))).label("graded"))
    return columns


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _persons(found: Facts) -> ColumnElement[int]:
    return func.count(func.distinct(case((conditions(found)[Measure.ENROLLED], found.rows.c.actor))))


def _figures(row: RowMapping, filters: Filters) -> Figures:
    return Figures(
        counts={measure: int(row[measure]) for measure in of_basis(filters.basis)},
        persons=row["persons"],
        converted=int(row["converted"]),
        first_sum=row.get("first_score") or 0.0,
        best_sum=row.get("best_score") or 0.0,
        graded=int(row.get("graded") or 0),
    )


def _total(rows: Sequence[Figures], persons: int, filters: Filters) -> Figures:
    """The sum of the rows. Persons are counted anew: one person may stand in several rows."""
    nothing = Figures(dict.fromkeys(of_basis(filters.basis), 0), 0, 0)
    return reduce(lambda total, figures: _sum(total, figures, persons), rows, nothing)


def _sum(left: Figures, right: Figures, persons: int) -> Figures:
    return Figures(
        counts={measure: left[measure] + right[measure] for measure in left.counts},
        persons=persons,
        converted=(left.converted or 0) + (right.converted or 0),
        first_sum=left.first_sum + right.first_sum,
        best_sum=left.best_sum + right.best_sum,
        graded=left.graded + right.graded,
    )
