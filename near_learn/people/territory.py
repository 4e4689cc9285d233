"""Who sees what: the one place that limits people and figures to a role's territory.

An operator sees everything. A manager sees their own region and every region below it, in whichever edition
of NUTS a record carries its code. Everybody else sees nobody's records but their own.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, SQLColumnExpression, false, or_, select, true

from near_learn.db import db
from near_learn.people import region
from near_learn.people.person import Person
from near_learn.people.region import RegionChange
from near_learn.people.role import Role


def sees(person: Person, region_code: str) -> bool:
    """Whether PERSON may see records of the region with this code ('' is a record without a region)."""
    if person.role == Role.OPERATOR:
        return True
    if person.role != Role.MANAGER or not person.region or not region_code:
        return False
    return any(region_code.startswith(root) for root in roots(person)) or region_code in inherited(person)


def within(column: SQLColumnExpression[str], person: Person) -> ColumnElement[bool]:
    """The condition that COLUMN, a region's code, lies in the territory of PERSON: the rule of `sees`."""
    if person.role == Role.OPERATOR:
        return true()
    if person.role != Role.MANAGER or not person.region:
        return false()
    return or_(*(below(column, root) for root in roots(person)), column.in_(inherited(person)))


def below(column: SQLColumnExpression[str], code: str) -> ColumnElement[bool]:
    """The condition that COLUMN is the region CODE or one inside it.

    A range, so that the database can use an index: codes are digits and capitals, and Z is the last of them.
    """
    return column.between(code, code + "ZZZ")


def roots(person: Person) -> list[str]:
    """The codes whose regions, with all below, are a manager's: their own and its only heir in 2024."""
    heirs = region.successors(person.region)
    return sorted({person.region, *heirs}) if len(heirs) == 1 else [person.region]


def inherited(person: Person) -> list[str]:
    """Codes of 2021 outside the manager's prefix whose every successor lies within it.

    A region that was split is seen by nobody who answers for a part of it only.
    """
    heirs: defaultdict[str, list[str]] = defaultdict(list)
    for old, new in db.session.execute(select(RegionChange.code_2021, RegionChange.code_2024)):
        heirs[old].append(new)
    mine = tuple(roots(person))
    return sorted(old for old, new in heirs.items() if all(code.startswith(mine) for code in new))
