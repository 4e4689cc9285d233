"""The sums of blocks, added up from their steps by the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, or_, select

from near_learn.reports.tally.tables import entry, step, sums
from xapi.sql.chunks import chunks


def add_up(connection: Connection, numbers: Sequence[int]) -> None:
    """Makes the rows of `sums` anew for these blocks."""
    for some in chunks(numbers):
        connection.execute(delete(sums).where(sums.c.block.in_(some)))
        columns = _columns()
        added = (
            select(step.c.module, step.c.block, *columns.values())
            .join(entry, entry.c.registration == step.c.registration)
            .where(step.c.block.in_(some))
            .group_by(step.c.module, step.c.block)
        )
        connection.execute(insert(sums).from_select(["module", "block", *columns], added))


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
