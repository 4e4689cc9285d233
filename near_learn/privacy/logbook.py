"""Reading the audit log: a page of its rows, and what of it is about one person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, or_, select

from near_learn.paging import part
from near_learn.people.person import Person
from near_learn.privacy.audit import subjects, table

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """Which rows: of what was done, on which day, by or about whom. Empty fields ask for everything."""

    action: str = ""
    day: date | None = None
    account: str = ""
    page: int = 1


@dataclass(frozen=True)
class Entry:
    """A row in words. A name is None where nobody is known (a command, or somebody who was erased)."""

    number: int
    at: datetime
    action: str
    origin: str
    actor: str
    actor_name: str | None
    actor_role: str
    about: str
    about_name: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """A page of the log; `page` and `pages` count from 1."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    pages: int


def find(connection: Connection, asked: Asked, zone: ZoneInfo) -> Found:
    """The rows that are asked for, the newest first. A page beyond the last is the last."""
    return _page(connection, _conditions(asked, zone), asked.page)


def about(connection: Connection, account: str, page: int) -> Found:
    """What others did about this person, the newest first."""
    handle = _handle(account)
    return _page(connection, [table.c.about == handle, table.c.actor != handle], page)


def _page(connection: Connection, conditions: Sequence[ColumnElement[bool]], page: int) -> Found:
    total = connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
    shown = part(page, total, PAGE)
    actor, whom = subjects.alias("actor_subject"), subjects.alias("about_subject")
    doer, other = Person.__table__.alias("doer"), Person.__table__.alias("other")
    columns = [table.c[name] for name in ("number", "at", "action", "origin", "actor", "about", "detail")]
    query = (
        select(
            *columns, doer.c.name.label("actor_name"), doer.c.role.label("actor_role"),
            other.c.name.label("about_name"),
        )
        .select_from(table)
        .outerjoin(actor, actor.c.handle == table.c.actor)
        .outerjoin(doer, doer.c.account == actor.c.account)
        .outerjoin(whom, whom.c.handle == table.c.about)
        .outerjoin(other, other.c.account == whom.c.account)
        .where(*conditions)
        .order_by(table.c.number.desc())
        .limit(PAGE)
        .offset(shown.before)
    )  # fmt: skip
    entries = tuple(_entry(row) for row in connection.execute(query).mappings())
    return Found(entries, total, shown.number, shown.parts)


def _entry(row: Mapping[Any, Any]) -> Entry:
    values = dict(row) | {"detail": json.loads(row["detail"]), "actor_role": row["actor_role"] or ""}
    return Entry(**values)


def _conditions(asked: Asked, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.action:
        found.append(table.c.action == asked.action)
    if asked.day:
        begin = datetime.combine(asked.day, time.min, zone)
        end = datetime.combine(asked.day + timedelta(days=1), time.min, zone)
        found += [table.c.at >= begin, table.c.at < end]
    if asked.account:
        handle = _handle(asked.account)
        found.append(or_(table.c.actor == handle, table.c.about == handle))
    return found


def _handle(account: str) -> Any:
    return select(subjects.c.handle).where(subjects.c.account == account).scalar_subquery()
