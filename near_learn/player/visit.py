"""One request of one learner in one module: what it is about, and how it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection, select
from werkzeug.exceptions import NotFound

from near_learn.content import Course, Module, ModuleText, Question, Section
from near_learn.content_library import library
from near_learn.db import reading, writing
from near_learn.languages import current_language
from near_learn.people.access import signed_in
from near_learn.player import standing
from near_learn.player.path import Page, pages
from near_learn.player.standing import CourseStanding, ModuleStanding, ProgressRow, State
from near_learn.records import Learner, Sitting, private, recorder
from near_learn.records.attempt import asked, opens_at
from near_learn.records.private import Kept
from near_learn.records.progress import answer

FORBIDDEN = 403


@dataclass(frozen=True)
class Visit:
    """A learner in a module, and where they stand there."""

    course: Course
    module: Module
    text: ModuleText
    standing: CourseStanding

    @property
    def here(self) -> ModuleStanding:
        """Where the learner stands in this module."""
        return self.standing.module(self.module.id)

    @property
    def registration(self) -> str:
        """The id of the registration; only for visits that `begun`."""
        assert self.standing.registration is not None  # noqa: S101 (callers asked `begun` first)
        return str(self.standing.registration.registration)

    @property
    def closed(self) -> bool:
        """Whether the learner would have to enrol first, and may not by themselves."""
        return closed(self.standing)

    @property
    def begun(self) -> bool:
        """Whether the learner has opened this module before."""
        return self.here.progress is not None

    @cached_property
    def path(self) -> tuple[Page, ...]:
        """The pages of the module, in order."""
        return pages(self.text)

    @cached_property
    def done(self) -> frozenset[str]:
        """The ids of the pages that are behind the learner."""
        return self.here.done(self.path)

    @property
    def resume(self) -> Page:
        """Where to go on: the quiz if it waits, else the first page after the bookmark that is not done."""
        quiz = next((page for page in self.path if page.is_quiz), None)
        again = self.here.state is State.COMPLETED and self.here.may_try
        if quiz and (self.here.drafted or again):
            return quiz
        progress = self.here.progress
        bookmark = progress.section if progress else ""
        after = next((index + 1 for index, page in enumerate(self.path) if page.id == bookmark), 0)
        ahead = [*self.path[after:], *self.path[:after]]
        return next((page for page in ahead if page.id not in self.done), self.path[0])

    def section(self, section_id: str) -> Section:
        """The section; 404 for an unknown one."""
        try:
            return self.text.section(section_id)
        except KeyError:
            abort(404)

    def check(self, question_id: str) -> tuple[Section, Question]:
        """A knowledge check and the section it stands in; 404 for anything else."""
        for section in self.text.sections:
            for question in section.questions:
                if question.id == question_id:
                    return section, question
        raise NotFound

    @cached_property
    def attempts(self) -> list[ProgressRow]:
        """Every attempt at the quiz, the first one first."""
        begun = self.standing.registration
        return standing.attempts(begun.registration, self.module.id) if begun else []

    @cached_property
    def quiz(self) -> tuple[Question, ...]:
        """The questions of the attempt that is being made, or would be."""
        begun = self.standing.registration
        return asked(self.module, self.text.language, begun.registration if begun else "", self.number)

    @cached_property
    def texts(self) -> Mapping[str, Kept]:
        """What the learner wrote for themselves in this module, by question."""
        return private.of(reading(), self.registration, self.module.id) if self.begun else {}

    @property
    def number(self) -> int:
        """The number of the attempt that is being made, or would be."""
        return self.attempts[-1].number + 1 if self.attempts else 1

    @property
    def waits_until(self) -> datetime | None:
        """When the next attempt may be made, while that is still to come."""
        until = opens_at(self.module, self.attempts[-1].at if self.attempts else None)
        return until if until is not None and datetime.now(UTC) < until else None

    @contextmanager
    def recording(self, *, opens: bool = True) -> Iterator[tuple[Connection, Sitting, datetime]]:
        """A write transaction in which the learner has the module open; what the recorder is told.

        Without `opens` the recorder opens it with what follows, all in one.
        """
        learner = Learner.of(signed_in(), self.text.language)
        at = datetime.now(UTC)
        sitting = Sitting(learner, self.registration, self.course, self.module)
        with writing() as connection:
            if opens:
                recorder().open(connection, sitting, at)
            yield connection, sitting, at


def of(course_id: str, module_id: str) -> Visit:
    """This request's visit; 404 for an unknown course or module."""
    newest = course_or_404(course_id)
    (where,) = standing.of(signed_in().account, [newest])
    try:
        module = where.course.module(module_id)
    except KeyError:
        _elsewhere(newest, where, module_id)
        abort(404)
    return Visit(where.course, module, module.text(current_language()), where)


def _elsewhere(newest: Course, where: CourseStanding, module_id: str) -> None:
    """Leads to the course's page from a module that only another release of the course has."""
    if where.registration is None:
        return
    if any(module.id == module_id for module in newest.modules):
        flash(gettext("This module is part of the new version of the course."))
    elif standing.touched(where.registration.registration, module_id):
        flash(gettext("This module is no longer part of the course. What you did in it is kept."))
    else:
        return
    abort(redirect(url_for("player.course", course=newest.id)))


def closed(where: CourseStanding) -> bool:
    """Whether the learner is not enrolled, and nobody enrols in this course by themselves."""
    return where.course.closed and where.registration is None


def refused(where: CourseStanding) -> tuple[str, int]:
    """What somebody reads who tries all the same."""
    return render_template("player/closed.html", course=where.course), FORBIDDEN


def course_or_404(course_id: str) -> Course:
    """The course; 404 for an unknown one."""
    course = library().courses.get(course_id)
    if course is None:
        abort(404)
    return course


def tries(connection: Connection, registration: str, module: str, question: str) -> int:
    """How often a knowledge check has been answered, seen inside a write transaction."""
    row = select(answer.c.tries).where(
        answer.c.registration == registration,
        answer.c.module == module,
        answer.c.question == question,
        answer.c.attempt == 0,
    )
    return connection.scalar(row) or 0
