"""One person's way through a course, as the steps they take: nothing is recorded here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from near_learn.content import Course, Module, ModuleText, Question, grade, quiz_score
from near_learn.demo.answers import answer
from near_learn.demo.calendar import session
from near_learn.records.sitting import Response

# The instruments that somebody meets before the first module, and after the last.
BEFORE = ("pre-test", "diagnosis")
AFTER = ("post-test", "diagnosis", "survey")

Action = Literal["enrol", "open", "progress", "check", "submit", "leave"]


@dataclass(frozen=True)
class Step:
    """One thing somebody does. `detail` is the section or the question, `answers` what they answer."""

    at: datetime
    action: Action
    course: Course
    module: Module | None = None
    detail: str = ""
    number: int = 0
    answers: dict[str, Response] = field(default_factory=dict)


@dataclass
class Temper:
    """How somebody learns."""

    skill: float  # chance of a right answer at the first attempt
    modules: float  # how many modules they do before they give up; 2.4 ends within the third
    pause: float  # mean days between two sessions
    breaks: float = 0.1  # chance to stop for the day after a section
    closes: float = 0.3  # chance to close the browser without leaving
    curious: float = 0.75  # chance to answer a knowledge check
    willing: float = 0.95  # chance to take a test or a survey
    skims: bool = False  # does not look at the last section
    persistence: int = 4  # attempts before leaving a quiz for good


class Story:
    """The steps of one person in one course, until `now` or until they have had enough."""

    def __init__(self, rng: Random, temper: Temper, course: Course, zone: str, now: datetime) -> None:
        self.rng = rng
        self.temper = temper
        self.course = course
        self.zone = zone
        self.now = now
        self.at = now
        self.taken: dict[str, int] = {}  # how often each test or survey

    def steps(self, language: str, begin: datetime, *, enrol: bool = True) -> Iterator[Step]:
        """What they do from `begin` on. Steps that lie in the future have not been taken."""
        for step in self._way(language, begin, enrol=enrol):
            if step.at > self.now:
                return
            yield step

    def _way(self, language: str, begin: datetime, *, enrol: bool) -> Iterator[Step]:
        self.at = begin
        if enrol:
            yield Step(self.at, "enrol", self.course)
        if self.temper.modules > 0:
            yield from self._instruments(language, BEFORE, self.temper.skill * 0.6)
        for number, module in enumerate(self.course.modules):
            part = self.temper.modules - number
            if part <= 0:
                return
            if number and self.rng.random() < 0.6:
                self._another_day()
            else:
                self._pass(1, 4)
            yield from self._module(module, module.text(language), share=min(1.0, part))
        yield from self._instruments(language, AFTER, self.temper.skill)
        yield from self._follow_up(language)

    def _instruments(self, language: str, kinds: tuple[str, ...], skill: float) -> Iterator[Step]:
        """What is asked before the first module, or after the last."""
        for unit in self.course.instruments:
            if unit.kind in kinds and self.rng.random() < self.temper.willing:
                yield from self._instrument(unit, language, skill)

    def _follow_up(self, language: str) -> Iterator[Step]:
        for unit in self.course.instruments:
            if unit.weeks and self.rng.random() < self.temper.willing:
                self.at += timedelta(weeks=unit.weeks)
                self._another_day()
                yield from self._instrument(unit, language, self.temper.skill)

    def _instrument(self, unit: Module, language: str, skill: float) -> Iterator[Step]:
        self._pass(1, 4)
        yield self._step("open", unit)
        # A self-assessment is made twice.
        self.taken[unit.id] = number = self.taken.get(unit.id, 0) + 1
        answers = self._answers(unit.text(language), skill)
        yield self._step("submit", unit, number=number, answers=answers)

    def _module(self, module: Module, text: ModuleText, *, share: float) -> Iterator[Step]:
        """Reads the module, or the first part of it before giving up, and takes its quiz."""
        yield self._step("open", module)
        sections = text.sections[:-1] if self.temper.skims and len(text.sections) > 1 else text.sections
        minutes = module.minutes * 0.8 / max(1, len(sections))
        for place, section in enumerate(sections):
            if place >= len(sections) * share:
                if self.rng.random() > self.temper.closes:
                    self._pass(0.2, 2)
                    yield self._step("leave", module)
                return
            self._pass(minutes * 0.4, minutes * 1.5)
            yield self._step("progress", module, section.id)
            for question in section.questions:
                if self.rng.random() < self.temper.curious:
                    yield from self._check(module, question)
            if self.rng.random() < self.temper.breaks:
                yield from self._break(module)
        if share >= 1:
            yield from self._quiz(module, text)

    def _break(self, module: Module) -> Iterator[Step]:
        if self.rng.random() > self.temper.closes:
            self._pass(0.1, 1)
            yield self._step("leave", module)
        self._another_day()
        yield self._step("open", module)

    def _check(self, module: Module, question: Question) -> Iterator[Step]:
        """Answers, and most of the time tries again when that was wrong."""
        for skill in (self.temper.skill, 0.9):
            seconds = self._seconds()
            given = answer(self.rng, question, skill)
            if not given:
                return  # a reflection stays in the head
            yield self._step("check", module, question.id, answers={question.id: Response(given, seconds)})
            if not question.graded or grade(question, given).success or self.rng.random() < 0.3:
                return

    def _quiz(self, module: Module, text: ModuleText) -> Iterator[Step]:
        most = min(self.temper.persistence, module.attempts or self.temper.persistence)
        skill = self.temper.skill
        for number in range(1, most + 1):
            answers = self._answers(text, skill)
            yield self._step("submit", module, number=number, answers=answers)
            if number == most or self._passes(module, text, answers):
                return
            # Having read the explanations, they know more.
            skill += (1 - skill) * 0.55
            if module.cool_down:
                self.at += module.cool_down
            if self.rng.random() < 0.35:
                self._another_day()
            else:
                self._pass(3, 15)
            yield self._step("open", module)

    def _answers(self, text: ModuleText, skill: float) -> dict[str, Response]:
        given = {question.id: answer(self.rng, question, skill) for question in text.quiz}
        return {name: Response(response, self._seconds()) for name, response in given.items() if response}

    def _passes(self, module: Module, text: ModuleText, answers: dict[str, Response]) -> bool:
        marked = [(each, grade(each, answers[each.id].response)) for each in text.quiz if each.id in answers]
        return quiz_score(marked) >= module.pass_mark

    def _seconds(self) -> float:
        """How long they think about a question; the clock goes on by as much."""
        seconds = round(min(240.0, self.rng.lognormvariate(3.2, 0.6)), 1)
        self.at += timedelta(seconds=seconds)
        return seconds

    def _step(
        self,
        action: Action,
        module: Module,
        detail: str = "",
        *,
        number: int = 0,
        answers: dict[str, Response] | None = None,
    ) -> Step:
        return Step(self.at, action, self.course, module, detail, number, answers or {})

    def _pass(self, least: float, most: float) -> None:
        """Some minutes go by."""
        self.at += timedelta(minutes=self.rng.uniform(least, most))

    def _another_day(self) -> None:
        days = 1 + min(30, int(self.rng.expovariate(1 / self.temper.pause)))
        self.at = session(self.rng, (self.at + timedelta(days=days)).date(), self.zone)
