"""What is kept of blocks, made from their steps by the database: sums, days, minutes, and cells."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, delete, func, insert, or_, select

from near_learn.reports.tally.tables import ALIKE, REGIONS, block, cell, days, entry, step, sums
from xapi.sql.chunks import chunks

DAYS = {"started": "started_on", "completed": "completed_on", "passed": "passed_on", "minutes": "minutes"}


def add_up(connection: Connection, numbers: Sequence[int]) -> None:
    """Makes the rows of `sums`, `days` and `cell` anew for these blocks."""
    for some in chunks(numbers):
        for table in (sums, days, cell):
            connection.execute(delete(table).where(table.c.block.in_(some)))
        _put_sums(connection, some)
        _put_days(connection, some)
        _put_cells(connection, some)


def _put_sums(connection: Connection, numbers: Sequence[int]) -> None:
    columns = _columns()
    added = (
        select(step.c.module, step.c.block, *columns.values())
        .join(entry, entry.c.registration == step.c.registration)
        .where(step.c.block.in_(numbers))
        .group_by(step.c.module, step.c.block)
    )
    connection.execute(insert(sums).from_select(["module", "block", *columns], added))


def _put_days(connection: Connection, numbers: Sequence[int]) -> None:
    texts = (func.aggregate_strings(cast(step.c[name], Text), ",") for name in DAYS.values())
    written = select(step.c.module, step.c.block, *texts).where(
        step.c.block.in_(numbers), or_(*(step.c[name].is_not(None) for name in DAYS.values()))
    )
    columns = ["module", "block", *DAYS]
    connection.execute(insert(days).from_select(columns, written.group_by(step.c.module, step.c.block)))


def _put_cells(connection: Connection, numbers: Sequence[int]) -> None:
    names = ("course", *REGIONS, *(name for name in ALIKE if name != "course"), "region", "month")
    different = (
        select(step.c.module, step.c.block, *(entry.c[name] for name in names))
        .join(entry, entry.c.registration == step.c.registration)
        .join(block, block.c.id == step.c.block)
        .where(step.c.block.in_(numbers), ~block.c.alike)
        .distinct()
        .subquery("different")
    )
    of = different.c
    own = [of[name] for name in names]
    number = func.row_number().over(partition_by=(of.module, of.block), order_by=own)
    columns = ["module", "block", "number", *names]
    connection.execute(insert(cell).from_select(columns, select(of.module, of.block, number, *own)))


def _columns() -> dict[str, ColumnElement[int] | ColumnElement[float]]:
    row = step.c
    completed = row.completed_on.is_not(None)
    scored = and_(row.first_score.is_not(None), row.best_score.is_not(None))
    return {
        "enrolled": func.count(),
        # Completed without a start happens when only that statement arrived from outside.
        "started": _number(or_(row.started_on.is_not(None), completed)),
        "completed": _number(completed),
        "passed": _number(row.passed_on.is_not(None)),
        "scored": _number(scored),
        "converted": _number(entry.c.region != entry.c.nuts3),
        "scored_persons": _number(and_(scored, entry.c.person)),
        "completed_persons": _number(and_(completed, entry.c.person)),
        "first_sum": func.sum(case((scored, row.first_score), else_=0.0)),
        "best_sum": func.sum(case((scored, row.best_score), else_=0.0)),
    }


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
