"""A question bank as it was read: questions in a form that both formats share, and notes on what is lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_BYTES = 10 * 1024 * 1024
MOST_QUESTIONS = 2_000
# Stands in a question's text where an answer is to be written; no author can write it.
GAP = "\ue000"


class Unreadable(Exception):
    """A file that is no question bank, or none that can be read: the line, and what to do."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True, order=True)
class Note:
    """Something that is not taken over as it was: where it stands, and what became of it."""

    line: int
    message: str


@dataclass(frozen=True)
class Text:
    """A text in one of the formats of Moodle: html, markdown, plain, or moodle (HTML where lines count)."""

    text: str = ""
    format: str = "html"


@dataclass(frozen=True)
class BankAnswer:
    """One answer of a question."""

    text: Text
    fraction: float = 0.0  # 1 is right, 0 is wrong, -1 takes all marks away
    feedback: Text = field(default_factory=Text)
    match: Text = field(default_factory=Text)  # matching only
    tolerance: float = 0.0  # numeric only


@dataclass(frozen=True)
class BankQuestion:
    """A question before it is turned into Markdown."""

    line: int
    kind: str  # choice, true-false, gap, matching, ordering, numeric or short-answer
    text: Text
    name: str = ""
    id: str = ""  # an id that it brings along
    answers: Sequence[BankAnswer] = ()  # gap: those of all gaps are in `gaps`
    gaps: Sequence[Sequence[BankAnswer]] = ()  # one for each GAP in the text
    single: bool | None = None  # choice: whether one answer can be chosen; None when the bank does not say
    explanation: Text = field(default_factory=Text)
    hints: Sequence[Text] = ()
    weight: float = 1.0
    fixed: bool = False
    category: str = ""


@dataclass
class Bank:
    """What was read from a file."""

    questions: list[BankQuestion] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, line: int, message: str) -> None:
        """Notes what is not taken over."""
        self.notes.append(Note(line, message))
