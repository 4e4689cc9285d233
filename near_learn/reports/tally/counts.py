"""How many: the sums of whole blocks, by the rows of a report. The key None is "not told apart"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select, true

from near_learn.records.progress import registration
from near_learn.reports.filters import Basis, month_of
from near_learn.reports.measures import Measure
from near_learn.reports.tally.choosing import Choice
from near_learn.reports.tally.tables import block, days, entry, step, sums

SUMS = (Measure.ENROLLED, Measure.STARTED, Measure.COMPLETED, Measure.PASSED, Measure.SCORED)
DAYS = (Measure.STARTED, Measure.COMPLETED, Measure.PASSED)

Days = dict[Measure, Counter[int]]


@dataclass
class Sum:
    """What was added up for a row."""

    counts: dict[Measure, int] = field(default_factory=dict)
    converted: int = 0
    persons: int = 0  # each in the block of their first registration in the course
    course: str | None = None  # None: several

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            {measure: number + other.counts[measure] for measure, number in self.counts.items()},
            self.converted + other.converted,
            self.persons + other.persons,
            self.course if self.course == other.course else None,
        )


def standing(connection: Connection, choice: Choice) -> dict[str | None, Sum]:
    """How those stand who enrolled in the period."""
    found = _copies(choice.once(connection, "added", lambda: added(connection, choice)))
    for key, number in connection.execute(_active(choice)):
        found[key].counts[Measure.ACTIVE] = int(number)
    for each in found.values():
        counts = each.counts
        counts.setdefault(Measure.ACTIVE, 0)
        counts[Measure.NOT_STARTED] = counts[Measure.ENROLLED] - counts[Measure.STARTED]
        counts[Measure.DROPPED_OUT] = (
            counts[Measure.STARTED] - counts[Measure.COMPLETED] - counts[Measure.ACTIVE]
        )
        each.counts = {measure: counts[measure] for measure in Measure}
    return found


def happened(connection: Connection, choice: Choice) -> dict[str | None, Sum]:
    """What happened in the period, to whomever."""
    return _copies(choice.once(connection, "happened", lambda: _happened(connection, choice)))


def _copies(found: Mapping[str | None, Sum]) -> dict[str | None, Sum]:
    return {key: replace(each, counts=dict(each.counts)) for key, each in found.items()}


def _happened(connection: Connection, choice: Choice) -> dict[str | None, Sum]:
    found = added(connection, choice)
    for each in found.values():
        each.counts = {Measure.ENROLLED: each.counts[Measure.ENROLLED]} | dict.fromkeys(DAYS, 0)
    for key, happened in by_day(connection, choice, in_rows=True):
        numbers = _numbers(happened)
        if any(numbers.values()):
            found.setdefault(key, Sum({Measure.ENROLLED: 0})).counts |= numbers
    return found


def by_day(
    connection: Connection, choice: Choice, *, in_rows: bool = False
) -> Iterator[tuple[str | None, Days]]:
    """What happened on which day of the period, to whomever: by the keys of rows, or all together."""
    source, whole = _with_blocks(choice, days)
    texts: list[ColumnElement[Any]] = [func.aggregate_strings(days.c[measure.value], ",") for measure in DAYS]
    # Nothing has happened to anybody before they enrolled.
    begun = block.c.first_month <= month_of(choice.filters.end) if choice.filters.end else true()
    chosen = choice.modules(days.c.module), choice.inside, whole, begun
    query = select(*texts).select_from(source).where(*chosen)
    if in_rows:
        query = query.add_columns(choice.key(block, days.c.module))
        query = query.group_by(*choice.parts_of_key(block, days.c.module))
    first = choice.filters.start or date.min
    last = choice.filters.end or date.max
    inside = range(first.toordinal(), last.toordinal() + 1)
    for row in connection.execute(query):
        found = {measure: _within(inside, text) for measure, text in zip(DAYS, row, strict=False)}
        yield row[-1] if in_rows else None, found


def _numbers(happened: Days) -> dict[Measure, int]:
    return {measure: counted.total() for measure, counted in happened.items()}


def _within(inside: range, text: str | None) -> Counter[int]:
    counted = Counter(text.split(",")) if text else {}
    return Counter({int(day): number for day, number in counted.items() if int(day) in inside})


def blocks_with_sums() -> FromClause:
    """Each block with its sums, a row for each module and one for the course."""
    return block.join(sums, sums.c.block == block.c.id)


def added(connection: Connection, choice: Choice) -> dict[str | None, Sum]:
    """The sums of those who enrolled in the period."""
    key = choice.key(block, sums.c.module).label("key")
    query = _sums(choice).add_columns(key).group_by(*choice.parts_of_key(block, sums.c.module))
    return {row["key"]: _sum(row) for row in connection.execute(query).mappings()}


def together(connection: Connection, choice: Choice) -> dict[Measure, int]:
    """The total of the same rows: but for who is active, which changes by the day."""
    counts = _sum(connection.execute(_sums(choice)).mappings().one()).counts
    if choice.filters.basis is Basis.ENROLLED:
        return counts
    ((_, happened),) = by_day(connection, choice)
    return {Measure.ENROLLED: counts[Measure.ENROLLED]} | _numbers(happened)


def _sums(choice: Choice) -> Select[Any]:
    numbers = (*(measure.value for measure in SUMS), "converted")
    return (
        select(
            *(func.sum(sums.c[name]).label(name) for name in numbers),
            *(func.sum(block.c.persons).label("persons"), func.count(block.c.course).label("with_course")),
            *(func.count().label("blocks"), func.min(block.c.course).label("course")),
            func.max(block.c.course).label("last_course"),
        )
        .select_from(blocks_with_sums())
        .where(choice.inside, choice.in_period, choice.of_module)
    )


def _sum(row: Mapping[Any, Any]) -> Sum:
    one_course = row["with_course"] == row["blocks"] and row["course"] == row["last_course"]
    return Sum(
        {measure: int(row[measure.value] or 0) for measure in SUMS},
        int(row["converted"] or 0),
        int(row["persons"] or 0),
        row["course"] if one_course else None,
    )


def _active(choice: Choice) -> Select[Any]:
    """How many are active, by row: few steps, which an index finds, and only then their blocks. (Left to find
    the way itself, PostgreSQL went through all steps of all blocks.)

    The module is asked for in a way that no index helps with, or SQLite would go through all of its steps.
    """
    active = step.c.open_at >= choice.filters.as_of.silent_since
    module = func.coalesce(step.c.module, "").label("module")
    found = (
        select(module, step.c.block, func.count().label("persons"))
        .where(choice.modules(module), active)
        .group_by(module, step.c.block)
        .subquery("active")
    )
    source, whole = _with_blocks(choice, found)
    key = choice.key(block, found.c.module)
    columns: list[ColumnElement[Any]] = [key, func.sum(found.c.persons)]
    query = select(*columns).select_from(source)
    return query.where(choice.inside, choice.in_period, whole).group_by(key)


def _with_blocks(choice: Choice, of: FromClause) -> tuple[FromClause, ColumnElement[bool]]:
    """OF with its blocks, and the condition that everybody in a block has the module."""
    source: FromClause = of.join(block, block.c.id == of.c.block)
    if not choice.filters.unit_is_module:
        return source, true()
    of_module = and_(sums.c.block == of.c.block, sums.c.module == of.c.module)
    return source.join(sums, of_module), choice.of_module


def everybody(connection: Connection, choice: Choice) -> dict[str | None, int]:
    """The different persons of each row, and under None of all. Only where no group is protected."""
    source: FromClause = entry.join(registration, registration.c.registration == entry.c.registration)
    module: ColumnElement[str] = entry.c.course
    chosen: ColumnElement[bool] = true()
    if choice.filters.unit_is_module:
        source = source.join(step, step.c.registration == entry.c.registration)
        module, chosen = step.c.module, choice.modules(step.c.module)
    key = choice.key(entry, module)
    query = (
        select(func.count(func.distinct(registration.c.actor)))
        .select_from(source)
        .where(choice.entries(), choice.touches_period(), chosen)
    )
    rows = connection.execute(query.add_columns(key).group_by(key))
    found: dict[str | None, int] = {name: number for number, name in rows}
    return found | {None: connection.scalar(query) or 0}
