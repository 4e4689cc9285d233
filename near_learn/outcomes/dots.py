"""A profile of practice as a drawing: for each dimension a dot at the start and one at the end.

Dots on lines and no radar: lengths can be compared, and the order of the dimensions means nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from near_learn.outcomes.profile import Profile

LINE = 20
ROW = 34
TOP = 30
CHARACTERS = 26
MARGIN = 3.0


@dataclass(frozen=True)
class Dot:
    """One dimension: its name and the places of both dots (per cent); None where nothing is told."""

    lines: tuple[str, ...]
    y: int
    start: float | None
    end: float | None
    start_value: float | None
    end_value: float | None

    @property
    def line_y(self) -> int:
        return self.y + LINE * (len(self.lines) - 1) + ROW // 2


@dataclass(frozen=True)
class Chart:
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, int], ...]
    height: int


def draw(names: Sequence[str], profile: Profile, highest: int) -> Chart:
    """The dimensions NAMES of a profile on a scale from 1 to HIGHEST."""

    def place(value: float) -> float:
        return MARGIN + (100 - 2 * MARGIN) * (value - 1) / max(highest - 1, 1)

    dots, y = [], TOP + LINE
    for name, start, end in zip(names, profile.start, profile.end, strict=True):
        lines = tuple(textwrap.wrap(name, CHARACTERS)) or (name,)
        values = [None if mean is None else mean.value for mean in (start, end)]
        places = [None if value is None else place(value) for value in values]
        dot = Dot(lines, y, *places, *values)
        dots.append(dot)
        y = dot.line_y + ROW
    ticks = tuple((place(value), value) for value in range(1, highest + 1))
    return Chart(tuple(dots), ticks, y - LINE)
