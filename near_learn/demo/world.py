"""Builds the demo world in an empty database: people, and months of learning through the real recorder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from flask import Flask
from sqlalchemy import Connection, insert, select

from near_learn.content import Course
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.demo import cast, history, outcome
from near_learn.demo.calendar import session
from near_learn.demo.cast import Character, Territory
from near_learn.demo.story import Step, Story, Temper
from near_learn.people import deadline, password
from near_learn.people.demo_sign_in import PASSWORD, SIGN_INS
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort, Person
from near_learn.records.iris import Iris

__all__ = ["PASSWORD", "SIGN_INS", "NotEmpty", "build", "exists"]

# The first enrolments are this many days old.
HISTORY = 215
SEED = 20260316

# Who finished a course begins the next one, if there is one, this often.
GOES_ON = 0.25
# So many begin with the last course: those who are to carry the idea further, with its self-assessment.
CARRIES_FURTHER = 0.25


class NotEmpty(Exception):
    """There are people in the database who are not of the demo world."""


def exists() -> bool:
    """Whether the demo world is in the database of the current application: whole, or not at all."""
    # On a connection of its own, so that an older reading transaction of the session does not answer.
    with db.engine.connect() as connection:
        found = connection.scalar(select(Person.id).where(Person.email == SIGN_INS[0].email))
    return found is not None


def build(app: Flask, now: datetime, *, seed: int = SEED) -> None:
    """Fills the database of APP, in one transaction, with a history that ends at NOW.

    The same seed gives the same people and the same history, moved to NOW. Raises NotEmpty when somebody is
    in the database already.
    """
    rng = Random(seed)  # noqa: S311  # No secret depends on it.
    with app.app_context(), writing() as connection:
        if connection.scalar(select(Person.id).limit(1)) is not None:
            raise NotEmpty(
                "There are people in this database already, and the demo is for an empty one. "
                "Name another folder with NEAR_LEARN_DATA, or start the server with: near-learn serve"
            )
        people = _people(connection, rng, now)
        courses = list(library().courses.values())
        _deadlines(connection, courses, now)
        outcome.put(connection, people, courses, now)
        lives = [main_role(rng, courses, now, person) for person in people if person.signs_in]
        lives += [
            _life(rng, territory, courses, now, person)
            for territory in cast.TERRITORIES
            for person in people
            if person.region == territory.code and not person.signs_in
        ]
        iris = Iris(app.extensions["settings"].base_url)
        history.record(connection, app.extensions["lrs"], iris, [step for life in lives for step in life])


# --- people ------------------------------------------------------------------------------------------


def _people(connection: Connection, rng: Random, now: datetime) -> list[Character]:
    """Stores everybody; all but the staff, who do not learn here, are returned."""
    for territory in cast.TERRITORIES:
        for cohort, name in territory.cohorts.items():
            row = {"id": cohort, "name": name, "region": territory.code}
            connection.execute(insert(Cohort), [row])
        houses = [
            {"id": house.id, "name": house.name, "region": territory.code} for house in territory.houses
        ]
        connection.execute(insert(Organisation), houses)
    staff = cast.staff(rng)
    learning = [cast.professional(rng)]
    for territory in cast.TERRITORIES:
        learning += cast.professionals(rng, territory)
    known = password.hashed(PASSWORD)
    created = now - timedelta(days=HISTORY + 5)
    connection.execute(insert(Person), [_row(person, known, created) for person in (*staff, *learning)])
    return learning


def _deadlines(connection: Connection, courses: list[Course], now: datetime) -> None:
    """The demo professional's group is to complete the first course soon; other groups are late."""
    if not courses:
        return
    for territory in cast.TERRITORIES:
        for cohort in territory.cohorts:
            days = 20 if cohort == cast.PROFESSIONALS_COHORT else -12
            deadline.put(connection, cohort, courses[0].id, (now + timedelta(days=days)).date())


def _row(person: Character, known: str, created: datetime) -> dict[str, object]:
    return {
        "account": person.account,
        "email": person.email,
        "name": person.name,
        "role": person.role.value,
        "region": person.region,
        "language": person.language,
        "cohort_id": person.cohort,
        "organisation_id": person.organisation,
        # Without a password nobody can sign in.
        "password_hash": known if person.signs_in else None,
        "created_at": created,
    }


# --- what they do ------------------------------------------------------------------------------------


def _life(
    rng: Random, territory: Territory, courses: list[Course], now: datetime, person: Character
) -> list[tuple[Character, Step]]:
    """Everything that somebody has done so far."""
    # Two waves of enrolment, and a trickle between.
    age = rng.choice((rng.gauss(180, 18), rng.gauss(65, 16), rng.uniform(4, HISTORY)))
    begin = session(rng, (now - timedelta(days=min(HISTORY, max(2.0, age)))).date(), territory.zone)
    taken: list[tuple[Character, Step]] = []
    for course in courses[-1:] if rng.random() < CARRIES_FURTHER else courses:
        temper = _temper(rng, territory, len(course.modules))
        story = Story(rng, temper, course, territory.zone, now)
        steps = list(story.steps(person.language, begin))
        taken += [(person, step) for step in steps]
        if temper.modules < len(course.modules) or rng.random() > GOES_ON:
            break
        begin = session(rng, (story.at + timedelta(days=rng.randint(2, 20))).date(), territory.zone)
    return taken


def _temper(rng: Random, territory: Territory, modules: int) -> Temper:
    temper = Temper(
        skill=min(0.98, max(0.35, rng.gauss(territory.skill, 0.11))),
        modules=float(modules),
        pause=rng.uniform(1.5, 9.0),
        breaks=rng.uniform(0.03, 0.18),
        closes=rng.uniform(0.1, 0.5),
        skims=rng.random() < 0.05,
        persistence=rng.choices((1, 2, 3, 5), (1, 2, 4, 5))[0],
    )
    if rng.random() < territory.never_start:
        return replace(temper, modules=0.0)
    if rng.random() > territory.finish:
        # Most of those who give up do so early.
        return replace(temper, modules=modules * min(0.95, max(0.05, rng.betavariate(1.3, 2.2))))
    return temper


def main_role(
    rng: Random, courses: list[Course], now: datetime, person: Character
) -> list[tuple[Character, Step]]:
    """The demo professional: one module is behind them, if there are several, and one in the middle."""
    if not courses:
        return []
    course = courses[0]
    done = 0 if len(course.modules) == 1 else 1
    temper = Temper(skill=0.9, modules=done + 0.5, pause=0.5, breaks=0.0, closes=0.0)
    story = Story(rng, temper, course, person.zone, now)
    begin = session(rng, (now - timedelta(days=20)).date(), person.zone)
    return [(person, step) for step in story.steps(person.language, begin)]
