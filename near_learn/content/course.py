"""A course as learners see it: modules, their text in each language, and the sections of a text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from near_learn.content import digest
from near_learn.content.problem import Problem
from near_learn.content.question import Question
from near_learn.content.values import INSTRUMENTS

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Section:
    """One page of a module. All HTML is rendered and sanitised."""

    id: str
    title: str  # plain text
    blocks: tuple[str | Question, ...]  # HTML pieces and knowledge checks, in reading order

    @property
    def html(self) -> str:
        """The prose without the knowledge checks."""
        return "\n".join(block for block in self.blocks if isinstance(block, str))

    @property
    def questions(self) -> tuple[Question, ...]:
        """The knowledge checks of the section, in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Question))


@dataclass(frozen=True)
class ModuleText:
    """A module in one language."""

    language: str
    title: str
    summary: str
    objectives: tuple[str, ...]  # plain text
    sections: tuple[Section, ...]  # without the quiz
    quiz: tuple[Question, ...]
    quiz_title: str  # the heading of the quiz in this language
    quiz_html: str  # prose between that heading and the first question; often empty
    quiz_position: int  # how many sections come before the quiz; those after it are sources and the like
    source_version: int  # the English version this text stands for; for English its own

    def section(self, section_id: str) -> Section:
        """The section with this id; raises KeyError when there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    @property
    def checks(self) -> tuple[Question, ...]:
        """Every knowledge check of the text, in reading order."""
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Knowledge checks, then the quiz."""
        return self.checks + self.quiz

    def question(self, question_id: str) -> Question:
        """The knowledge check or quiz question with this id; raises KeyError when there is none."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)


@dataclass(frozen=True)
class Module:
    """What a learner takes in one go. Always has an English text."""

    id: str
    course_id: str
    kind: str  # tool, skill or training; of an instrument: pre-test, post-test, survey, follow-up, diagnosis
    minutes: int
    pass_mark: float  # share of the quiz, 0 to 1; 0 for an instrument
    attempts: int | None  # None: as many as the learner likes
    version: int
    texts: Mapping[str, ModuleText]  # by language, English first
    folder: Path
    media: Mapping[str, Path] = field(
        default_factory=lambda: MappingProxyType({})
    )  # by name; all safe to serve
    cool_down: timedelta | None = None  # between two attempts
    shuffle: bool = False  # whether the options of the quiz stand in another order at each attempt
    draw: int | Mapping[int, int] | None = None  # see drawing.drawn
    weeks: int | None = None  # of a follow-up: after the course is completed

    @property
    def instrument(self) -> bool:
        """Whether this is asked before, after or beside the modules, and counts for nothing."""
        return self.kind in INSTRUMENTS

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages this module can be read in, English first."""
        return tuple(self.texts)

    def text(self, language: str) -> ModuleText:
        """The text in this language, else in English."""
        return self.texts.get(language) or self.texts[SOURCE_LANGUAGE]

    @cached_property
    def quiz_key(self) -> str:
        """A digest of what makes an answer to the quiz mean something; "" without a quiz."""
        return digest.quiz_key(self)


@dataclass(frozen=True)
class Course:
    """A course with the modules and instruments that are fit to be shown; there is at least one module."""

    id: str
    title: Mapping[str, str]  # by language; always has "en"
    summary: Mapping[str, str]
    description_html: Mapping[str, str]
    origin: str | None  # NUTS code of the region the course comes from
    order: int
    modules: tuple[Module, ...]
    release: str  # first 12 hexadecimal digits of a SHA-256 over all its files
    folder: Path
    contributors: tuple[str, ...] = ()
    licence: str = ""
    instruments: tuple[Module, ...] = ()
    draft: bool = False  # not meant for learners yet
    closed: bool = False  # nobody enrols by themselves

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the course page, English first."""
        return tuple(self.title)

    @cached_property
    def minutes(self) -> int:
        """The time that all modules need."""
        return sum(module.minutes for module in self.modules)

    @cached_property
    def read_in(self) -> tuple[str, ...]:
        """The languages in which every module can be read."""
        return tuple(
            code
            for code in self.modules[0].languages
            if all(code in module.languages for module in self.modules)
        )

    @cached_property
    def partly_read_in(self) -> tuple[str, ...]:
        """Further languages, in which some modules can be read."""
        some = dict.fromkeys(code for module in self.modules for code in module.languages)
        return tuple(code for code in some if code not in self.read_in)

    @cached_property
    def structure(self) -> str:
        """A digest of the modules, their sections and whether they have a quiz, in order."""
        return digest.structure(self)

    def module(self, module_id: str) -> Module:
        """The module or instrument with this id; raises KeyError when there is none."""
        for module in self.modules + self.instruments:
            if module.id == module_id:
                return module
        raise KeyError(module_id)


@dataclass(frozen=True)
class Library:
    """All courses that are fit to be shown, in order, and every problem found on the way."""

    courses: Mapping[str, Course] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a course, module or translation from the learners."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that a trainer should look at but that harm nobody."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")
