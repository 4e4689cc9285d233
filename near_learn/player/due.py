"""A deadline as a learner meets it: the day, and how many days are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

from near_learn.config import Settings
from near_learn.db import reading
from near_learn.people import deadline
from near_learn.people.person import Person


@dataclass(frozen=True)
class Due:
    """The last day to complete a course in time; `left` counts the days to it, below 0 when it is over."""

    day: date
    left: int


def of(person: Person) -> dict[str, Due]:
    """The deadlines of the person's groups, by course."""
    settings: Settings = current_app.extensions["settings"]
    today = datetime.now(ZoneInfo(settings.time_zone)).date()
    found = deadline.of_person(reading(), person.account)
    return {course: Due(day, (day - today).days) for course, day in found.items()}
