"""Reminders of deadlines: 14 and 3 days before, and once after, to who has not completed the course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import format_date, gettext, ngettext
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select, union_all
from sqlalchemy.sql import FromClause

from near_learn.content import Library
from near_learn.enrolment import refusal
from near_learn.enrolment.refusal import Kind
from near_learn.mail import outbox
from near_learn.mail.letter import Letter, Link, absolute, in_language, written
from near_learn.people import deadline, membership
from near_learn.people.person import Person
from near_learn.records import progress
from xapi.sql.chunks import chunks

EARLY, LATE = 14, 3
# A deadline that has been over for longer is not news any more: mail may have been set up after it.
STALE = timedelta(days=14)


class Which(StrEnum):
    """The three reminders of one deadline."""

    EARLY = "early"
    LATE = "late"
    AFTER = "after"


@dataclass(frozen=True)
class Reminder:
    """A mail that is due to somebody."""

    account: str
    email: str
    name: str
    language: str
    course: str
    day: date
    left: int  # days to the deadline; below 0 when it is over

    @property
    def which(self) -> Which:
        """Who was not reminded early (the deadline was set later) is reminded late only."""
        if self.left < 0:
            return Which.AFTER
        return Which.LATE if self.left <= LATE else Which.EARLY

    @property
    def key(self) -> str:
        """What it is sent once for. A deadline that is moved is another one."""
        return f"reminder:{self.account}:{self.course}:{self.day.isoformat()}:{self.which}"


def due(connection: Connection, today: date, library: Library) -> list[Reminder]:
    """The reminders that are due today and were not sent."""
    found = [
        Reminder(**row._mapping, left=(row.day - today).days)
        for row in connection.execute(_waiting(today))
        if row.course in library.courses
    ]
    known = _known(connection, [each.key for each in found])
    return [each for each in found if each.key not in known]


def put(connection: Connection, reminder: Reminder, titles: Mapping[str, str]) -> bool:
    """Puts the mail into the outbox; False when it was there before."""
    letter = letter_to(reminder, titles)
    return outbox.put(
        connection,
        key=reminder.key,
        kind=Kind.REMINDER,
        account=reminder.account,
        to=reminder.email,
        unsubscribe=refusal.address(reminder.account, Kind.REMINDER),
        **letter.parts(),
    )


def letter_to(reminder: Reminder, titles: Mapping[str, str]) -> Letter:
    """What it says, in the person's language."""
    with in_language(reminder.language) as known:
        title = titles.get(known) or titles["en"]
        day = format_date(reminder.day, "long")
        if reminder.which is Which.AFTER:
            subject = gettext("The day for “%(course)s” is over", course=title)
            text = gettext(
                "your group was to complete “%(course)s” by %(day)s. You can still complete it: nothing of "
                "what you have done is lost.",
                course=title,
                day=day,
            )
        else:
            subject = gettext("“%(course)s”: by %(day)s", course=title, day=day)
            text = ngettext(
                "your group is to complete “%(course)s” by %(day)s. That is in one day.",
                "your group is to complete “%(course)s” by %(day)s. That is in %(num)s days.",
                reminder.left,
                course=title,
                day=day,
            )
            if reminder.left == 0:
                text = gettext("today, %(day)s, is the last day for “%(course)s”.", course=title, day=day)
        return written(
            known,
            subject,
            [
                gettext("Hello %(name)s,", name=reminder.name),
                text,
                Link(gettext("Go to the course"), absolute(f"/courses/{reminder.course}")),
            ],
            closing=closing(reminder.account, Kind.REMINDER),
        )


def closing(account: str, kind: Kind) -> Sequence[str]:
    """The last lines of a mail that can be ended."""
    address = refusal.address(account, kind)
    return [gettext("No more mails like this: %(address)s", address=address)]


def deadlines_of_people() -> FromClause:
    """(account, course, day): by which day each person is to have completed a course; the earliest where
    several of their groups have one."""
    own = select(Person.account, deadline.table.c.course, deadline.table.c.day).join(
        deadline.table, deadline.table.c.cohort == Person.cohort_id
    )
    listed = select(membership.table.c.account, deadline.table.c.course, deadline.table.c.day).join(
        deadline.table, deadline.table.c.cohort == membership.table.c.cohort
    )
    both = union_all(own, listed).subquery()
    earliest = select(both.c.account, both.c.course, func.min(both.c.day).label("day"))
    return earliest.group_by(both.c.account, both.c.course).subquery("due")


def completed(dates: FromClause) -> ColumnElement[bool]:
    """The condition that the person has completed the course."""
    table = progress.registration
    return exists().where(
        and_(
            table.c.actor == dates.c.account,
            table.c.course == dates.c.course,
            table.c.completed_at.is_not(None),
        )
    )


def _waiting(today: date) -> Select[Any]:
    dates = deadlines_of_people()
    return (
        select(Person.account, Person.email, Person.name, Person.language, dates.c.course, dates.c.day)
        .join(dates, dates.c.account == Person.account)
        .where(
            Person.active,
            dates.c.day >= today - STALE,
            dates.c.day <= today + timedelta(days=EARLY),
            ~completed(dates),
            ~refusal.refused(Kind.REMINDER),
        )
        .order_by(dates.c.day, Person.account, dates.c.course)
    )


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    """The mails that were put into the outbox before."""
    table = outbox.table
    found: set[str] = set()
    for some in chunks(keys):
        found.update(connection.scalars(select(table.c.key).where(table.c.key.in_(some))))
    return found
