"""True or false: the heading says something, and a line `= true` or `= false` whether it is so."""

import re
from collections.abc import Sequence

from near_learn.content.draft import DraftOption, Prose
from near_learn.content.kinds import choice
from near_learn.content.kinds.kind import MARKED, Kind
from near_learn.content.kinds.reader import Reader
from near_learn.content.question import Question
from near_learn.content.source import Line

ANSWER = re.compile(r" {0,3}=(.*)\Z")
WORDS = ("true", "false")


class TrueFalseReader(Reader):
    """Reads the line that says which it is."""

    noun = "answer"
    single = True

    def begins(self, text: str) -> bool:
        """Whether the line begins with an equals sign."""
        return bool(ANSWER.match(text))

    def answer(self, line: Line) -> None:
        """Reads `= true` or `= false`."""
        match = ANSWER.match(line.text)
        word = match[1].strip().casefold() if match else ""
        if word not in WORDS:
            self.error(line.number, "write `= true` or `= false`, in every language with these English words")
        elif self.question.options:
            self.error(line.number, "there are two lines with =; keep the one that is right")
        else:
            self.question.options = [DraftOption(line.number, each == word, Prose(), each) for each in WORDS]

    def under(self, line: Line) -> None:
        """There is nothing to stand under the line."""
        self.error(line.number, "nothing can be indented here; explain the answer with > at the margin")

    def no_answer(self, line: Line) -> str:
        """Something directly under the line."""
        return "put an empty line between the line with = and what follows it"

    def finish(self) -> None:
        """Checks that there is an answer."""
        if not self.question.options and not self.malformed:
            self.report.error(
                self.question.heading.line, "the answer is missing; add a line `= true` or `= false`"
            )


def own(text: str) -> bool:
    """Whether the line is an answer of this kind and no other."""
    match = ANSWER.match(text)
    return bool(match and match[1].strip().casefold() in WORDS)


def mark(question: Question, response: Sequence[str]) -> float:
    """1 or 0."""
    return choice.mark(question, response)


KIND = Kind(
    "true-false", "true-false", TrueFalseReader, mark, MARKED, own, "`= true` answers a true-false question"
)
