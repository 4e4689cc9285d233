"""What the demo world's people told about themselves for the statistics, and what its programme promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import accumulate
from math import sqrt
from random import Random
from uuid import UUID

from sqlalchemy import Connection, insert

from near_learn.content import Course
from near_learn.demo.cast import Character
from near_learn.outcomes import participant
from near_learn.outcomes.participant import About
from near_learn.outcomes.target import Kind, Target

TELL = 0.78  # of the people who were asked
ANSWERS = {
    About.GENDER: {"woman": 0.65, "man": 0.31, "other": 0.01, "": 0.03},
    About.AGE: {"18-29": 0.18, "30-54": 0.6, "55-over": 0.19, "": 0.03},
    About.EMPLOYMENT: {"employed": 0.93, "unemployed": 0.03, "": 0.04},
    About.EDUCATION: {"isced-3-4": 0.28, "isced-5-8": 0.68, "": 0.04},
}
PRE_AND_POST = "Pre-test and post-test of the course, eight questions each, first try"
# Kind, region, value, baseline, instrument, days from now.
TARGETS = (
    (Kind.GAIN, "", 60.0, "Mean of the pre-test, about half of the points", PRE_AND_POST, 40),
    (Kind.GAIN, "ES22", 40.0, "Mean of the pre-test of the people of Navarra", PRE_AND_POST, -10),
    (Kind.COMPLETIONS, "ES22", 25.0, "Nobody before the programme", "All four modules completed", 40),
    (Kind.RATE, "BE212", 60.0, "No course before the programme", "Completed of the enrolled", -20),
)


def put(connection: Connection, people: Iterable[Character], courses: list[Course], now: datetime) -> None:
    """Stores both. What people tell does not depend on their histories, nor these on what they tell.

    Answers are spread evenly over those who are told of together, whoever these are on the day: in the report
    a group shows men, say, only where there are enough of them.
    """
    rng = Random(20260401)  # noqa: S311  # No secret depends on it.
    together = sorted(people, key=lambda person: (person.region, person.language, person.organisation or ""))
    for number, person in enumerate(together):
        if _spread(number, 2) < TELL and not person.signs_in:
            told = {
                about: _answer(ANSWERS[about], _spread(number, prime))
                for about, prime in zip(About, (3, 5, 7, 11), strict=True)
            }
            participant.tell(connection, person.account, told, now - timedelta(days=rng.randint(5, 90)))
    if courses:
        rows = [_target(number, courses[0].id, now) for number in range(len(TARGETS))]
        connection.execute(insert(Target), rows)


def _spread(number: int, prime: int) -> float:
    """Of 0 to 1: numbers in a row lie evenly, and independently for each prime (Richtmyer)."""
    return number * sqrt(prime) % 1.0


def _answer(shares: Mapping[str, float], place: float) -> str:
    ends = accumulate(shares.values())
    return next((answer for answer, end in zip(shares, ends, strict=True) if place < end), "")


def _target(number: int, course: str, now: datetime) -> dict[str, object]:
    kind, region, value, baseline, instrument, days = TARGETS[number]
    return {
        "id": str(UUID(int=number + 1, version=4)),
        "kind": kind.value,
        "course": course,
        "region": region,
        "organisation": "",
        "cohort": "",
        "value": value,
        "baseline": baseline,
        "instrument": instrument,
        "due": (now + timedelta(days=days)).date(),
        "set_by": "",
        "set_at": now - timedelta(days=100),
    }
