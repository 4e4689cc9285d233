"""What goes into a guide: texts whose links stay inside the document, questions as they are printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from near_learn.content import Course, Module, ModuleText, Option, Question, drawing
from near_learn.content.question import GAP_MARK, Target
from near_learn.guide.tree import Element, parse

# Addresses of the application that lead to a place in the courses.
PLACE = re.compile(
    r"/courses/(?P<course>[^/]+)/modules/(?P<module>[^/#]+)(?:/(?:sections|questions)/(?P<at>[^/#]+))?(?:#.*)?"
)
MEDIA = re.compile(r"/courses/(?P<course>[^/]+)/(?P<module>[^/]+)/media/(?P<file>.+)")
HEADING = re.compile("h([3-6])")
# Sound and film cannot be printed; their transcripts can.
UNPRINTABLE = frozenset({"audio", "video"})
BLANK = "\u2003_______________\u2003"


class Edition(StrEnum):
    """For whom the guide is."""

    LEARNER = "learner"  # without quiz answers
    TRAINER = "trainer"  # with right answers, feedback and explanations


@dataclass(frozen=True)
class Guide:
    """The courses in one language. A text that is not translated stands there in English."""

    courses: tuple[Course, ...]
    language: str
    edition: Edition
    picture: Callable[[Path], str]  # the address under which a picture stands in the document

    @property
    def with_answers(self) -> bool:
        """Whether it tells the right answers."""
        return self.edition is Edition.TRAINER

    def units(self, course: Course) -> Iterator[Unit]:
        """The modules of a course, each in its text; for trainers also its tests and surveys."""
        for module in (*course.modules, *(course.instruments if self.with_answers else ())):
            yield Unit(self, course, module, module.text(self.language))

    def description(self, course: Course) -> tuple[str, str]:
        """The introduction of the course, and the language it is in."""
        language = self.language if self.language in course.description_html else "en"
        return self.printed(course.description_html[language], f"c-{course.id}"), language

    def named(self, texts: dict[str, str]) -> str:
        """The text in the guide's language, else in English."""
        return texts.get(self.language) or texts["en"]

    def printed(self, markup: str, where: str) -> str:
        """HTML as it stands in the guide. WHERE is the id of its place, which makes its own ids unique."""
        tree = parse(markup)
        _change(tree, where, self)
        return str(tree)

    def place(self, course: str, module: str, at: str | None) -> str | None:
        """The id of a place that an address leads to; None when it is not in this guide."""
        for each in self.courses:
            if each.id == course and any(unit.id == module for unit in each.modules):
                return "-".join(("m", course, module, *((at,) if at else ())))
        return None

    def media(self, course: str, module: str, file: str) -> Path | None:
        """A file of a module."""
        for each in self.courses:
            for unit in each.modules if each.id == course else ():
                if unit.id == module:
                    return unit.media.get(file)
        return None


@dataclass(frozen=True)
class Unit:
    """A module, or an instrument, in the guide's language."""

    guide: Guide
    course: Course
    module: Module
    text: ModuleText

    @property
    def id(self) -> str:
        """The id of its place in the document."""
        return f"m-{self.course.id}-{self.module.id}"

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Its sections with the quiz where the author put it."""
        pages = [Page(self, section.id, section.title, section.blocks) for section in self.text.sections]
        if self.text.quiz:
            blocks: tuple[str | Question, ...] = (self.text.quiz_html, *self.text.quiz)
            pages.insert(self.text.quiz_position, Page(self, "quiz", self.text.quiz_title, blocks))
        return tuple(pages)


@dataclass(frozen=True)
class Page:
    """A section, or the quiz."""

    unit: Unit
    section: str
    title: str
    blocks: Sequence[str | Question]

    @property
    def id(self) -> str:
        """The id of its place in the document."""
        return f"{self.unit.id}-{self.section}"

    def pieces(self) -> Iterator[str | Asked]:
        """The prose, printed, and the questions, in reading order."""
        for block in self.blocks:
            if isinstance(block, Question):
                yield Asked(self, block)
            elif block:
                yield self.unit.guide.printed(block, self.id)


@dataclass(frozen=True)
class Asked:
    """A question as it is printed."""

    page: Page
    question: Question

    @property
    def id(self) -> str:
        """The id of its place in the document."""
        return f"{self.page.unit.id}-{self.question.id}"

    @property
    def stem(self) -> str:
        """The text under the question, with lines to write on where the gaps are."""
        stem = self.printed(self.question.stem_html)
        for gap in self.question.gaps:
            filled = (
                f"<strong>{' / '.join(gap.accepted)}</strong>" if self.page.unit.guide.with_answers else BLANK
            )
            stem = stem.replace(GAP_MARK, filled, 1)
        return stem

    @property
    def options(self) -> tuple[Option, ...]:
        """The options; items to be ordered are mixed unless the answers are told."""
        if self.page.unit.guide.with_answers:
            return self.question.options
        return drawing.options(self.question, "guide")

    @property
    def targets(self) -> tuple[Target, ...]:
        """The right sides of a matching question."""
        return drawing.targets(self.question, "guide")

    def target(self, option: Option) -> str:
        """The right side that fits."""
        fits = self.question.matches[option.id]
        return next(target.html for target in self.question.targets if target.id == fits)

    def printed(self, markup: str) -> str:
        """Feedback, hints and explanations."""
        return self.page.unit.guide.printed(markup, self.id)


def _change(element: Element, where: str, guide: Guide) -> None:
    element.children = [
        child for child in element.children if isinstance(child, str) or child.tag not in UNPRINTABLE
    ]
    for child in element.children:
        if isinstance(child, Element):
            _attributes(child, where, guide)
            _change(child, where, guide)


def _attributes(element: Element, where: str, guide: Guide) -> None:
    attributes = element.attributes
    if depth := HEADING.fullmatch(element.tag):
        # Sections are headings of the third level here, so what is in them goes one down.
        element.tag = f"h{min(6, int(depth[1]) + 1)}"
    if "id" in attributes:
        attributes["id"] = f"{where}-{attributes['id']}"
    for name in ("role", "tabindex", "loading"):
        attributes.pop(name, None)
    if element.tag == "details":
        attributes["open"] = ""  # paper does not unfold
    if element.tag == "a":
        _link(element, where, guide)
    if element.tag == "img" and (found := MEDIA.fullmatch(attributes["src"])):
        file = guide.media(**found.groupdict())
        attributes["src"] = guide.picture(file) if file else ""


def _link(element: Element, where: str, guide: Guide) -> None:
    address = element.attributes.get("href", "")
    if address.startswith("#"):
        element.attributes["href"] = f"#{where}-{address[1:]}"
    elif found := PLACE.fullmatch(address):
        place = guide.place(found["course"], found["module"], found["at"])
        if place:
            element.attributes["href"] = f"#{place}"
        else:
            element.tag, element.attributes = "span", {}
