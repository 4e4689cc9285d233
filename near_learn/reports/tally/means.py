"""Mean scores and median times, over groups of blocks in which enough persons have one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, func, null, select

from near_learn.reports.tally.choosing import Choice
from near_learn.reports.tally.counts import blocks_with_sums
from near_learn.reports.tally.tables import block, step, sums

# Rows that a group may belong to: one, "not told apart", or several. The total has all.
ROW, APART, SEVERAL = range(3)


def scores(connection: Connection, choice: Choice) -> Iterator[tuple[int, str, int, float, float]]:
    """Where, the key of the row, how many have a score, and the sums of the first and the best scores."""
    groups = _groups(choice, "scores", "scored_persons").c
    columns = [func.sum(groups[name]) for name in ("scored", "first_sum", "best_sum")]
    query = select(groups.place, groups.key, *columns).group_by(groups.place, groups.key)
    for row in connection.execute(query):
        yield row[0], row[1] or "", int(row[2]), row[3], row[4]


def times(connection: Connection, choice: Choice) -> Iterator[tuple[int, str, Counter[int]]]:
    """Where, the key of the row, and how many completed it in how many minutes."""
    groups = _groups(choice, "times", "completed_persons").c
    own = block.alias("own")
    on_step = and_(step.c.block == own.c.id, step.c.module == groups.module)
    own_group = own.c.id if choice.least == 1 else own.c.times
    query = (
        select(groups.place, groups.key, step.c.minutes, func.count())
        .select_from(own)
        .join(_table(groups), groups.number == own_group)
        .join(step, on_step)
        .where(step.c.minutes.is_not(None))
        .group_by(groups.place, groups.key, step.c.minutes)
    )
    found: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    for row in connection.execute(query):
        found[row[0], row[1] or ""][row[2]] += row[3]
    for (where, key), minutes in found.items():
        yield where, key, minutes


def median(minutes: Counter[int]) -> float | None:
    """The median of what was counted; None of nothing."""
    total = minutes.total()
    seen = 0
    lower: int | None = None
    for value in sorted(minutes):
        seen += minutes[value]
        if lower is None and 2 * seen >= total:
            if 2 * seen > total:
                return float(value)
            lower = value
        elif lower is not None:
            return (lower + value) / 2
    return None


def _table(columns: Any) -> Subquery:
    found: Subquery = columns.number.table
    return found


def _groups(choice: Choice, name: str, persons: str) -> Subquery:
    """The groups of blocks that count, wholly and with enough persons, and where."""
    key = choice.key(block, sums.c.module)
    number: ColumnElement[int] = block.c.id
    whole: ColumnElement[bool] = func.count() > 0
    if choice.least > 1:
        number = block.c[name]
        size = func.min(block.c[f"{name}_blocks"])
        whole = and_(func.count() == size, func.sum(sums.c[persons]) >= choice.least)
    one = and_(func.count(key) == func.count(), func.min(key) == func.max(key))
    place: ColumnElement[int] = case((one, ROW), (func.count(key) == 0, APART), else_=SEVERAL)
    return (
        select(
            number.label("number"),
            sums.c.module.label("module"),
            place.label("place"),
            case((one, func.min(key)), else_=null()).label("key"),
            *(func.sum(sums.c[each]).label(each) for each in ("scored", "first_sum", "best_sum")),
        )
        .select_from(blocks_with_sums())
        .where(choice.inside, choice.in_period, choice.of_module, number.is_not(None))
        .group_by(number, sums.c.module)
        .having(whole)
        .subquery("groups")
    )
