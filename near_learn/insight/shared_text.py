"""What learners wrote in their own words and chose to share with trainers. Without their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from near_learn.paging import part
from near_learn.records import private
from near_learn.records.progress import registration

PAGE = 25


@dataclass(frozen=True)
class Page:
    """The newest first; pages count from 1."""

    texts: Sequence[Row[str, str, str, datetime]]
    total: int
    page: int
    pages: int


def shared(connection: Connection, course: str, module: str, page: int) -> Page:
    """The texts shared in a module. A page beyond the last is the last."""
    table = private.table.c
    chosen = (
        select(table.question, table.text, registration.c.language, table.at)
        .join(registration, registration.c.registration == table.registration)
        .where(registration.c.course == course, table.module == module, table.statement_id.is_not(None))
    )
    total = connection.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    shown = part(page, total, PAGE)
    rows = connection.execute(
        chosen.order_by(table.at.desc(), table.question).limit(PAGE).offset(shown.before)
    )
    return Page(rows.all(), total, shown.number, shown.parts)
