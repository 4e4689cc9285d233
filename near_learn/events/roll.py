"""An organiser's list of who was there, typed one a line: only those are found whom they may choose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from near_learn.db import db
from near_learn.events import attendance
from near_learn.events.gathering import Gathering
from near_learn.people.letters import folded
from near_learn.people.person import Person
from near_learn.people.rights import Rights
from near_learn.people.role import Role
from near_learn.people.territory import below
from near_learn.records import Learner, Recorder

MOST_LINES = 500


@dataclass(frozen=True)
class Found:
    """Whom the lines name, and what is wrong with the lines that name nobody."""

    people: list[Person]
    problems: list[str]


@dataclass(frozen=True)
class Listed:
    """Who was put on the list now, and how many were on it before."""

    new: list[str]
    before: int


def may_choose(organiser: Person, gathering: Gathering) -> ColumnElement[bool]:
    """The condition that an organiser may put somebody on the list.

    Whom a manager or an operator looks after. For a trainer, who looks after nobody: the professionals of the
    gathering's region and organisation.
    """
    if organiser.role != Role.TRAINER:
        return Rights.of(organiser).people()
    near: list[ColumnElement[bool]] = (
        [below(Person.region.expression, gathering.region)] if gathering.region else [false()]
    )
    if gathering.organisation:
        near.append(Person.organisation_id == gathering.organisation)
    return and_(Person.role == Role.PROFESSIONAL.value, or_(*near))


def find(text: str, allowed: ColumnElement[bool]) -> Found:
    """The people of the lines: each is an e-mail address or a whole name, in any capitals and accents."""
    lines = list(dict.fromkeys(line for each in text.splitlines() if (line := " ".join(each.split()))))
    if len(lines) > MOST_LINES:
        return Found([], [gettext("Send at most %(number)s lines at once.", number=MOST_LINES)])
    people: dict[str, Person] = {}
    problems = []
    for line in lines:
        meant = _meant(line, allowed)
        if len(meant) == 1:
            people[meant[0].account] = meant[0]
        elif meant:
            text = gettext("“%(line)s”: several people have this name. Give the e-mail address.", line=line)
            problems.append(text)
        else:
            problems.append(gettext("“%(line)s” is nobody whom you may choose.", line=line))
    return Found(list(people.values()), problems)


def record(
    connection: Connection,
    recorder: Recorder,
    gathering: Gathering,
    learners: Iterable[Learner],
    at: datetime,
) -> Listed:
    """Records that the learners were there, who were not recorded before."""
    new, before = [], 0
    for learner in learners:
        if attendance.record(connection, recorder, gathering, learner, at):
            new.append(learner.account)
        else:
            before += 1
    return Listed(new, before)


def moment(gathering: Gathering, now: datetime, zone: ZoneInfo) -> datetime:
    """When they were there: a list may be typed days later."""
    return min(now, datetime.combine(gathering.held_on, time(12), zone))


def _meant(line: str, allowed: ColumnElement[bool]) -> list[Person]:
    if "@" in line:
        query = select(Person).where(Person.email == line.lower(), allowed)
        return list(db.session.scalars(query))
    wanted = folded(line)
    query = select(Person).where(Person.searched.startswith(wanted, autoescape=True), allowed)
    return [person for person in db.session.scalars(query.limit(50)) if folded(person.name) == wanted]
