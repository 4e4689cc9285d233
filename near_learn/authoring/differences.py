"""What differs between two texts, line by line and inside a line, for a page to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

CONTEXT = 2  # lines shown around a change
# Comparing takes time with the square of the number of equal lines; no course file comes near.
MOST_LINES = 3_000
LONGEST_LINE = 2_000
MOST_PAIRS = 200  # changed lines in a row whose words are compared
WORD = re.compile(r"\w+|\s+|[^\w\s]")

Kind = Literal["same", "added", "removed", "left-out"]


@dataclass(frozen=True)
class Row:
    """A line of the comparison. `parts`: (text, whether just this is new or gone)."""

    kind: Kind
    number: int  # of the line in the new text; of a removed one in the old; left-out: how many lines
    parts: tuple[tuple[str, bool], ...] = ()

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(text for text, _ in self.parts)


def rows(old: str, new: str, *, whole: bool = False) -> list[Row]:
    """The lines that differ with a few around them; with WHOLE every line. Empty when nothing differs."""
    before, after = lines(old), lines(new)
    found: list[Row] = []
    blocks = list(opcodes(before, after))
    if all(tag == "equal" for tag, *_ in blocks):
        return (
            [Row("same", number, ((text, False),)) for number, text in enumerate(after, 1)] if whole else []
        )
    for index, (tag, i1, i2, j1, j2) in enumerate(blocks):
        if tag == "equal":
            found += _same(after, j1, j2, whole, index == 0, index == len(blocks) - 1)
        else:
            found += _changed(before, i1, i2, after, j1, j2)
    return found


def lines(text: str) -> list[str]:
    """The lines of a text; what comes after the end of the last line is none."""
    return text.removesuffix("\n").split("\n") if text else []


def opcodes(before: list[str], after: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """The steps from one list of lines to the other, as difflib gives them."""
    if len(before) > MOST_LINES or len(after) > MOST_LINES:
        if before != after:
            yield "replace", 0, len(before), 0, len(after)
        else:
            yield "equal", 0, len(before), 0, len(after)
        return
    yield from SequenceMatcher(None, before, after, autojunk=len(before) > 500).get_opcodes()


def _same(after: list[str], start: int, end: int, whole: bool, first: bool, last: bool) -> Iterator[Row]:
    shown = [
        place
        for place in range(start, end)
        if whole or (not first and place < start + CONTEXT) or (not last and place >= end - CONTEXT)
    ]
    gap = end - start - len(shown)
    told = False
    for place in range(start, end):
        if place in shown:
            yield Row("same", place + 1, ((after[place], False),))
        elif not told:
            told = True
            yield Row("left-out", gap)


def _changed(before: list[str], i1: int, i2: int, after: list[str], j1: int, j2: int) -> Iterator[Row]:
    few = max(i2 - i1, j2 - j1) <= MOST_PAIRS
    pairs = [_words(old, new) for old, new in zip(before[i1:i2], after[j1:j2], strict=False)] if few else []
    for place in range(i1, i2):
        parts = pairs[place - i1][0] if place - i1 < len(pairs) else ((before[place], False),)
        yield Row("removed", place + 1, parts)
    for place in range(j1, j2):
        parts = pairs[place - j1][1] if place - j1 < len(pairs) else ((after[place], False),)
        yield Row("added", place + 1, parts)


Parts = tuple[tuple[str, bool], ...]


def _words(old: str, new: str) -> tuple[Parts, Parts]:
    """The parts of two lines that differ; unmarked when they have little in common."""
    whole = ((old, False),), ((new, False),)
    if max(len(old), len(new)) > LONGEST_LINE:
        return whole
    before, after = WORD.findall(old), WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.4:
        return whole
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if i2 > i1:
            left.append(("".join(before[i1:i2]), tag != "equal"))
        if j2 > j1:
            right.append(("".join(after[j1:j2]), tag != "equal"))
    return tuple(left), tuple(right)
