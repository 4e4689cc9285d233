"""What one step of a learner's records: its statements, and the rules about what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import uuid4

from near_learn.content import Course, Grade, Module, Question, quiz_score
from near_learn.records.activity import Json
from near_learn.records.fold import LONGEST_GAP, ModuleRow, State
from near_learn.records.sitting import Response
from near_learn.records.statement import Builder, Occasion, Score, done, lasted, told

Statement = dict[str, Any]


class Answer(NamedTuple):
    """A question, what was answered, and how good that was."""

    question: Question
    given: Response
    marked: Grade


@dataclass(frozen=True)
class Step:
    """A learner's registration as it stands at this moment, in one module of its course."""

    builder: Builder
    state: State
    occasion: Occasion
    course: Course
    module: Module

    @property
    def row(self) -> ModuleRow | None:
        """The progress in the module; None before it is first opened."""
        return self.state.modules.get(self.module.id)

    @property
    def seen(self) -> set[str]:
        """The sections seen before this step."""
        return set(self.row.seen if self.row else ())

    @cached_property
    def inside(self) -> tuple[str, str]:
        """What a question is in: the IRIs of the module and of the course."""
        iris = self.builder.iris
        return iris.module(self.course.id, self.module.id), iris.course(self.course.id)

    @property
    def gap(self) -> float:
        """The seconds since the session was last heard of, as far as they count as learning."""
        row, at = self.row, self.occasion.at
        if row is None or row.open_since is None or at <= row.last_at:
            return 0.0
        return min(at - row.last_at, LONGEST_GAP).total_seconds()

    def share(self, seen: set[str], *, taken: bool) -> float:
        """The share of the way that is behind the learner: each section of it and the quiz count one."""
        way = _way(self.module)
        quiz = bool(self.module.texts["en"].quiz)
        share = (len(way & seen) + (taken and quiz)) / (len(way) + quiz)
        return max(share, self.row.progress if self.row else 0.0)

    def completes(self, seen: set[str], *, taken: bool) -> bool:
        """Whether the module becomes complete: its way is behind the learner, and its quiz, if it has one."""
        done = _way(self.module) <= seen and (taken or not self.module.texts["en"].quiz)
        return done and (self.row is None or self.row.completed_at is None)

    # --- statements -----------------------------------------------------------------------------

    def initialized(self) -> list[Statement]:
        """The beginning of the course and of the session, where they have not begun."""
        statements = []
        if self.state.row.started_at is None:
            activity = self.builder.activities.course(self.course)
            statements.append(self.builder.statement("initialized", self.occasion, activity))
        if self.row is None or self.row.open_since is None:
            statements.append(self._of_module("initialized"))
        return statements

    def progressed(self, section_id: str, seen: set[str], *, taken: bool) -> Statement:
        """A section is read."""
        result = self.builder.bookmark(section_id, self.share(seen, taken=taken))
        return self._of_module("progressed", result=result)

    def answered(self, question: Question, given: Response, marked: Grade, attempt: int = 0) -> Statement:
        """A question is answered: in the quiz attempt of this number, or (0) outside of any.

        What somebody wrote for themselves is not told: see `shared`.
        """
        score = None if marked.score is None else Score(marked.score, marked.score, 1, marked.success)
        response = None if question.private else question.join(given.response)
        return self._of_question(question, told(score, response=response, seconds=given.seconds), attempt)

    def shared(self, question: Question, text: str, attempt: int) -> Statement:
        """A text of the learner's own, which they want others to read; with its id, to take it back by."""
        statement = self._of_question(question, told(None, response=text), attempt)
        return {"id": str(uuid4()), **statement}

    def outcome(self, number: int, answers: Sequence[Answer]) -> list[Statement]:
        """What comes of the attempt as a whole: passed or failed; of a test its score; and completed."""
        if self.module.instrument and not any(answer.question.graded for answer in answers):
            return [self.completed(number)]
        verdict = self._verdict(number, answers)
        return [verdict, self.completed()] if self.completes(self.seen, taken=True) else [verdict]

    def _verdict(self, number: int, answers: Sequence[Answer]) -> Statement:
        graded = [answer for answer in answers if answer.marked.score is not None]
        share = quiz_score([(answer.question, answer.marked) for answer in answers])
        passed = None if self.module.instrument else share >= self.module.pass_mark
        raw = sum(answer.question.weight * (answer.marked.score or 0) for answer in graded)
        score = Score(share, raw, sum(answer.question.weight for answer in graded), passed)
        timed = [answer.given.seconds for answer in answers if answer.given.seconds is not None]
        return self._of_module(
            "scored" if passed is None else "passed" if passed else "failed",
            result=told(
                score if graded else None,
                seconds=sum(timed) if timed else None,
                extensions=self.builder.share(self.share(self.seen, taken=True)),
            ),
            attempt=number,
        )

    def completed(self, attempt: int = 0) -> Statement:
        """The module is completed, with the active time that it took in all."""
        result = done((self.row.seconds if self.row else 0.0) + self.gap)
        return self._of_module("completed", result=result, attempt=attempt)

    def terminated(self) -> Statement:
        """The session ends now."""
        row = self.row
        session = row.session_seconds if row and row.open_since else 0.0
        return self._of_module("terminated", result=lasted(session + self.gap))

    def _of_question(self, question: Question, result: Json | None, attempt: int) -> Statement:
        return self.builder.statement(
            "answered",
            self.occasion,
            self.builder.activities.question(self.course, self.module, question.id),
            within=self.inside,
            result=result,
            attempt=attempt,
        )

    def _of_module(self, verb: str, **more: Any) -> Statement:
        activity = self.builder.activities.module(self.course, self.module)
        return self.builder.statement(verb, self.occasion, activity, within=self.inside[1:], **more)


def _way(module: Module) -> set[str]:
    """The sections that lead to the quiz. What comes after it (sources and the like) is there to look up."""
    text = module.texts["en"]
    sections = text.sections[: text.quiz_position] if text.quiz else text.sections
    return {section.id for section in sections}
