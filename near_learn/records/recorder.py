"""What a learner does, step by step, becomes statements: one save a step, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from near_learn.content import Course, Grade, Module, grade, quiz_score
from near_learn.records.activity import bare
from near_learn.records.fold import LONGEST_GAP, ModuleRow, State
from near_learn.records.iris import Iris
from near_learn.records.learner import Learner
from near_learn.records.ledger import Ledger, OpenModule
from near_learn.records.statement import Builder, Occasion, Score, done, lasted, scored


class NotEnrolled(LookupError):
    """The registration does not exist, or is somebody else's, or in another course."""


class AttemptExists(Exception):
    """The attempt of this number has been made already: the form was sent twice."""


class AttemptsUsedUp(Exception):
    """The module allows no further attempt."""


@dataclass(frozen=True)
class Response:
    """The ids of the options chosen for a question, and how long that took if it is known."""

    response: tuple[str, ...]
    seconds: float | None = None


@dataclass(frozen=True)
class Step:
    """What the methods below work on: the learner's registration in a course, as it stands now."""

    state: State
    occasion: Occasion
    course: Course

    def row(self, module: Module) -> ModuleRow | None:
        return self.state.modules.get(module.id)


class Recorder:
    """The only way in which the application records learning. Every `at` is an aware time.

    Each method writes what is to be recorded and nothing when there is nothing to say: opening an open
    module, leaving one that is not open. Raises NotEnrolled where it takes a registration.
    """

    def __init__(self, iris: Iris, ledger: Ledger) -> None:
        self.iris = iris
        self.ledger = ledger
        self.builder = Builder(iris)

    def enrol(self, connection: Connection, learner: Learner, course: Course, at: datetime) -> str:
        """The learner's registration in the course: the one there is, finished or not, else a new one."""
        self.ledger.begin(connection)
        existing = self.ledger.enrolled(connection, learner.account, course.id)
        if existing is not None:
            return existing
        self.ledger.remember(connection, course)
        registration = str(uuid4())
        occasion = self.builder.occasion(learner, registration, course.release, at)
        activity = self.builder.activities.course(course)
        self._save(connection, [self.builder.statement("registered", occasion, activity)])
        return registration

    def open(
        self,
        connection: Connection,
        learner: Learner,
        registration: str,
        course: Course,
        module: Module,
        at: datetime,
    ) -> None:
        """The learner opens a module; whatever else they have open is left.

        A module that was left open without leaving it (the browser was closed) begins a new session after
        the longest gap that counts as learning.
        """
        step = self._step(connection, learner, registration, course, at)
        statements = []
        for other in self.ledger.open_modules(connection, learner.account):
            same = (other.registration.registration, other.module.module) == (registration, module.id)
            if same and at - other.module.last_at <= LONGEST_GAP:
                continue
            statements.append(self._terminated(learner, other, at))
            if same:
                other.module.open_since = None
                step.state.modules[module.id] = other.module
        self.ledger.remember(connection, course)
        self._save(connection, [*statements, *self._initialized(step, module)])

    def progress(
        self,
        connection: Connection,
        learner: Learner,
        registration: str,
        course: Course,
        module: Module,
        section_id: str,
        at: datetime,
    ) -> None:
        """The learner has read a section. Raises KeyError when the module has no such section."""
        module.text(learner.language).section(section_id)
        step = self._step(connection, learner, registration, course, at)
        row = step.row(module)
        seen = {section_id, *(row.seen if row else ())}
        taken = bool(row and row.attempts)
        result = self.builder.bookmark(section_id, self._share(module, row, seen, taken=taken))
        statements = [
            *self._initialized(step, module),
            self._of_module("progressed", step, module, result=result),
        ]
        if self._completes(module, row, seen, taken=taken):
            statements.append(self._completed(step, module))
        self._save(connection, statements)

    def check(
        self,
        connection: Connection,
        learner: Learner,
        registration: str,
        course: Course,
        module: Module,
        question: str,
        response: Sequence[str],
        seconds: float | None,
        at: datetime,
    ) -> Grade:
        """The learner answers a knowledge check; how good that was.

        Raises KeyError when the module has no such question and ValueError for options it does not have.
        """
        asked = module.text(learner.language).question(question)
        marked = grade(asked, response)
        step = self._step(connection, learner, registration, course, at)
        answered = self._answered(step, module, question, Response(tuple(response), seconds), marked)
        self._save(connection, [*self._initialized(step, module), answered])
        return marked

    def submit(
        self,
        connection: Connection,
        learner: Learner,
        registration: str,
        course: Course,
        module: Module,
        number: int,
        answers: Mapping[str, Response],
        at: datetime,
    ) -> int:
        """The learner hands in attempt `number` at the quiz, which ends the session; the number.

        A question without an answer counts as answered with nothing. Looking for the attempt and saving it
        happen under the store's write lock, so a form that is sent twice at the same moment is stored once.

        Raises AttemptExists for a number that was used, AttemptsUsedUp when the module allows no more,
        ValueError for any other number but the next one, for a question that is not in the quiz and for
        options that a question does not have.
        """
        step = self._step(connection, learner, registration, course, at)
        self._check_number(step, module, number)
        quiz = module.text(learner.language).quiz
        if unknown := set(answers) - {question.id for question in quiz}:
            raise ValueError(f"the quiz of {module.id} has no question {min(unknown)!r}")
        given = {question.id: answers.get(question.id, Response(())) for question in quiz}
        grades = {question.id: grade(question, given[question.id].response) for question in quiz}
        row = step.row(module)
        statements = [
            *self._initialized(step, module),
            *(self._answered(step, module, name, given[name], grades[name], number) for name in given),
            self._verdict(step, module, number, given, grades),
        ]
        if self._completes(module, row, set(row.seen if row else ()), taken=True):
            statements.append(self._completed(step, module))
        session = (row.session_seconds if row and row.open_since else 0.0) + self._gap(row, at)
        statements.append(self._of_module("terminated", step, module, result=lasted(session)))
        self._save(connection, statements)
        return number

    def leave(
        self,
        connection: Connection,
        learner: Learner,
        registration: str,
        course: Course,
        module: Module,
        at: datetime,
    ) -> None:
        """The learner leaves the module."""
        self._step(connection, learner, registration, course, at)
        self._save(
            connection,
            [
                self._terminated(learner, one, at)
                for one in self.ledger.open_modules(connection, learner.account)
                if (one.registration.registration, one.module.module) == (registration, module.id)
            ],
        )

    def leave_all(self, connection: Connection, learner: Learner, at: datetime) -> None:
        """The learner signs out: every module they have open is left."""
        self.ledger.begin(connection)
        left = self.ledger.open_modules(connection, learner.account)
        self._save(connection, [self._terminated(learner, one, at) for one in left])

    # --- statements of a step -------------------------------------------------------------------

    def _step(
        self, connection: Connection, learner: Learner, registration: str, course: Course, at: datetime
    ) -> Step:
        self.ledger.begin(connection)
        state = self.ledger.state(connection, registration)
        if state is None or (state.row.actor, state.row.course) != (learner.account, course.id):
            raise NotEnrolled(f"{registration} is not a registration of this person in {course.id}")
        return Step(state, self.builder.occasion(learner, registration, course.release, at), course)

    def _initialized(self, step: Step, module: Module) -> list[dict[str, Any]]:
        """The beginning of the course and of the session, where they have not begun."""
        statements = []
        if step.state.row.started_at is None:
            activity = self.builder.activities.course(step.course)
            statements.append(self.builder.statement("initialized", step.occasion, activity))
        row = step.row(module)
        if row is None or row.open_since is None:
            statements.append(self._of_module("initialized", step, module))
        return statements

    def _of_module(self, verb: str, step: Step, module: Module, **more: Any) -> dict[str, Any]:
        activity = self.builder.activities.module(step.course, module)
        within = (self.iris.course(step.course.id),)
        return self.builder.statement(verb, step.occasion, activity, within=within, **more)

    def _answered(
        self,
        step: Step,
        module: Module,
        question: str,
        given: Response,
        marked: Grade,
        attempt: int | None = None,
    ) -> dict[str, Any]:
        course = step.course
        score = Score(marked.score, marked.score, 1, marked.success)
        return self.builder.statement(
            "answered",
            step.occasion,
            self.builder.activities.question(course, module, question),
            within=(self.iris.module(course.id, module.id), self.iris.course(course.id)),
            result=scored(score, response=given.response, seconds=given.seconds),
            attempt=attempt,
        )

    def _verdict(
        self,
        step: Step,
        module: Module,
        number: int,
        given: Mapping[str, Response],
        grades: Mapping[str, Grade],
    ) -> dict[str, Any]:
        """'passed' or 'failed': the quiz attempt as a whole."""
        share = quiz_score(list(grades.values()))
        passed = share >= module.pass_mark
        timed = [answer.seconds for answer in given.values() if answer.seconds is not None]
        row = step.row(module)
        seen = self._share(module, row, set(row.seen if row else ()), taken=True)
        return self._of_module(
            "passed" if passed else "failed",
            step,
            module,
            result=scored(
                Score(share, sum(marked.score for marked in grades.values()), len(grades), passed),
                seconds=sum(timed) if timed else None,
                extensions=self.builder.share(seen),
            ),
            attempt=number,
        )

    def _completed(self, step: Step, module: Module) -> dict[str, Any]:
        row = step.row(module)
        seconds = (row.seconds if row else 0.0) + self._gap(row, step.occasion.at)
        return self._of_module("completed", step, module, result=done(seconds))

    def _terminated(self, learner: Learner, left: OpenModule, at: datetime) -> dict[str, Any]:
        """The end of a session: now, or when it was last heard of if that is too long ago."""
        whole, row = left.registration, left.module
        gap = self._gap(row, at)
        ended = at if at - row.last_at <= LONGEST_GAP else row.last_at
        seconds = row.session_seconds + (gap if ended == at else 0.0)
        return self.builder.statement(
            "terminated",
            self.builder.occasion(learner, whole.registration, whole.release, ended),
            bare(self.iris.module(whole.course, row.module)),
            within=(self.iris.course(whole.course),),
            result=lasted(seconds),
        )

    # --- rules ----------------------------------------------------------------------------------

    @staticmethod
    def _check_number(step: Step, module: Module, number: int) -> None:
        made = step.state.attempts_of(module.id)
        if (module.id, number) in step.state.attempts:
            raise AttemptExists(f"attempt {number} at {module.id} was handed in before")
        if module.attempts is not None and len(made) >= module.attempts:
            raise AttemptsUsedUp(f"{module.id} allows {module.attempts} attempts")
        following = made[-1].number + 1 if made else 1
        if number != following:
            raise ValueError(f"the next attempt at {module.id} is number {following}, not {number}")

    @staticmethod
    def _share(module: Module, row: ModuleRow | None, seen: set[str], *, taken: bool) -> float:
        """The share of the way that is behind the learner: each section of it and the quiz count one."""
        way = _way(module)
        quiz = bool(module.texts["en"].quiz)
        share = (len(way & seen) + (taken and quiz)) / (len(way) + quiz)
        return max(share, row.progress if row else 0.0)

    @staticmethod
    def _completes(module: Module, row: ModuleRow | None, seen: set[str], *, taken: bool) -> bool:
        """Whether the module becomes complete: its way is behind the learner, and its quiz, if it has one."""
        done = _way(module) <= seen and (taken or not module.texts["en"].quiz)
        return done and (row is None or row.completed_at is None)

    @staticmethod
    def _gap(row: ModuleRow | None, at: datetime) -> float:
        """The seconds since the session was last heard of, as far as they count as learning."""
        if row is None or row.open_since is None or at <= row.last_at:
            return 0.0
        return min(at - row.last_at, LONGEST_GAP).total_seconds()

    def _save(self, connection: Connection, statements: Sequence[Mapping[str, Any]]) -> None:
        if statements:
            self.ledger.save(connection, statements, self.builder.system)


def _way(module: Module) -> set[str]:
    """The sections that lead to the quiz. What comes after it (sources and the like) is there to look up."""
    text = module.texts["en"]
    sections = text.sections[: text.quiz_position] if text.quiz else text.sections
    return {section.id for section in sections}
