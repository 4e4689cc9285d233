"""A question and what its answers are made of, as the player shows them and the grader marks them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# Kinds without a right answer. The answers to PRIVATE ones are the learner's own text.
PRIVATE = frozenset({"short-answer", "reflection"})
UNGRADED = PRIVATE | {"likert"}

# xAPI writes the two sides of a matched pair so (1.0.3 Part 2, appendix C).
PAIRED = "[.]"


@dataclass(frozen=True)
class Option:
    """One answer a learner may choose. `correct` and `feedback_html` stay on the server until then."""

    id: str  # "o1", "o2", … by position, unless the author gives {#id}; "true" and "false" of a true-false
    text: str  # plain text, for statements and for a screen reader
    html: str  # the same with emphasis and links; inline HTML without a paragraph around it
    correct: bool
    feedback_html: str = ""


@dataclass(frozen=True)
class Target:
    """A right-hand side of a matching question; one that fits no option is a distractor."""

    id: str  # "t1", "t2", … by position
    text: str
    html: str


@dataclass(frozen=True)
class Gap:
    """A place to write in. Any of the accepted texts is right; the first is the one to show."""

    id: str  # "g1", "g2", … by position
    accepted: tuple[str, ...]


@dataclass(frozen=True)
class Range:
    """The numbers that are right, and the one to show."""

    low: float
    high: float
    value: float


@dataclass(frozen=True)
class Question:
    """A question: `title` is what is asked, as plain text; `stem_html` an optional paragraph under it.

    A response is a tuple of texts, by kind: ids of options (choice, true-false, likert; ordering: in the
    learner's order), `o1[.]t2` a pair (matching), one text a gap (gap), a number (numeric), a text (others).
    """

    id: str
    title: str
    stem_html: str
    kind: str  # a key of KINDS
    multiple: bool  # more than one option is right
    options: tuple[Option, ...] = ()
    explanation_html: str = ""
    hint_html: str = ""
    weight: float = 1.0
    objective: int | None = None  # number of the module's learning objective, counted from 1
    see: tuple[str, ...] = ()  # ids of sections to read again after a wrong answer
    fixed: bool = False  # the options stay in the author's order also where the module shuffles
    targets: tuple[Target, ...] = ()
    matches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # option id: target id
    gaps: tuple[Gap, ...] = ()
    range: Range | None = None

    @property
    def graded(self) -> bool:
        """Whether there is a right answer."""
        return self.kind not in UNGRADED

    @property
    def private(self) -> bool:
        """Whether the answer is the learner's own text, nobody else's business unless they share it."""
        return self.kind in PRIVATE

    @property
    def right(self) -> tuple[str, ...]:
        """The response that is entirely right; empty for a question without one."""
        if not self.graded:
            return ()
        if self.kind == "ordering":
            return tuple(option.id for option in self.options)
        if self.kind == "matching":
            return tuple(f"{left}{PAIRED}{right}" for left, right in self.matches.items())
        if self.kind == "gap":
            return tuple(gap.accepted[0] for gap in self.gaps)
        if self.range is not None:
            return (f"{self.range.value:g}",)
        return tuple(option.id for option in self.options if option.correct)

    def option(self, option_id: str) -> Option:
        """The option with this id; raises KeyError when there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)
