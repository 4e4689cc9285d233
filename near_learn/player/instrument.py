"""Tests and surveys beside the modules of a course: when each is open to a learner, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from near_learn.content import Module
from near_learn.player.standing import CourseStanding, ModuleStanding, State
from near_learn.records import attempt

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

    @property
    def weeks(self) -> int:
        """Of a follow-up: how long after the course it comes."""
        return self.module.weeks or WEEKS

    @property
    def at_start(self) -> bool:
        """Whether it belongs before the modules now."""
        return self.module.kind == "pre-test" or (
            self.module.kind == "diagnosis" and self.standing.attempts == 0
        )


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
    found = standings(where, now)
    return next((each for each in found if each.when is When.OPEN and not each.at_start), None)


def _standing(where: CourseStanding, here: ModuleStanding, now: datetime) -> InstrumentStanding:
    module = here.module
    begun = any(each.state is not State.NEW for each in where.modules)
    completed = where.registration.completed_at if where.registration else None
    most = attempt.most(module)
    if most is not None and here.attempts >= most:
        return InstrumentStanding(module, here, When.DONE)
    if module.kind == "pre-test":
        return InstrumentStanding(module, here, When.MISSED if begun and not here.drafted else When.OPEN)
    if module.kind == "diagnosis" and not here.attempts and not begun:
        return InstrumentStanding(module, here, When.OPEN)
    if completed is None:
        return InstrumentStanding(module, here, When.LATER)
    opens = completed + timedelta(weeks=module.weeks or WEEKS) if module.kind == "follow-up" else completed
    return InstrumentStanding(module, here, When.OPEN if now >= opens else When.LATER, opens)
