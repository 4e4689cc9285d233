"""Tests and surveys beside the modules of a course: when each is open to a learner, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from near_learn.content import Module
from near_learn.player.standing import CourseStanding, ModuleStanding

# As Kirkpatrick has it: what people do months later is asked when there was time to do it.
WEEKS = 8


class When(StrEnum):
    """Of a test or survey: what the learner may do with it now."""

    OPEN = "open"
    LATER = "later"  # after the last module, or after some weeks
    DONE = "done"
    MISSED = "missed"  # it was for before the first module


@dataclass(frozen=True)
class InstrumentStanding:
    """One test or survey of a course, and when it can be taken: from `opens_at` on, if that is known."""

    module: Module
    standing: ModuleStanding
    when: When
    opens_at: datetime | None = None
    at_start: bool = False  # it belongs before the modules now

    @property
    def weeks(self) -> int:
        """Of a follow-up: how long after the course it comes."""
        return self.module.weeks or WEEKS


def standings(where: CourseStanding, now: datetime) -> list[InstrumentStanding]:
    """Every test and survey of the course, in its author's order, as it stands now."""
    return [_standing(where, each, now) for each in where.instruments]


def of(where: CourseStanding, module: str, now: datetime) -> InstrumentStanding | None:
    """The test or survey with this id; None when it is a module."""
    return next((each for each in standings(where, now) if each.module.id == module), None)


def before(where: CourseStanding, now: datetime) -> InstrumentStanding | None:
    """What is open now and belongs before the first module."""
    return next((each for each in standings(where, now) if each.when is When.OPEN and each.at_start), None)


def waiting(where: CourseStanding, now: datetime) -> InstrumentStanding | None:
    """What is open now and belongs after the course: a test, a survey, a question some weeks later."""
    if where.registration is None or where.registration.completed_at is None:
        return None
    found = standings(where, now)
    return next((each for each in found if each.when is When.OPEN and not each.at_start), None)


def _standing(where: CourseStanding, here: ModuleStanding, now: datetime) -> InstrumentStanding:
    module = here.module
    completed = where.registration.completed_at if where.registration else None
    at_start = module.kind == "pre-test" or (
        module.kind == "diagnosis" and not here.attempts and not where.begun
    )
    if not here.attempts_left or _made_at_the_end(here, completed):
        return InstrumentStanding(module, here, When.DONE, at_start=at_start)
    if at_start:
        when = When.MISSED if where.begun and not here.drafted else When.OPEN
        return InstrumentStanding(module, here, when, at_start=True)
    if completed is None:
        return InstrumentStanding(module, here, When.LATER)
    opens = completed + timedelta(weeks=module.weeks or WEEKS) if module.kind == "follow-up" else completed
    return InstrumentStanding(module, here, When.OPEN if now >= opens else When.LATER, opens)


def _made_at_the_end(here: ModuleStanding, completed: datetime | None) -> bool:
    """Whether a diagnosis that was not made at the start has been made after the course."""
    made = here.progress.completed_at if here.progress else None
    return completed is not None and made is not None and made >= completed
