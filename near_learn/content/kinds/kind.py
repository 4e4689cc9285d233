"""What a kind of question is: how it is recognised and read, which attributes it has, how it is marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from near_learn.content.kinds.reader import Reader
from near_learn.content.question import Question

# The attributes of a question that has a right answer.
MARKED = frozenset({"weight", "objective", "see"})

# The score from 0 to 1 of a response that is not empty, None when there is no right answer.
# Raises ValueError, beginning with what is wrong, for a response that no form can send.
Mark = Callable[[Question, Sequence[str]], float | None]


def nothing(_: str) -> bool:
    """The lines that only this kind has: none."""
    return False


@dataclass(frozen=True)
class Kind:
    """A kind of question: a row of KINDS."""

    name: str  # as in the braces of a heading, without the dot
    interaction: str  # its interactionType in xAPI
    reader: type[Reader]
    mark: Mark
    takes: frozenset[str]  # the attributes it may have
    # Whether a line is an answer as only this kind has them, well written or not.
    own: Callable[[str], bool] = nothing
    written: str = ""  # how its answers are written: part of a sentence
