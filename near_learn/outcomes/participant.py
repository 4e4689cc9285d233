"""What people tell about themselves for a programme's statistics: each of four things, if they like to.

In a table of its own: no statement, no learning record, no list of people has any of it. Health, origin,
belief and the like are never asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Connection, String, Table, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.outcomes import block_sums
from near_learn.outcomes.block_sums import Kind
from near_learn.records.progress import registration
from xapi.sql.upsert import insert_or_replace


class Participant(Model):
    """One person's answers; "" for what they did not tell. Who tells nothing has no row."""

    __tablename__ = "participant"

    account: Mapped[str] = mapped_column(String(36), primary_key=True)
    gender: Mapped[str] = mapped_column(String(20))
    age: Mapped[str] = mapped_column(String(20))
    employment: Mapped[str] = mapped_column(String(20))
    education: Mapped[str] = mapped_column(String(20))
    told_at: Mapped[datetime] = mapped_column(UTCDateTime())


assert isinstance(Participant.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Participant.__table__


class About(StrEnum):
    """What is asked; also the name of its column."""

    GENDER = "gender"
    AGE = "age"
    EMPLOYMENT = "employment"
    EDUCATION = "education"


NAMES = {
    About.GENDER: lazy_gettext("Gender"),
    About.AGE: lazy_gettext("Age"),
    About.EMPLOYMENT: lazy_gettext("Employment"),
    About.EDUCATION: lazy_gettext("Education"),
}
# Answers in the order of the form; the codes are stored and stay.
ANSWERS: Mapping[About, Mapping[str, object]] = {
    About.GENDER: {
        "woman": lazy_gettext("Woman"),
        "man": lazy_gettext("Man"),
        "other": lazy_gettext("Another gender"),
    },
    About.AGE: {
        "under-18": lazy_gettext("Under 18"),
        "18-29": lazy_gettext("18 to 29"),
        "30-54": lazy_gettext("30 to 54"),
        "55-over": lazy_gettext("55 or older"),
    },
    About.EMPLOYMENT: {
        "employed": lazy_gettext("Employed or self-employed"),
        "unemployed": lazy_gettext("Unemployed for less than a year"),
        "long-unemployed": lazy_gettext("Unemployed for a year or longer"),
        "inactive": lazy_gettext("Not employed and not looking for work"),
    },
    About.EDUCATION: {
        "isced-0-2": lazy_gettext("Lower secondary school or less (ISCED 0 to 2)"),
        "isced-3-4": lazy_gettext("Upper secondary or post-secondary (ISCED 3 to 4)"),
        "isced-5-8": lazy_gettext("Tertiary: university, university of applied sciences (ISCED 5 to 8)"),
    },
}


def of(connection: Connection, account: str) -> dict[str, Any] | None:
    """What this person has told, by column, with when; None when that is nothing."""
    row = connection.execute(select(table).where(table.c.account == account)).mappings().first()
    return dict(row) if row else None


def tell(connection: Connection, account: str, answers: Mapping[About, str], at: datetime) -> None:
    """Keeps the answers in place of earlier ones. Nothing told leaves nothing behind."""
    if not any(answers.values()):
        forget(connection, account)
        return
    _count_again(connection, account)
    row = {about.value: answers.get(about, "") for about in About}
    insert_or_replace(connection, table, [{"account": account, **row, "told_at": at}])


def forget(connection: Connection, account: str) -> int:
    """Deletes what this person told; how many rows (0 or 1)."""
    _count_again(connection, account)
    return connection.execute(delete(table).where(table.c.account == account)).rowcount


def _count_again(connection: Connection, account: str) -> None:
    """What was told before stays in no sum."""
    names = connection.scalars(select(registration.c.registration).where(registration.c.actor == account))
    block_sums.withdraw(connection, Kind.PARTICIPANTS, names.all())
