"""Where a person stands: in a module, and in a course. Read from the progress rows, never worked out anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import repeat
from typing import Any

from sqlalchemy import String, Text, bindparam, cast, or_, select

from near_learn.content import Course, Module
from near_learn.content_library import at_release
from near_learn.db import reading
from near_learn.player import draft
from near_learn.player.path import Page
from near_learn.prepared import Prepared
from near_learn.records.attempt import most
from near_learn.records.progress import answer, attempt, module_progress, registration

# Of one course, or with "" of all.
_COURSE = bindparam("course", type_=String)
_OWN = (
    registration.c.actor == bindparam("account"),
    or_(registration.c.course == _COURSE, _COURSE == ""),
)
_MINE = Prepared(
    select(
        registration.c.registration,
        registration.c.course,
        registration.c.release,
        registration.c.last_at,
        registration.c.completed_at,
        registration.c.passed_at,
    )
    .where(*_OWN)
    .order_by(registration.c.enrolled_at)
)
_PROGRESS = Prepared(
    select(
        module_progress.c.registration,
        module_progress.c.module,
        module_progress.c.last_at,
        module_progress.c.section,
        cast(module_progress.c.seen, Text).label("seen"),  # of most modules nobody looks into it
        module_progress.c.progress,
        module_progress.c.completed_at,
        module_progress.c.passed_at,
        module_progress.c.attempts,
        module_progress.c.best_score,
    )
    .join(registration, registration.c.registration == module_progress.c.registration)
    .where(*_OWN)
)
_ATTEMPTS = Prepared(
    select(attempt)
    .where(attempt.c.registration == bindparam("registration"), attempt.c.module == bindparam("module"))
    .order_by(attempt.c.number)
)
_ANSWERS = Prepared(
    select(answer).where(
        answer.c.registration == bindparam("registration"),
        answer.c.module == bindparam("module"),
        answer.c.attempt == bindparam("number"),
    )
)

# A named tuple of a row in records/progress.py; read once, so that no write changes it under a page.
ProgressRow = Any


class State(StrEnum):
    """Of a module or a course, as people speak of it."""

    NEW = "new"
    STARTED = "started"
    COMPLETED = "completed"  # all read and the quiz taken, but not passed
    PASSED = "passed"


@dataclass(frozen=True)
class ModuleStanding:
    """One module of a registration; `progress` is None before it is first opened."""

    module: Module
    progress: ProgressRow | None = None
    drafted: int = 0  # quiz answers that wait to be sent

    @property
    def state(self) -> State:
        if self.progress is None:
            return State.NEW
        if self.progress.passed_at:
            return State.PASSED
        return State.COMPLETED if self.progress.completed_at else State.STARTED

    def done(self, path: tuple[Page, ...]) -> frozenset[str]:
        """The ids of the pages of PATH that are behind the learner: sections seen, a quiz sent."""
        if self.progress is None:
            return frozenset()
        seen = set(json.loads(self.progress.seen))
        if self.progress.completed_at and not seen:
            # Completed in another player, which does not tell us which of our pages it showed.
            return frozenset(page.id for page in path)
        return frozenset(page.id for page in path if (self.attempts > 0 if page.is_quiz else page.id in seen))

    @property
    def attempts(self) -> int:
        """Attempts at the quiz so far."""
        return self.progress.attempts if self.progress else 0

    @property
    def attempts_left(self) -> int | None:
        """None: as many as the learner likes."""
        limit = most(self.module)
        return None if limit is None else max(0, limit - self.attempts)

    @property
    def may_try(self) -> bool:
        """Whether another attempt is allowed, now or when it has been waited for."""
        return self.attempts_left != 0


@dataclass(frozen=True)
class CourseStanding:
    """A course and this person's way through it; `registration` is None before it is started."""

    course: Course
    registration: ProgressRow | None
    modules: tuple[ModuleStanding, ...]
    instruments: tuple[ModuleStanding, ...] = ()

    @cached_property
    def state(self) -> State:
        if self.registration is None:
            return State.NEW
        if self.registration.passed_at:
            return State.PASSED
        return State.COMPLETED if self.registration.completed_at else State.STARTED

    @cached_property
    def begun(self) -> bool:
        """Whether any of its modules was opened."""
        return any(each.progress is not None for each in self.modules)

    @cached_property
    def passed(self) -> int:
        """The number of modules passed."""
        return sum(each.state is State.PASSED for each in self.modules)

    @property
    def minutes(self) -> int:
        """The time the whole course needs."""
        return self.course.minutes

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which every module can be read."""
        return self.course.read_in

    @property
    def partly(self) -> tuple[str, ...]:
        """Further languages, in which some modules can be read."""
        return self.course.partly_read_in

    @cached_property
    def next(self) -> ModuleStanding | None:
        """What to do next: the module in the middle that was touched last, else the first not yet passed."""
        touched = [each for each in self.modules if each.progress and each.state is State.STARTED]
        if touched:
            return max(touched, key=_last)
        return next((each for each in self.modules if each.state is not State.PASSED and each.may_try), None)

    def module(self, module_id: str) -> ModuleStanding:
        """The standing in this module or instrument; raises KeyError when the course has no such one."""
        for each in self.modules + self.instruments:
            if each.module.id == module_id:
                return each
        raise KeyError(module_id)


def of(account: str, courses: Iterable[Course]) -> list[CourseStanding]:
    """Where ACCOUNT stands in each of COURSES: three queries, however many courses there are.

    Of a course that they have begun, the release that they are on is in the standing.
    """
    connection = reading()
    wanted = {course.id: course for course in courses}
    only = next(iter(wanted)) if len(wanted) == 1 else ""
    mine = _MINE.rows(connection, account=account, course=only)
    begun = {row.course: row for row in mine if row.course in wanted}  # the latest of a course wins
    if not begun:
        return [_standing(course, None, {}, {}) for course in wanted.values()]
    rows = _PROGRESS.rows(connection, account=account, course=only)
    progress = {(row.registration, row.module): row for row in rows}
    drafts = draft.counts(connection, account)
    return [
        _standing(_shown(course, begun), begun.get(name), progress, drafts) for name, course in wanted.items()
    ]


def _shown(course: Course, begun: Mapping[str, ProgressRow]) -> Course:
    """The course as it is shown to somebody who has begun it: they stay on their release."""
    return at_release(course.id, begun[course.id].release) if course.id in begun else course


def _standing(
    course: Course,
    begun: ProgressRow | None,
    progress: Mapping[tuple[str, str], ProgressRow],
    drafts: Mapping[tuple[str, str], int],
) -> CourseStanding:
    id_ = begun.registration if begun else ""

    def standings(modules: Iterable[Module]) -> tuple[ModuleStanding, ...]:
        keys = [(id_, each.id) for each in modules]
        return tuple(map(ModuleStanding, modules, map(progress.get, keys), map(drafts.get, keys, repeat(0))))

    return CourseStanding(course, begun, standings(course.modules), standings(course.instruments))


def answers(registration_id: str, module: str, number: int) -> dict[str, ProgressRow]:
    """The answers given, by question id, in the attempt of that number; 0 holds the knowledge checks."""
    connection = reading()
    rows = _ANSWERS.rows(connection, registration=registration_id, module=module, number=number)
    return {row.question: row for row in rows}


def attempts(registration_id: str, module: str) -> list[ProgressRow]:
    """Every attempt at the module's quiz, the first one first."""
    return _ATTEMPTS.rows(reading(), registration=registration_id, module=module)


def touched(registration_id: str, module: str) -> bool:
    """Whether anything was done in the module, whatever the course looks like now."""
    rows = select(module_progress.c.module).where(
        module_progress.c.registration == registration_id, module_progress.c.module == module
    )
    return reading().scalar(rows) is not None


def _last(where: ModuleStanding) -> Any:
    return where.progress.last_at if where.progress else None
