"""Who sees what: the one place that limits people and figures to a role's territory.

An operator sees everything. A manager sees what was recorded in their own region and every region below it,
in whichever edition of NUTS a record carries its code; or, if they answer for an organisation, what was
recorded for that organisation, wherever. Everybody else sees nobody's records but their own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, false, or_, select, true

from near_learn.db import db
from near_learn.people import region
from near_learn.people.person import ORGANISATION, Person
from near_learn.people.region import RegionChange
from near_learn.people.role import Role


@dataclass(frozen=True)
class Territory:
    """What somebody answers for: everything, some regions, or one organisation. By default nothing."""

    everywhere: bool = False
    region: str = ""  # the manager's own, after which rows may be named
    roots: tuple[str, ...] = ()  # codes that are theirs with all below
    inherited: tuple[str, ...] = ()  # codes of 2021 beside them
    organisation: str = ""

    def covers(self, region_code: str, organisation: str = "") -> bool:
        """Whether a record of this region and organisation lies in it ("" is a record without one)."""
        if self.everywhere:
            return True
        if self.organisation:
            return organisation == self.organisation
        return region_code.startswith(self.roots) or region_code in self.inherited if region_code else False

    def limits(
        self,
        region_column: SQLColumnExpression[str],
        organisation_column: SQLColumnExpression[str] | SQLColumnExpression[str | None],
    ) -> ColumnElement[bool]:
        """The condition that a row with these columns lies in it: the rule of `covers`."""
        if self.everywhere:
            return true()
        if self.organisation:
            return organisation_column == self.organisation
        if not self.roots:
            return false()
        return or_(*(below(region_column, root) for root in self.roots), region_column.in_(self.inherited))


EVERYWHERE = Territory(everywhere=True)
NOWHERE = Territory()


def of(person: Person) -> Territory:
    """The territory of PERSON."""
    if person.role == Role.OPERATOR:
        return EVERYWHERE
    if person.role != Role.MANAGER:
        return NOWHERE
    if person.answers_for == ORGANISATION:
        return Territory(organisation=person.organisation_id) if person.organisation_id else NOWHERE
    if not person.region:
        return NOWHERE
    roots = _roots(person.region)
    return Territory(region=person.region, roots=roots, inherited=_inherited(roots))


def below(column: SQLColumnExpression[str], code: str) -> ColumnElement[bool]:
    """The condition that COLUMN is the region CODE or one inside it.

    A range, so that the database can use an index: codes are digits and capitals, and Z is the last of them.
    """
    return column.between(code, code + "ZZZ")


def _roots(code: str) -> tuple[str, ...]:
    """The codes whose regions, with all below, are a manager's: their own and its only heir in 2024."""
    heirs = region.successors(code)
    return tuple(sorted({code, *heirs})) if len(heirs) == 1 else (code,)


def _inherited(roots: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of 2021 outside the manager's prefix whose every successor lies within it.

    A region that was split is seen by nobody who answers for a part of it only.
    """
    heirs: defaultdict[str, list[str]] = defaultdict(list)
    for old, new in db.session.execute(select(RegionChange.code_2021, RegionChange.code_2024)):
        heirs[old].append(new)
    return tuple(sorted(old for old, new in heirs.items() if all(code.startswith(roots) for code in new)))
