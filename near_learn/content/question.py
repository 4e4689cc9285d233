"""A question and what its answers are made of, as the player shows them and the grader marks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

# Kinds without a right answer. The answers to PRIVATE ones are the learner's own text.
PRIVATE = frozenset({"short-answer", "reflection"})
UNGRADED = PRIVATE | {"likert"}

# xAPI writes the two sides of a matched pair so (1.0.3 Part 2, appendix C).
PAIRED = "[.]"
# And the parts of a response so.
JOINED = "[,]"
# Stands in `stem_html` where a gap is; a character that no font and no author has. See `Question.stem_parts`.
GAP_MARK = "\ue000"


@dataclass(frozen=True)
class Option:
    """One answer a learner may choose. `correct` and `feedback_html` stay on the server until then."""

    # Unless the author gives {#id}: "o1", "o2", … by position; to be ordered: in an order that does not tell
    # the right one. "true" and "false" of a true-false, which have no text: the player names them.
    id: str
    text: str  # plain text, for statements and for a screen reader
    html: str  # the same with emphasis and links; inline HTML without a paragraph around it
    correct: bool
    feedback_html: str = ""


@dataclass(frozen=True)
class Target:
    """A right-hand side of a matching question; one that fits no option is a distractor."""

    id: str  # "t1", "t2", …, in an order that does not tell what fits what
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
    def stem_parts(self) -> tuple[str, ...]:
        """The stem cut at its gaps: between each piece and the next belongs the input for one gap.

        One piece more than there are gaps. A piece by itself may open a paragraph that a later one closes.
        """
        return tuple(self.stem_html.split(GAP_MARK))

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
            return (decimal(self.range.value),)
        return tuple(option.id for option in self.options if option.correct)

    def join(self, response: Sequence[str]) -> str:
        """The response as one text, as it stands in statements and rows."""
        return JOINED.join(response)

    def split(self, joined: str) -> tuple[str, ...]:
        """The response of such a text. A text of the learner's own is one part, whatever is in it."""
        if not joined:
            return ()
        return (joined,) if self.private else tuple(joined.split(JOINED))

    def option(self, option_id: str) -> Option:
        """The option with this id; raises KeyError when there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)


def decimal(value: float) -> str:
    """The number in digits, without an exponent: 12, 0.5, 1000000."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
