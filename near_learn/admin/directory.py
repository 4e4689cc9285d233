"""Finding people: by a part of their name or e-mail address, by role, by region, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from near_learn.db import db
from near_learn.people import region
from near_learn.people.letters import folded
from near_learn.people.person import Person
from near_learn.people.territory import below

PAGE_SIZE = 50


@dataclass(frozen=True)
class Found:
    """One page of the people that were asked for; `page` and `pages` count from 1."""

    people: list[Person]
    total: int
    page: int
    pages: int


def find(*, text: str = "", role: str = "", region_code: str = "", page: int = 1) -> Found:
    """The people whose name or address contains every word of TEXT. A page beyond the last is the last."""
    query = select(Person)
    for word in folded(text).split():
        query = query.where(Person.searched.contains(word, autoescape=True))
    if role:
        query = query.where(Person.role == role)
    if region_code:
        query = query.where(below(Person.region, region_code))
    total = count(query)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = (
        query.options(joinedload(Person.cohort))
        .order_by(Person.searched, Person.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return Found(list(db.session.scalars(shown)), total, page, pages)


def count(query: Select[tuple[Person]]) -> int:
    """How many people a query finds."""
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def roles() -> Mapping[str, int]:
    """How many people there are in each role that somebody has."""
    rows = db.session.execute(select(Person.role, func.count()).group_by(Person.role))
    return dict(rows.all())


def regions(language: str) -> list[tuple[str, str]]:
    """(code, "code name") of every region with people in it or below, in the order of the codes."""
    home = set(db.session.scalars(select(Person.region).distinct()))
    codes = {region.truncate(code, level) for code in home for level in region.LEVELS}
    names = region.names(codes, language)
    return [(code, f"{code} {names[code]}") for code in sorted(codes)]
