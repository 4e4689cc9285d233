"""Which rows lack people: those in blocks that reach over the border of the row, or of the choice.

Of a block whose people are alike, all are chosen or nobody is. Of the others, the different places that their
people have (cells) tell. So nothing here grows with how many people there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    func,
    not_,
    or_,
    select,
    true,
)

from near_learn.reports.filters import Basis
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.tally.choosing import COMPLETE, Choice
from near_learn.reports.tally.tables import block, cell, sums

Short = frozenset[Measure]
NOTHING: Short = frozenset()
ENROLLED: Short = frozenset({Measure.ENROLLED})


@dataclass(frozen=True)
class Lacking:
    """The figures that are too low, by row and in the total."""

    rows: dict[str, Short]
    total: Short


def lacking(connection: Connection, choice: Choice) -> Lacking:
    """What is lacking in the report."""
    rows: dict[str, Short] = {}
    total: Short = NOTHING
    for places in _all(choice):
        for key, lacks, lacks_in_total, lacks_enrolled in connection.execute(_rows(choice, places)):
            rows[key] = rows.get(key, NOTHING) | _short(choice, lacks, lacks_enrolled)
            total |= _short(choice, lacks_in_total, lacks_enrolled)
    return Lacking(rows, total)


def lacking_in_total(connection: Connection, choice: Choice) -> Short:
    """The same of the total alone, for which nothing has to be put in rows."""
    total: Short = NOTHING
    for places in _all(choice):
        for lacks, lacks_enrolled in connection.execute(_total(choice, places)):
            total |= _short(choice, lacks, lacks_enrolled)
    return total


class _Places(NamedTuple):
    """Where people are, a row each, among those of MINE."""

    of: FromClause
    source: FromClause
    module: ColumnElement[str]
    month: ColumnElement[str]
    whole: ColumnElement[bool]  # everybody of their block has the module
    mine: ColumnElement[bool]


def _all(choice: Choice) -> tuple[_Places, ...]:
    """Where people are who may be lacking: nobody is, where no group is protected."""
    return (_alike(choice), _not_alike(choice)) if choice.least > 1 else ()


def _alike(choice: Choice) -> _Places:
    """Blocks whose people are alike: they are whole, or too few, or cut by the period, or some lack the
    module."""
    mine = and_(block.c.alike, choice.alike)
    if not choice.filters.unit_is_module:
        return _Places(block, block, sums.c.module, block.c.first_month, true(), mine)
    source = block.join(sums, sums.c.block == block.c.id)
    mine = and_(mine, choice.modules(sums.c.module))
    return _Places(block, source, sums.c.module, block.c.first_month, COMPLETE, mine)


def _not_alike(choice: Choice) -> _Places:
    source: FromClause = cell.join(block, block.c.id == cell.c.block)
    whole: ColumnElement[bool] = true()
    if choice.filters.unit_is_module:
        source = source.join(sums, and_(sums.c.block == cell.c.block, sums.c.module == cell.c.module))
        whole = COMPLETE
    mine = and_(choice.modules(cell.c.module), choice.entries(cell))
    return _Places(cell, source, cell.c.module, cell.c.month, whole, mine)


def _rows(choice: Choice, places: _Places) -> Select[Any]:
    """For each row whether it lacks people, whether the total does, and whether enrolments are lacking."""
    own = choice.key(places.of, places.module)
    several = choice.key(block, places.module).is_(None)
    nowhere, early, period = _conditions(choice, places)
    columns: list[ColumnElement[Any]] = [own, _any(or_(nowhere, several)), _any(nowhere), _any(early)]
    query = select(*columns).select_from(places.source)
    query = query.where(or_(nowhere, several, early), period, places.mine)
    return query.group_by(*choice.parts_of_key(places.of, places.module))


def _total(choice: Choice, places: _Places) -> Select[Any]:
    """Whether the total lacks people, and whether enrolments are lacking."""
    nowhere, early, period = _conditions(choice, places)
    columns: list[ColumnElement[Any]] = [_any(nowhere), _any(early)]
    query = select(*columns).select_from(places.source)
    return query.where(or_(nowhere, early), period, places.mine)


def _conditions(
    choice: Choice, places: _Places
) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """An entry's block is not counted; its enrolments are not counted though it is; the period has it."""
    inside = and_(choice.inside, places.whole)
    touches = choice.touches_period(places.month)
    if choice.filters.basis is Basis.ENROLLED:
        return not_(and_(inside, choice.in_period)), and_(inside, not_(choice.in_period)), touches
    return not_(inside), and_(inside, not_(choice.in_period), touches), true()


def _short(choice: Choice, lacks: int, lacks_enrolled: int) -> Short:
    if lacks:
        return frozenset(of_basis(choice.filters.basis))
    return ENROLLED if lacks_enrolled and choice.filters.basis is Basis.HAPPENED else NOTHING


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))
