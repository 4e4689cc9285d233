"""Ordering: `1. first`, `2. second` and so on, in the right order."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from near_learn.content.kinds import choice
from near_learn.content.kinds.kind import MARKED, Kind
from near_learn.content.kinds.numbering import scattered
from near_learn.content.kinds.reader import Reader
from near_learn.content.question import Question
from near_learn.content.source import Line

ITEM = re.compile(r" {0,3}(\d{1,3})[.)] +(\S.*)\Z")


class OrderingReader(Reader):
    """Reads a numbered list."""

    noun = "item"
    feedback = False
    last = 0  # the number of the item above

    def begins(self, text: str) -> bool:
        """Whether the line is a numbered item."""
        return bool(ITEM.match(text))

    def answer(self, line: Line) -> None:
        """Reads an item."""
        match = ITEM.match(line.text)
        if not match:
            return
        number = int(match[1])
        if choice.begins(line.text):
            self.last = number
            self.error(line.number, "an item to order has no brackets; write `1. text`")
            return
        # Some number every item with 1, and Markdown counts on by itself.
        if number not in {self.last + 1, 1} or (number == 1 and self.last > 1):
            wrong = (
                f"the number {number} does not follow {self.last}" if self.last else "the first item is not 1"
            )
            self.error(line.number, f"{wrong}; number the items from 1 in the right order")
        self.last = number
        self.option(line, match[2])

    def no_answer(self, line: Line) -> str:
        """An item without a number."""
        return "an item to order is written `1. text`, with its number"

    def finish(self) -> None:
        """Checks how many items there are."""
        options = self.question.options
        self.count(
            len(options), 2, "there must be two items to order or more; write them as `1. first`, `2. second`"
        )
        self.number_options(scattered(self.question.id, "o", len(options)))


def mark(question: Question, response: Sequence[str]) -> float:
    """(n - 1) / (all - 1), n being the most items that stand in the right order relative to each other."""
    choice.known(question, set(response))
    right = question.right
    if len(response) != len(right) or len(set(response)) < len(right):
        raise ValueError(f"takes each of its {len(right)} items once")
    places = {identifier: place for place, identifier in enumerate(right)}
    return (_longest_run([places[identifier] for identifier in response]) - 1) / (len(right) - 1)


def _longest_run(places: Sequence[int]) -> int:
    """The length of the longest increasing subsequence."""
    ends: list[int] = []  # the smallest end of a run of each length
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)


KIND = Kind("ordering", "sequencing", OrderingReader, mark, MARKED)
