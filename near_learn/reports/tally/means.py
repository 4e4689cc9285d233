"""Mean scores and median times, over groups of blocks in which enough persons have one.

A mean score is over quizzes: a registration counts once for each module of which it has a score. So the mean
of a course follows from those of its modules. A mean of means would not: with the modules' means it would
tell the score of who has taken fewer modules than the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, func, null, select

from near_learn.reports.filters import By
from near_learn.reports.tally.choosing import Choice
from near_learn.reports.tally.tables import block, days, sums

# Where a group of blocks belongs: to one row, to those not told apart, to several rows. The total has all.
ROW, APART, SEVERAL = range(3)


def scores(connection: Connection, choice: Choice) -> Iterator[tuple[int, str, int, float, float]]:
    """Where, the key of the row, how many quizzes have a score, and the sums of the first and best scores."""
    of_module = choice.modules(sums.c.module) if choice.filters.unit_is_module else sums.c.module != ""
    groups = _groups(choice, "scores", "scored_persons", of_module).c
    columns = [func.sum(groups[name]) for name in ("scored", "first_sum", "best_sum")]
    query = select(groups.place, groups.key, *columns).group_by(groups.place, groups.key)
    for row in connection.execute(query.where(groups.scored > 0)):
        yield row[0], row[1] or "", int(row[2]), row[3], row[4]


def times(connection: Connection, choice: Choice) -> Iterator[tuple[int, str, Counter[int]]]:
    """Where, the key of the row, and how many completed it in how many minutes."""
    groups = _groups(choice, "times", "completed_persons", choice.modules(sums.c.module))
    number = block.c.id if choice.least == 1 else block.c.times
    # Grouped, so that SQLite makes this table first and then looks days up by block and module.
    mine = (
        select(block.c.id.label("block"), groups.c.module, groups.c.place, groups.c.key)
        .join(groups, groups.c.number == number)
        .group_by(block.c.id, groups.c.module, groups.c.place, groups.c.key)
        .subquery("mine")
    )
    query = (
        select(mine.c.place, mine.c.key, func.aggregate_strings(days.c.minutes, ","))
        .select_from(mine)
        .join(days, and_(days.c.block == mine.c.block, days.c.module == mine.c.module))
        .where(days.c.minutes.is_not(None))
        .group_by(mine.c.place, mine.c.key)
    )
    for where, key, text in connection.execute(query):
        yield where, key or "", Counter(map(int, text.split(",")))


def median(minutes: Counter[int]) -> float | None:
    """The median of what was counted; None of nothing."""
    total = minutes.total()
    seen = 0
    lower: int | None = None
    for value in sorted(minutes):
        seen += minutes[value]
        if lower is not None:
            return (lower + value) / 2
        if 2 * seen > total:
            return float(value)
        if 2 * seen == total:
            lower = value
    return None


def _groups(choice: Choice, name: str, persons: str, of_module: ColumnElement[bool]) -> Subquery:
    """The groups of blocks that were chosen wholly, with their sums for each module in which enough persons
    are behind them, and where they belong."""
    chosen = _chosen(choice, name)
    number: ColumnElement[int] = block.c.id if choice.least == 1 else block.c[name]
    key: ColumnElement[str] = chosen.c.key
    if choice.filters.by is By.MODULE:
        key = key + "/" + sums.c.module
    return (
        select(
            chosen.c.number,
            chosen.c.place,
            key.label("key"),
            sums.c.module.label("module"),
            *(func.sum(sums.c[each]).label(each) for each in ("scored", "first_sum", "best_sum")),
        )
        .select_from(chosen)
        .join(block, number == chosen.c.number)
        .join(sums, sums.c.block == block.c.id)
        .where(of_module)
        .group_by(chosen.c.number, chosen.c.place, chosen.c.key, sums.c.module)
        .having(func.sum(sums.c[persons]) >= choice.least if choice.least > 1 else func.count() > 0)
        .subquery("groups")
    )


def _chosen(choice: Choice, name: str) -> Subquery:
    key = block.c.course if choice.filters.by is By.MODULE else choice.key(block, sums.c.module)
    number: ColumnElement[int] = block.c.id
    size: ColumnElement[bool] = func.count() == 1
    if choice.least > 1:
        number = block.c[name]
        size = func.count() == func.min(block.c[f"{name}_blocks"])
    one = and_(func.count(key) == func.count(), func.min(key) == func.max(key))
    place: ColumnElement[int] = case((one, ROW), (func.count(key) == 0, APART), else_=SEVERAL)
    return (
        select(
            number.label("number"),
            place.label("place"),
            case((one, func.min(key)), else_=null()).label("key"),
        )
        .where(choice.inside, choice.in_period, number.is_not(None))
        .group_by(number)
        .having(size)
        .subquery("chosen")
    )
