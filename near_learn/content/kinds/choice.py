"""Choice: a list of options with [ ] or [x]. Several may be right."""

import re
from collections.abc import Sequence

from near_learn.content.kinds.kind import MARKED, Kind
from near_learn.content.kinds.reader import Reader
from near_learn.content.question import Question
from near_learn.content.source import Line

OPTION = re.compile(r" {0,3}[-*+] +\[([ xX])\] +(\S.*)\Z")
# What people write who mean an option.
NEARLY = re.compile(r" {0,3}(?:[-*+]|\d+[.)])? *\[ *[xX✓✔]? *\](?!\()")


def begins(text: str) -> bool:
    """Whether this line begins an option, well written or not."""
    return bool(NEARLY.match(text))


class ChoiceReader(Reader):
    """Reads options with brackets."""

    def begins(self, text: str) -> bool:
        """Whether the line begins an option."""
        return begins(text)

    def answer(self, line: Line) -> None:
        """Reads an option."""
        match = OPTION.match(line.text)
        if not match:
            self.error(
                line.number, "the option is malformed; write `- [ ] text`, or `- [x] text` if it is right"
            )
            return
        self.option(line, match[2], correct=match[1] != " ")

    def no_answer(self, line: Line) -> str:
        """A list item without brackets."""
        return "the option has no brackets; write `- [ ] …`, or `- [x] …` if right"

    def finish(self) -> None:
        """Checks how many options there are, and how many of them are right."""
        line, options = self.question.heading.line, self.question.options
        self.count(len(options), 2, "a question needs at least two options; add another line `- [ ] …`")
        if not self.malformed:
            if options and not any(option.correct for option in options):
                self.report.error(line, "no option is marked as right; put an x in its brackets: `- [x] …`")
            if len(options) > 1 and all(option.correct for option in options):
                self.report.warning(line, "every option is marked as right; is that meant?")
        self.number_options()


def mark(question: Question, response: Sequence[str]) -> float:
    """Single choice: 1 or 0. Multiple choice: (right chosen - wrong chosen) / right, never below 0.

    So ticking everything gains nothing. The order of the ids and repeats do not count.
    """
    chosen, right = set(response), set(question.right)
    known(question, chosen)
    if len(chosen) > 1 and not question.multiple:
        raise ValueError(f"takes one option, got {len(chosen)}")
    if not question.multiple:
        return float(chosen == right)
    return max(0.0, (len(chosen & right) - len(chosen - right)) / len(right))


def known(question: Question, chosen: set[str]) -> None:
    """Raises ValueError when one of the ids is of no option of the question."""
    unknown = chosen - {option.id for option in question.options}
    if unknown:
        raise ValueError(f"has no option {min(unknown)!r}")


KIND = Kind(
    "choice",
    "choice",
    ChoiceReader,
    mark,
    MARKED | {"fixed"},
    begins,
    "brackets make an option of a choice question",
)
