"""One round of mails that are due by the calendar: reminders, digests, and welcomes that were left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Connection, select

from near_learn.config import Settings
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.enrolment import digest, reminder, welcome
from near_learn.enrolment.digest import Digest, Week
from near_learn.enrolment.reminder import Reminder
from near_learn.people.person import Person

T = TypeVar("T")

# Letters written in one transaction: others wait for no more than these.
AT_ONCE = 25


@dataclass(frozen=True)
class Round:
    """How many mails of each kind are due or were put into the outbox."""

    reminders: int
    digests: int
    welcomes: int


def due(now: datetime) -> tuple[list[Reminder], list[Digest]]:
    """What is due and was not sent."""
    settings: Settings = current_app.extensions["settings"]
    zone = ZoneInfo(settings.time_zone)
    today = now.astimezone(zone).date()
    people = list(db.session.scalars(select(Person).where(digest.managers()).order_by(Person.account)))
    connection = db.session.connection()
    reminders = reminder.due(connection, today, library())
    return reminders, digest.due(connection, people, Week.before(today, zone), today)


def run(now: datetime) -> Round:
    """Puts what is due into the outbox, each mail once however often and by however many this is run."""
    settings: Settings = current_app.extensions["settings"]
    reminders, digests = due(now)
    courses = library().courses

    def remind(connection: Connection, each: Reminder) -> bool:
        return reminder.put(connection, each, courses[each.course].title)

    def report(connection: Connection, each: Digest) -> bool:
        return digest.put(connection, each, settings.small_group)

    return Round(_put(reminders, remind), _put(digests, report), welcome.write())


def _put(mails: Sequence[T], put: Callable[[Connection, T], bool]) -> int:
    count = 0
    for start in range(0, len(mails), AT_ONCE):
        with writing() as connection:
            count += sum(put(connection, each) for each in mails[start : start + AT_ONCE])
    return count
