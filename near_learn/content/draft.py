"""A module text taken apart but not yet rendered: what its lines say, and where."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from near_learn.content.attributes import Attributes
from near_learn.content.definitions import Definitions
from near_learn.content.fields import Front
from near_learn.content.question import Gap, Range
from near_learn.content.source import Line

# Letters, digits and such punctuation as means nothing in Markdown or HTML, beginning with a letter, as
# most options and feedback are. They are their own HTML; rendering them would cost more than all the rest.
WORDS = re.compile(r"[“«„\"]?[^\W\d_][^*_`\[\]<>&\\@/|!#~^{}=+\n]*")


@dataclass
class Prose:
    """Lines of Markdown that belong together."""

    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The Markdown."""
        return "\n".join(line.text for line in self.lines)

    @property
    def line(self) -> int:
        """The number of the first line with something on it; 1 when there is none."""
        return next((line.number for line in self.lines if line.text.strip()), 1)

    @property
    def words(self) -> str:
        """The text of a single line that needs no rendering; empty for any other."""
        full = self.lines if len(self.lines) == 1 else [line for line in self.lines if line.text.strip()]
        if len(full) != 1:
            return ""
        text = full[0].text.strip()
        # Between empty lines, what is indented is code, and two signs $ may enclose a formula.
        if len(self.lines) > 1 and ("$" in text or full[0].text.startswith(" ")):
            return ""
        return text if WORDS.fullmatch(text) and "www." not in text else ""

    @property
    def blank(self) -> bool:
        """Whether there is nothing to render."""
        return not any(line.text.strip() for line in self.lines)


@dataclass
class Heading:
    """A line that begins with hashes, and what stands in the braces at its end."""

    line: int
    level: int
    title: str
    id: str | None  # empty when there is one that cannot be used
    kind: str = ""  # of question; empty when the author left it out
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class DraftOption:
    """One answer of a question."""

    line: int
    correct: bool
    text: Prose
    id: str | None = None
    feedback: Prose = field(default_factory=Prose)
    target: str = ""  # id of the right side that fits it


@dataclass
class DraftTarget:
    """A right side of a matching question."""

    line: int
    text: Prose
    id: str = ""


@dataclass
class DraftQuestion:
    """A question of any kind; what its kind does not have is empty."""

    heading: Heading
    kind: str
    stem: Prose  # with a GAP_MARK in the place of each gap
    options: list[DraftOption] = field(default_factory=list)
    explanation: Prose = field(default_factory=Prose)
    hint: Prose = field(default_factory=Prose)
    targets: list[DraftTarget] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    range: Range | None = None
    attributes: Attributes = field(default_factory=Attributes)

    @property
    def id(self) -> str:
        """The id that all languages share; empty when the author forgot it."""
        return self.heading.id or ""


@dataclass
class DraftSection:
    """A ## heading and what stands under it."""

    heading: Heading
    parts: list[Prose | DraftQuestion] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)  # sub-headings that are no questions

    @property
    def id(self) -> str:
        """The id that all languages share; empty when the author forgot it."""
        return self.heading.id or ""

    @property
    def questions(self) -> list[DraftQuestion]:
        """The questions, in reading order."""
        return [part for part in self.parts if isinstance(part, DraftQuestion)]


@dataclass
class Draft:
    """One language of a module."""

    path: str  # relative to the courses folder
    language: str
    front: Front
    sections: list[DraftSection]
    definitions: Definitions = field(default_factory=Definitions)

    @property
    def quiz(self) -> DraftSection | None:
        """The quiz, if there is one."""
        return next((section for section in self.sections if section.id == QUIZ), None)

    @property
    def anchors(self) -> dict[str, str]:
        """Every id that a link may lead to, with the id of the section it stands in."""
        return {anchor: section.id for anchor, section in self._anchors()}

    def _anchors(self) -> Iterator[tuple[str, DraftSection]]:
        for section in self.sections:
            yield section.id, section
            for heading in section.headings:
                if heading.id:
                    yield heading.id, section
            for question in section.questions:
                yield question.id, section


QUIZ = "quiz"
