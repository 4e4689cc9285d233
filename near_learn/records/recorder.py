"""What a learner does, step by step, becomes statements: one save a step, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from near_learn.content import Course, Grade, Question, grade
from near_learn.records import attempt, private
from near_learn.records.activity import Json, bare
from near_learn.records.fold import LONGEST_GAP, State
from near_learn.records.iris import Iris
from near_learn.records.learner import Learner
from near_learn.records.ledger import Ledger, OpenModule
from near_learn.records.private import Kept
from near_learn.records.sitting import Response, Sitting
from near_learn.records.statement import Builder, lasted
from near_learn.records.step import Answer, Step


class NotEnrolled(LookupError):
    """The registration does not exist, or is somebody else's, or in another course."""


class AttemptExists(Exception):
    """The attempt of this number has been made already: the form was sent twice."""


class AttemptsUsedUp(Exception):
    """The module allows no further attempt."""


class CoolingDown(Exception):
    """The next attempt may not be made yet, but from `until` on."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"the next attempt may be made from {until:%Y-%m-%d %H:%M} UTC on")
        self.until = until


class Recorder:
    """The only way in which the application records learning. Every `at` is an aware time.

    Each method writes what is to be recorded and nothing when there is nothing to say: opening an open
    module, leaving one that is not open. Raises NotEnrolled where it takes a sitting whose registration is
    not the learner's.
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

    def move(
        self, connection: Connection, learner: Learner, registration: str, course: Course, at: datetime
    ) -> None:
        """The learner goes on with this release of the course and keeps what they have done, by its ids.

        Whatever they have open is left, because its pages may be others now.
        """
        state = self._state(connection, learner, registration, course)
        if state.row.release == course.release:
            return
        self.ledger.remember(connection, course)
        open_now = self.ledger.open_modules(connection, learner.account)
        left = [one for one in open_now if one.registration.registration == registration]
        occasion = self.builder.occasion(learner, registration, course.release, at)
        activity = self.builder.activities.course(course)
        registered = self.builder.statement("registered", occasion, activity)
        self._save(connection, [*(self._terminated(learner, one, at) for one in left), registered])

    def open(self, connection: Connection, sitting: Sitting, at: datetime) -> None:
        """The learner opens a module; whatever else they have open is left.

        A module that was left open without leaving it (the browser was closed) begins a new session after
        the longest gap that counts as learning.
        """
        step = self._step(connection, sitting, at)
        self._save(connection, [*self._left(connection, sitting, step, at), *step.initialized()])

    def progress(self, connection: Connection, sitting: Sitting, section_id: str, at: datetime) -> None:
        """The learner has read a section. Raises KeyError when the module has no such section."""
        sitting.module.text(sitting.learner.language).section(section_id)
        step = self._step(connection, sitting, at)
        seen = step.seen | {section_id}
        taken = bool(step.row and step.row.attempts)
        statements = [*step.initialized(), step.progressed(section_id, seen, taken=taken)]
        if step.completes(seen, taken=taken):
            statements.append(step.completed())
        self._save(connection, statements)

    def check(
        self, connection: Connection, sitting: Sitting, question: str, given: Response, at: datetime
    ) -> Grade:
        """The learner answers a knowledge check, or practises a question of the quiz; how good that was.

        Raises KeyError when the module has no such question and ValueError for a response that no form can
        send.
        """
        asked = _question(sitting, question)
        answer = Answer(asked, given, grade(asked, given.response))
        step = self._step(connection, sitting, at)
        self._save(connection, [*step.initialized(), *self._answered(connection, step, answer, 0)])
        return answer.marked

    def submit(
        self,
        connection: Connection,
        sitting: Sitting,
        number: int,
        answers: Mapping[str, Response],
        at: datetime,
        *,
        opens: bool = False,
    ) -> int:
        """The learner hands in attempt `number` at the quiz, which ends the session; the number.

        `opens`: they come from elsewhere, so the module is opened first, as `open` does.

        A question that has a right answer and got none counts as answered with nothing. Looking for the
        attempt and saving it happen under the store's write lock, so a form that is sent twice at the same
        moment is stored once.

        Raises AttemptExists for a number that was used, AttemptsUsedUp when the module allows no more,
        CoolingDown when it is too early, ValueError for any other number but the next one, for a question
        that this attempt does not ask and for responses that no form can send.
        """
        step = self._step(connection, sitting, at)
        left = self._left(connection, sitting, step, at) if opens else []
        _check_number(step, number)
        module = sitting.module
        quiz = attempt.asked(module, sitting.learner.language, sitting.registration, number)
        if unknown := set(answers) - {question.id for question in quiz}:
            raise ValueError(f"attempt {number} at {module.id} does not ask {min(unknown)!r}")
        given = {question.id: answers.get(question.id, Response(())) for question in quiz}
        made = [Answer(each, given[each.id], grade(each, given[each.id].response)) for each in quiz]
        told = [one for one in made if one.question.graded or one.given.response]
        statements = [part for one in told for part in self._answered(connection, step, one, number)]
        outcome = step.outcome(number, made)
        self._save(connection, [*left, *step.initialized(), *statements, *outcome, step.terminated()])
        return number

    def share(
        self, connection: Connection, sitting: Sitting, question: str, at: datetime, *, shared: bool
    ) -> None:
        """The learner shares a text of their own, or takes it back. Raises KeyError when there is none."""
        step = self._step(connection, sitting, at)
        kept = private.of(connection, sitting.registration, sitting.module.id)[question]
        if kept.shared is not shared:
            wanted = replace(kept, statement_id=None)
            statements = self._kept(connection, step, _question(sitting, question), wanted, shared=shared)
            self._save(connection, statements)

    def forget(self, connection: Connection, sitting: Sitting, question: str, at: datetime) -> None:
        """The learner removes a text of their own; where it was shared, it is taken back."""
        step = self._step(connection, sitting, at)
        nothing = Kept("", 0, at, None)
        statements = self._kept(connection, step, _question(sitting, question), nothing, shared=False)
        self._save(connection, statements)

    def attend(
        self, connection: Connection, learner: Learner, course_id: str, meeting: Json, at: datetime
    ) -> str:
        """The learner was at a meeting about the course, enrolled or not; the id of the statement."""
        self.ledger.begin(connection)
        registration = self.ledger.enrolled(connection, learner.account, course_id) or ""
        occasion = self.builder.occasion(learner, registration, "", at)
        within = (self.iris.course(course_id),)
        statement_id = str(uuid4())
        statement = self.builder.statement("attended", occasion, meeting, within=within)
        self._save(connection, [statement | {"id": statement_id}])
        return statement_id

    def withdraw(self, connection: Connection, statement_id: str, at: datetime) -> None:
        """The system takes back what it recorded."""
        self.ledger.begin(connection)
        self._save(connection, [self.builder.voiding(statement_id, at)])

    def leave(self, connection: Connection, sitting: Sitting, at: datetime) -> None:
        """The learner leaves the module."""
        self._step(connection, sitting, at)
        open_now = self.ledger.open_modules(connection, sitting.learner.account)
        left = [one for one in open_now if _is(sitting, one)]
        self._save(connection, [self._terminated(sitting.learner, one, at) for one in left])

    def leave_all(self, connection: Connection, learner: Learner, at: datetime) -> None:
        """The learner signs out: every module they have open is left."""
        self.ledger.begin(connection)
        left = self.ledger.open_modules(connection, learner.account)
        self._save(connection, [self._terminated(learner, one, at) for one in left])

    def _left(
        self, connection: Connection, sitting: Sitting, step: Step, at: datetime
    ) -> list[dict[str, Any]]:
        """The ends of what else the learner has open, and of this module's session if it is too long ago."""
        statements = []
        for other in self.ledger.open_modules(connection, sitting.learner.account):
            same = _is(sitting, other)
            if same and at - other.module.last_at <= LONGEST_GAP:
                continue
            statements.append(self._terminated(sitting.learner, other, at))
            if same:
                step.state.modules[sitting.module.id] = replace(other.module, open_since=None)
        self.ledger.remember(connection, sitting.course)
        return statements

    def _answered(
        self, connection: Connection, step: Step, answer: Answer, number: int
    ) -> list[dict[str, Any]]:
        """The statements of an answer. A text of the learner's own is kept beside them."""
        question, given, marked = answer
        statements = [step.answered(question, given, marked, number)]
        if question.private and given.response:
            kept = Kept(given.response[0], number, step.occasion.at, None)
            statements += self._kept(connection, step, question, kept, shared=given.shared)
        return statements

    def _kept(
        self, connection: Connection, step: Step, question: Question, kept: Kept, *, shared: bool
    ) -> list[dict[str, Any]]:
        """Keeps a text in the place of the earlier one; what takes that back and shares the new one."""
        registration, module = step.occasion.registration, step.module.id
        statements = []
        before = private.of(connection, registration, module).get(question.id)
        if before and before.statement_id:
            statements.append(self.builder.voiding(before.statement_id, step.occasion.at))
        if shared and kept.text:
            statement = step.shared(question, kept.text, kept.attempt)
            kept = replace(kept, statement_id=str(statement["id"]))
            statements.append(statement)
        private.keep(connection, registration, module, question.id, kept)
        return statements

    def _state(self, connection: Connection, learner: Learner, registration: str, course: Course) -> State:
        """Where the registration stands, which nobody else can change now."""
        self.ledger.begin(connection)
        state = self.ledger.state(connection, registration)
        if state is None or (state.row.actor, state.row.course) != (learner.account, course.id):
            raise NotEnrolled(f"{registration} is not a registration of this person in {course.id}")
        return state

    def _step(self, connection: Connection, sitting: Sitting, at: datetime) -> Step:
        course, registration = sitting.course, sitting.registration
        state = self._state(connection, sitting.learner, registration, course)
        occasion = self.builder.occasion(sitting.learner, registration, course.release, at)
        return Step(self.builder, state, occasion, course, sitting.module)

    def _terminated(self, learner: Learner, left: OpenModule, at: datetime) -> dict[str, Any]:
        """The end of a session: now, or when it was last heard of if that is too long ago."""
        whole, row = left.registration, left.module
        late = at - row.last_at > LONGEST_GAP
        ended = row.last_at if late else at
        gap = 0.0 if late or at <= row.last_at else (at - row.last_at).total_seconds()
        return self.builder.statement(
            "terminated",
            self.builder.occasion(learner, whole.registration, whole.release, ended),
            bare(self.iris.module(whole.course, row.module)),
            within=(self.iris.course(whole.course),),
            result=lasted(row.session_seconds + gap),
        )

    def _save(self, connection: Connection, statements: Sequence[Mapping[str, Any]]) -> None:
        if statements:
            self.ledger.save(connection, statements, self.builder.system)


def _is(sitting: Sitting, one: OpenModule) -> bool:
    here = (sitting.registration, sitting.module.id)
    return (one.registration.registration, one.module.module) == here


def _check_number(step: Step, number: int) -> None:
    module = step.module
    made = step.state.attempts_of(module.id)
    if (module.id, number) in step.state.attempts:
        raise AttemptExists(f"attempt {number} at {module.id} was handed in before")
    most = attempt.most(module)
    if most is not None and len(made) >= most:
        raise AttemptsUsedUp(f"{module.id} allows {most} attempts")
    following = made[-1].number + 1 if made else 1
    if number != following:
        raise ValueError(f"the next attempt at {module.id} is number {following}, not {number}")
    opens = attempt.opens_at(module, made[-1].at if made else None)
    if opens is not None and step.occasion.at < opens:
        raise CoolingDown(opens)


def _question(sitting: Sitting, question: str) -> Question:
    return sitting.module.text(sitting.learner.language).question(question)
