"""Which rows lack people: those in blocks that reach over the border of the row, or of the choice."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, not_, or_, select, true

from near_learn.reports.filters import Basis, By
from near_learn.reports.measures import Measure, of_basis
from near_learn.reports.tally.choosing import COMPLETE, Choice
from near_learn.reports.tally.counts import blocks_with_sums
from near_learn.reports.tally.tables import block, entry, step, sums

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
    if choice.least == 1:
        return Lacking({}, frozenset())
    if choice.filters.by is By.MODULE and not choice.filters.module:
        return _by_module(connection, choice)
    module = choice.filters.unit_is_module
    source: FromClause = entry.join(block, block.c.id == entry.c.block)
    whole: ColumnElement[bool] = true()
    chosen: ColumnElement[bool] = true()
    if module:
        source = source.join(step, step.c.registration == entry.c.registration)
        source = source.join(sums, and_(sums.c.block == step.c.block, sums.c.module == step.c.module))
        whole, chosen = COMPLETE, choice.modules(step)
    own = choice.key(entry, step.c.module)
    of_block = choice.key(block, step.c.module)
    nowhere, early = _conditions(choice, whole)
    several = of_block.is_(None)
    query = (
        select(own, _any(or_(nowhere, several)), _any(nowhere), _any(early))
        .select_from(source)
        .where(choice.entries, chosen, or_(nowhere, several, early), _period(choice))
        .group_by(own)
    )
    rows: dict[str, Short] = {}
    total: Short = frozenset()
    for key, lacks, lacks_in_total, lacks_enrolled in connection.execute(query):
        rows[key] = _short(choice, lacks, lacks_enrolled)
        total |= _short(choice, lacks_in_total, lacks_enrolled)
    return Lacking(rows, total)


def _conditions(
    choice: Choice, whole: ColumnElement[bool]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """An entry's block is not counted; its enrolments are not counted though it is."""
    inside = and_(choice.inside, whole)
    if choice.filters.basis is Basis.ENROLLED:
        return not_(and_(inside, choice.in_period)), and_(inside, not_(choice.in_period))
    return not_(inside), and_(inside, not_(choice.in_period), choice.entries_in_period)


def _period(choice: Choice) -> ColumnElement[bool]:
    return choice.entries_in_period if choice.filters.basis is Basis.ENROLLED else true()


def _short(choice: Choice, lacks: int, lacks_enrolled: int) -> Short:
    if lacks:
        return frozenset(of_basis(choice.filters.basis))
    return ENROLLED if lacks_enrolled and choice.filters.basis is Basis.HAPPENED else frozenset()


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))


def _by_module(connection: Connection, choice: Choice) -> Lacking:
    """The same for all modules at once, without looking at each step: of a block outside, every module lacks
    somebody."""
    nowhere, early = _conditions(choice, true())
    touched = (
        select(entry.c.block, _any(nowhere).label("nowhere"), _any(early).label("early"))
        .join(block, block.c.id == entry.c.block)
        .where(choice.entries, or_(nowhere, early), _period(choice))
        .group_by(entry.c.block)
        .subquery("touched")
    )
    key = choice.key(block, sums.c.module)
    partly = and_(choice.inside, choice.in_period, sums.c.enrolled != block.c.enrolled)
    condition = or_(partly, touched.c.nowhere == 1)
    query = (
        select(key, _any(condition), _any(touched.c.early == 1))
        .select_from(blocks_with_sums().outerjoin(touched, touched.c.block == block.c.id))
        .where(sums.c.module != "", block.c.course.is_not(None), or_(condition, touched.c.early == 1))
        .group_by(key)
    )
    rows: dict[str, Short] = {}
    for name, lacks, lacks_enrolled in connection.execute(query):
        rows[name] = _short(choice, lacks, lacks_enrolled)
    # Blocks of several courses are few; grouped, so that SQLite finds them first.
    several = select(block.c.id).where(block.c.course.is_(None)).group_by(block.c.id).subquery("several")
    mixed = (
        select(choice.key(entry, step.c.module))
        .select_from(several)
        .join(entry, entry.c.block == several.c.id)
        .join(step, step.c.registration == entry.c.registration)
        .where(choice.entries, _period(choice), step.c.module != "")
        .distinct()
    )
    for name in connection.scalars(mixed):
        rows[name] = frozenset(of_basis(choice.filters.basis))
    return Lacking(rows, frozenset().union(*rows.values()))
