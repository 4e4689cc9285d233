"""Two people's changes to the same text put together; where both changed the same lines, both are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from near_learn.authoring.differences import MOST_LINES, lines

# The marks that version control writes too; the checker names every one that is left over.
MINE, MIDDLE, THEIRS = "<<<<<<< ", "=======", ">>>>>>> "


@dataclass(frozen=True)
class Merged:
    """The text, and in how many places somebody must choose."""

    text: str
    conflicts: int


def merge(base: str, mine: str, theirs: str, names: tuple[str, str]) -> Merged:
    """MINE and THEIRS, both made from BASE, as one text. NAMES stand at the marks."""
    old, left, right = lines(base), lines(mine), lines(theirs)
    found: list[str] = []
    conflicts = 0
    i = j = k = 0
    for start, left_start, right_start, length in [
        *_common(old, left, right),
        (len(old), len(left), len(right), 0),
    ]:
        was, ours, other = old[i:start], left[j:left_start], right[k:right_start]
        if ours in (was, other):
            found += other
        elif other == was:
            found += ours
        else:
            conflicts += 1
            found += [MINE + names[0], *ours, MIDDLE, *other, THEIRS + names[1]]
        found += old[start : start + length]
        i, j, k = start + length, left_start + length, right_start + length
    return Merged("\n".join(found) + "\n", conflicts)


def _common(old: list[str], left: list[str], right: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that all three have: where each begins, and how long it is."""
    if max(len(old), len(left), len(right)) > MOST_LINES:
        return
    first = SequenceMatcher(None, old, left, autojunk=False).get_matching_blocks()
    second = SequenceMatcher(None, old, right, autojunk=False).get_matching_blocks()
    a = b = 0
    while a < len(first) and b < len(second):
        one, two = first[a], second[b]
        start = max(one.a, two.a)
        end = min(one.a + one.size, two.a + two.size)
        if start < end:
            yield start, one.b + start - one.a, two.b + start - two.a, end - start
        if one.a + one.size < two.a + two.size:
            a += 1
        else:
            b += 1
