"""Mean differences with their intervals as a drawing: where each piece goes. The template makes it SVG.

Every horizontal measure is a share of the width, as in reports/chart.py.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from near_learn.outcomes.gain import Gain

LINE = 20  # pixels from one line of text to the next
ROW = 34
TOP = 30  # for the numbers of the axis
CHARACTERS = 30
MOST = 40
MARGIN = 2.0  # per cent of the width left free at both ends


@dataclass(frozen=True)
class Mark:
    """One row: its name, its place, and the gain that is drawn."""

    lines: tuple[str, ...]
    y: int  # of the first line of text
    gain: Gain
    x: float  # per cent
    low: float | None
    high: float | None

    @property
    def line_y(self) -> int:
        return self.y + LINE * (len(self.lines) - 1) + ROW // 2


@dataclass(frozen=True)
class Tick:
    x: float
    points: int


@dataclass(frozen=True)
class Chart:
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    zero: float
    height: int
    left_out: int


def draw(rows: Iterable[tuple[str, Gain]]) -> Chart | None:
    """The rows (name, figures) in points of 100; None when there are none."""
    found = list(rows)
    shown = found[:MOST]
    if not shown:
        return None
    reach = [each for _, gain in shown for each in _ends(gain)]
    low, high = min(0.0, *reach), max(0.0, *reach)
    step = next(each for each in (5, 10, 20, 50, 100) if (high - low) / each <= 6 or each == 100)
    first, last = int(low // step), -int(-high // step)
    start, end = first * step, max(last, first + 1) * step

    def place(points: float) -> float:
        return MARGIN + (100 - 2 * MARGIN) * (points - start) / (end - start)

    marks, y = [], TOP + LINE
    for name, gain in shown:
        lines = tuple(textwrap.wrap(name, CHARACTERS)) or (name,)
        ends = (gain.difference.low, gain.difference.high)
        drawn = [None if each is None else place(100 * each) for each in ends]
        mark = Mark(lines, y, gain, place(100 * gain.difference.value), *drawn)
        marks.append(mark)
        y = mark.line_y + ROW
    ticks = tuple(Tick(place(points), points) for points in range(start, end + 1, step))
    return Chart(tuple(marks), ticks, place(0), y - LINE, len(found) - len(shown))


def _ends(gain: Gain) -> list[float]:
    found = (gain.difference.low, gain.difference.value, gain.difference.high)
    return [100 * each for each in found if each is not None]
