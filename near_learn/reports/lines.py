"""A trend as lines over months: where each piece of the drawing goes. The template turns it into SVG.

Horizontal measures are shares of the width, vertical ones are pixels, so that text keeps its size on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from near_learn.reports.completion import Month
from near_learn.reports.measures import Measure

HEIGHT = 200  # of the area in which the lines run
TOP = 12
MEASURES = (Measure.ENROLLED, Measure.STARTED, Measure.COMPLETED)
MOST_LABELS = 4
FEWEST_MONTHS = 2
SIDE = 3.0  # per cent of the width that stay free at both sides


@dataclass(frozen=True)
class Point:
    month: Month
    value: int
    x: float  # per cent
    y: float  # pixels
    at_least: bool


@dataclass(frozen=True)
class Line:
    measure: Measure
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The points of a polyline in a drawing 100 wide."""
        return " ".join(f"{point.x:.2f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class Trend:
    lines: tuple[Line, ...]
    grid: tuple[tuple[int, float], ...]  # number and height of each line of the grid
    months: tuple[tuple[Month, float, str], ...]  # those that are written below, with their place
    height: int
    left_out: tuple[Measure, ...] = ()  # figures of too few people in most months

    @property
    def marked(self) -> bool:
        """Whether a point is a lower bound."""
        return any(point.at_least for line in self.lines for point in line.points)

    @property
    def rows(self) -> list[tuple[Month, tuple[Point, ...]]]:
        """The same numbers as a table: a row for each month."""
        across = zip(*(line.points for line in self.lines), strict=True)
        return [(points[0].month, points) for points in across]


def draw(months: Sequence[Month]) -> Trend | None:
    """The lines of MONTHS; None for fewer than two, or when nothing happened in them.

    Months without anything before the first are left away, and a figure that is short of people in most
    months: its line would say nothing true.
    """
    months = _since_the_first(months)
    told = [measure for measure in MEASURES if not _mostly_short(months, measure)]
    most = max((month.counts[measure] for month in months for measure in told), default=0)
    if len(months) < FEWEST_MONTHS or not most:
        return None
    top = _round_up(most)
    lines = tuple(
        Line(
            measure,
            tuple(_point(months, number, measure, top) for number in range(len(months))),
        )
        for measure in told
    )
    grid = tuple((value, _down(value, top)) for value in _grid(top))
    left_out = tuple(measure for measure in MEASURES if measure not in told)
    return Trend(lines, grid, _written(months), TOP + HEIGHT + 28, left_out)


def _since_the_first(months: Sequence[Month]) -> Sequence[Month]:
    busy = [number for number, month in enumerate(months) if any(month.counts.values()) or month.short]
    return months[max(busy[0] - 1, 0) :] if busy else ()


def _mostly_short(months: Sequence[Month], measure: Measure) -> bool:
    """Whether most months lack people in MEASURE, and so many that another figure is more than twice it."""
    short = sum(measure in month.short for month in months)
    if 2 * short <= sum(bool(month.counts[measure]) or measure in month.short for month in months):
        return False
    sums = {each: sum(month.counts[each] for month in months) for each in MEASURES}
    return 2 * sums[measure] < max(sums.values())


def _point(months: Sequence[Month], number: int, measure: Measure, top: int) -> Point:
    month = months[number]
    value = month.counts[measure]
    return Point(month, value, _across(number, len(months)), _down(value, top), measure in month.short)


def _across(number: int, of: int) -> float:
    return SIDE + (100 - 2 * SIDE) * number / (of - 1)


def _down(value: int, top: int) -> float:
    return TOP + HEIGHT * (1 - value / top)


def _round_up(most: int) -> int:
    """The smallest number of 4, 8, 12, 20 or 40 times a power of ten that is not below MOST."""
    size = 1
    while True:
        for step in (4, 8, 12, 20):
            if most <= step * size:
                return step * size
        size *= 10


def _grid(top: int) -> Sequence[int]:
    return [top * quarter // 4 for quarter in range(5)]


def _written(months: Sequence[Month]) -> tuple[tuple[Month, float, str], ...]:
    """The months whose names fit below, the first and the last among them, with how each is anchored."""
    each = max(1, -(-(len(months) - 1) // (MOST_LABELS - 1)))
    chosen = [*range(0, len(months) - each, each), len(months) - 1]
    anchors = {0: "start", len(months) - 1: "end"}
    return tuple(
        (months[number], _across(number, len(months)), anchors.get(number, "middle")) for number in chosen
    )
