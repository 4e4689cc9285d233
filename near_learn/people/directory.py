"""Finding people: by a part of their name or e-mail address, by role, place and group, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from near_learn.db import db
from near_learn.paging import part
from near_learn.people import membership, region
from near_learn.people.letters import folded
from near_learn.people.organisation import Organisation
from near_learn.people.person import Person
from near_learn.people.rights import Rights
from near_learn.people.territory import below

PAGE_SIZE = 50


@dataclass(frozen=True)
class Found:
    """One page of the people that were asked for; `page` and `pages` count from 1."""

    people: list[Person]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Wanted:
    """Whom to find: those whose name or address contains every word of `text`, and of these places."""

    text: str = ""
    role: str = ""
    region: str = ""
    organisation: str = ""
    cohort: str = ""


def find(rights: Rights, wanted: Wanted, page: int = 1) -> Found:
    """Those whom the writer looks after. A page beyond the last is the last."""
    query = _query(rights, wanted)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    shown = part(page, total, PAGE_SIZE)
    people = (
        query.options(joinedload(Person.cohort), joinedload(Person.organisation))
        .order_by(Person.searched, Person.id)
        .limit(PAGE_SIZE)
        .offset(shown.before)
    )
    return Found(list(db.session.scalars(people)), total, shown.number, shown.parts)


def one(rights: Rights, account: str) -> Person | None:
    """The person with this account, if the writer looks after them."""
    return db.session.scalar(select(Person).where(Person.account == account, rights.people()))


def roles() -> Mapping[str, int]:
    """How many people there are in each role that somebody has."""
    rows = db.session.execute(select(Person.role, func.count()).group_by(Person.role))
    return dict(rows.all())


def regions(rights: Rights, language: str) -> list[tuple[str, str]]:
    """(code, "code name") of every region with people in it or below, in the order of the codes."""
    home = set(db.session.scalars(select(Person.region).where(rights.people()).distinct()))
    levels = [level for level in region.LEVELS if level + 2 >= len(rights.territory.region)]
    codes = {region.truncate(code, level) for code in home for level in levels}
    names = region.names(codes, language)
    return [(code, f"{code} {names[code]}") for code in sorted(codes)]


def organisations(rights: Rights) -> list[Organisation]:
    """The organisations that the writer may put people into, by name."""
    query = select(Organisation).where(rights.organisations())
    return list(db.session.scalars(query.order_by(Organisation.name, Organisation.id)))


def _query(rights: Rights, wanted: Wanted) -> Select[tuple[Person]]:
    query = select(Person).where(rights.people())
    for word in folded(wanted.text).split():
        query = query.where(Person.searched.contains(word, autoescape=True))
    if wanted.role:
        query = query.where(Person.role == wanted.role)
    if wanted.region:
        query = query.where(below(Person.region, wanted.region))
    if wanted.organisation:
        query = query.where(Person.organisation_id == wanted.organisation)
    if wanted.cohort:
        query = query.where(membership.member_of(wanted.cohort))
    return query
