"""Short answer and reflection: the learner's own text. It is not marked, and it is private."""

from collections.abc import Sequence

from near_learn.content.kinds.kind import Kind
from near_learn.content.kinds.reader import Reader
from near_learn.content.question import Question

LONGEST = 5_000


class OpenReader(Reader):
    """Reads a question without answers: the first block quote explains it."""

    noun = "answer"

    def begins(self, text: str) -> bool:
        """A block quote at the margin ends the text; what it holds is the explanation."""
        return self.place == self.stem and text.startswith(">")

    def finish(self) -> None:
        """There is nothing that could be missing."""


def mark(_: Question, response: Sequence[str]) -> None:
    """Nothing: only the learner can say."""
    if len(response) > 1:
        raise ValueError(f"takes one text, got {len(response)}")
    if len(response[0].replace("\r\n", "\n")) > LONGEST:
        raise ValueError(f"takes a text of at most {LONGEST} characters")


SHORT = Kind("short-answer", "long-fill-in", OpenReader, mark, frozenset({"objective"}))
REFLECTION = Kind("reflection", "long-fill-in", OpenReader, mark, frozenset({"objective"}))
