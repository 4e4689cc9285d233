"""A manager's weekly overview: what happened in their territory, in figures that tell of no small group.

Reports add up whole blocks of people, by months. A week is shorter than that, so its exact numbers could be
subtracted from a report's. That is why these figures are told in steps: "fewer than 5", "5 or more".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext
from sqlalchemy import ColumnElement, Connection, distinct, func, select

from near_learn.enrolment import refusal, reminder
from near_learn.enrolment.refusal import Kind
from near_learn.mail import outbox
from near_learn.mail.letter import Letter, Link, absolute, in_language, written
from near_learn.people import territory
from near_learn.people.person import Person
from near_learn.people.role import Role
from near_learn.people.territory import Territory
from near_learn.records import progress


@dataclass(frozen=True)
class Week:
    """Monday to Sunday, in the installation's zone."""

    monday: date
    zone: ZoneInfo

    @classmethod
    def before(cls, today: date, zone: ZoneInfo) -> Week:
        """The last whole week."""
        return cls(today - timedelta(days=today.weekday() + 7), zone)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def name(self) -> str:
        """Like 2026-W47."""
        year, week, _day = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def limits(self) -> tuple[datetime, datetime]:
        """From its first moment to the first after it."""
        begin = datetime.combine(self.monday, time(), self.zone)
        end = datetime.combine(self.monday + timedelta(days=7), time(), self.zone)
        return begin.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True)
class Figures:
    """Persons: who enrolled, started and completed a course in the week; who is past a deadline now."""

    enrolled: int
    started: int
    completed: int
    late: int

    def anything(self) -> bool:
        """Whether there is something to tell."""
        return any(vars(self).values())


@dataclass(frozen=True)
class Digest:
    """A mail that is due to a manager."""

    account: str
    email: str
    name: str
    language: str
    week: Week
    figures: Figures

    @property
    def key(self) -> str:
        """Once a week."""
        return key(self.account, self.week)


def key(account: str, week: Week) -> str:
    """What a digest is sent once for."""
    return f"digest:{account}:{week.name}"


def due(connection: Connection, people: list[Person], week: Week, today: date) -> list[Digest]:
    """The digests of these managers that were not sent and have something to tell."""
    found = []
    for person in people:
        if outbox.stored(connection, key(person.account, week)):
            continue
        figures = count(connection, territory.of(person), week, today)
        if figures.anything():
            found.append(Digest(person.account, person.email, person.name, person.language, week, figures))
    return found


def managers() -> ColumnElement[bool]:
    """The condition that a person gets digests."""
    return (Person.role == Role.MANAGER) & Person.active & ~refusal.refused(Kind.DIGEST)


def count(connection: Connection, mine: Territory, week: Week, today: date) -> Figures:
    """The figures of a territory. Registrations lie where they began, people where they are now."""
    table = progress.registration
    begin, end = week.limits

    def persons(moment: ColumnElement[datetime]) -> int:
        query = select(func.count(distinct(table.c.actor))).where(
            mine.limits(table.c.region, table.c.organisation), moment >= begin, moment < end
        )
        return connection.scalar(query) or 0

    dates = reminder.deadlines_of_people()
    late = (
        select(func.count(distinct(Person.account)))
        .join(dates, dates.c.account == Person.account)
        .where(
            mine.limits(Person.region.expression, Person.organisation_id.expression),
            Person.active,
            dates.c.day < today,
            ~reminder.completed(dates),
        )
    )
    return Figures(
        persons(table.c.enrolled_at),
        persons(table.c.started_at),
        persons(table.c.completed_at),
        connection.scalar(late) or 0,
    )


def told(number: int, least: int) -> str:
    """A number of people in steps of `least`, so that it tells of no fewer."""
    if number == 0 or least <= 1:
        return str(number)
    if number < least:
        return str(gettext("fewer than %(number)s", number=least))
    return str(gettext("%(number)s or more", number=number - number % least))


def put(connection: Connection, digest: Digest, least: int) -> bool:
    """Puts the mail into the outbox; False when it was there before."""
    return outbox.put(
        connection,
        key=digest.key,
        kind=Kind.DIGEST,
        account=digest.account,
        to=digest.email,
        unsubscribe=refusal.address(digest.account, Kind.DIGEST),
        **letter_to(digest, least).parts(),
    )


def letter_to(digest: Digest, least: int) -> Letter:
    """What it says, in the manager's language."""
    figures = digest.figures
    with in_language(digest.language) as known:
        lines = [
            gettext("Enrolled: %(people)s", people=told(figures.enrolled, least)),
            gettext("Started a course: %(people)s", people=told(figures.started, least)),
            gettext("Completed a course: %(people)s", people=told(figures.completed, least)),
            gettext("Past a deadline now: %(people)s", people=told(figures.late, least)),
        ]
        steps = []
        if least > 1:
            text = gettext("Numbers are in steps of %(number)s: they tell of nobody apart.", number=least)
            steps.append(text)
        period = {
            "first": format_date(digest.week.monday, "long"),
            "last": format_date(digest.week.sunday, "long"),
        }
        return written(
            known,
            gettext("Your territory, %(first)s to %(last)s", **period),
            [
                gettext("Hello %(name)s,", name=digest.name),
                gettext("this is how many people learned from %(first)s to %(last)s:", **period),
                lines,
                Link(gettext("Look at the report"), absolute("/reports/")),
            ],
            closing=[*steps, *reminder.closing(digest.account, Kind.DIGEST)],
        )
