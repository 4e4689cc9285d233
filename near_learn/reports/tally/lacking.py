"""Which rows lack people: those in blocks that reach over the border of the row, or of the choice.

Of a block whose people are alike, all are chosen or nobody is. Of the others, the different places that their
people have (cells) tell. So nothing here grows with how many people there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    for query in (_alike(choice), _not_alike(choice)) if choice.least > 1 else ():
        for key, lacks, lacks_in_total, lacks_enrolled in connection.execute(query):
            rows[key] = rows.get(key, NOTHING) | _short(choice, lacks, lacks_enrolled)
            total |= _short(choice, lacks_in_total, lacks_enrolled)
    return Lacking(rows, total)


def _alike(choice: Choice) -> Select[Any]:
    """Blocks whose people are alike: they are whole, or too few, or cut by the period, or some lack the
    module."""
    source: FromClause = block
    whole: ColumnElement[bool] = true()
    chosen: ColumnElement[bool] = true()
    if choice.filters.unit_is_module:
        source = block.join(sums, sums.c.block == block.c.id)
        whole, chosen = COMPLETE, choice.modules(sums.c.module)
    query = _rows(choice, block, sums.c.module, whole, block.c.first_month).select_from(source)
    return query.where(block.c.alike, choice.alike, chosen)


def _not_alike(choice: Choice) -> Select[Any]:
    source: FromClause = cell.join(block, block.c.id == cell.c.block)
    whole: ColumnElement[bool] = true()
    if choice.filters.unit_is_module:
        source = source.join(sums, and_(sums.c.block == cell.c.block, sums.c.module == cell.c.module))
        whole = COMPLETE
    query = _rows(choice, cell, cell.c.module, whole, cell.c.month).select_from(source)
    return query.where(choice.modules(cell.c.module), choice.entries(cell))


def _rows(
    choice: Choice,
    of: FromClause,
    module: ColumnElement[str],
    whole: ColumnElement[bool],
    month: ColumnElement[str],
) -> Select[Any]:
    """For each row whether it lacks people, whether the total does, and whether enrolments are lacking."""
    own = choice.key(of, module)
    several = choice.key(block, module).is_(None)
    touches = choice.touches_period(month)
    nowhere, early = _conditions(choice, whole, touches)
    period = touches if choice.filters.basis is Basis.ENROLLED else true()
    columns: list[ColumnElement[Any]] = [own, _any(or_(nowhere, several)), _any(nowhere), _any(early)]
    query = select(*columns)
    return query.where(or_(nowhere, several, early), period).group_by(own)


def _conditions(
    choice: Choice, whole: ColumnElement[bool], touches: ColumnElement[bool]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """An entry's block is not counted; its enrolments are not counted though it is."""
    inside = and_(choice.inside, whole)
    if choice.filters.basis is Basis.ENROLLED:
        return not_(and_(inside, choice.in_period)), and_(inside, not_(choice.in_period))
    return not_(inside), and_(inside, not_(choice.in_period), touches)


def _short(choice: Choice, lacks: int, lacks_enrolled: int) -> Short:
    if lacks:
        return frozenset(of_basis(choice.filters.basis))
    return ENROLLED if lacks_enrolled and choice.filters.basis is Basis.HAPPENED else NOTHING


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))
