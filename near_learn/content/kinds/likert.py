"""Likert: a scale from `- lowest` to `- highest`. No step is right."""

import re
from collections.abc import Sequence

from near_learn.content.kinds import choice
from near_learn.content.kinds.kind import Kind
from near_learn.content.kinds.reader import Reader
from near_learn.content.question import Question
from near_learn.content.source import Line

STEP = re.compile(r"[-*+] +(\S.*)\Z")


class LikertReader(Reader):
    """Reads the steps of a scale."""

    noun = "step"

    def begins(self, text: str) -> bool:
        """Whether the line is an item of a list."""
        return bool(STEP.match(text)) or choice.begins(text)

    def answer(self, line: Line) -> None:
        """Reads a step."""
        match = STEP.match(line.text)
        if choice.begins(line.text) or not match:
            self.error(line.number, "no step of a scale is right or wrong; write `- text`, without brackets")
            return
        self.option(line, match[1])

    def no_answer(self, line: Line) -> str:
        """A numbered item."""
        return "a step of a scale is written `- text`, from the lowest to the highest"

    def finish(self) -> None:
        """Checks how many steps there are."""
        self.count(len(self.question.options), 2, "a scale needs at least two steps; add another line `- …`")
        self.number_options()


def mark(question: Question, response: Sequence[str]) -> None:
    """Nothing: every step is as right as any other."""
    choice.known(question, set(response))
    if len(response) > 1:
        raise ValueError(f"takes one option, got {len(response)}")


KIND = Kind("likert", "likert", LikertReader, mark, frozenset({"objective"}))
