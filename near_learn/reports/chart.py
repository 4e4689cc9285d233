"""The report as bars: where each piece of the drawing goes. The template turns it into SVG.

Every horizontal measure is a share of the width, so the drawing fits a phone and a desk alike.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from near_learn.reports.completion import Figures, Report
from near_learn.reports.filters import Basis
from near_learn.reports.measures import STATES, Measure
from near_learn.reports.names import Label

MOST_BARS = 40  # more are hard to read; the table has them all
LINE = 20  # pixels from one line of text to the next
BAR = 26
GAP = 18
CHARACTERS = 30  # of a name in one line, so that it fits a phone beside the figure at the right
DIGIT = 3.0  # per cent of the width that a digit needs on a phone


@dataclass(frozen=True)
class Segment:
    measure: Measure
    value: int
    x: float  # per cent
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def holds_its_number(self) -> bool:
        return self.width >= DIGIT * (len(str(self.value)) + 1)


@dataclass(frozen=True)
class Bar:
    key: str
    lines: tuple[str, ...]  # the name
    figures: Figures
    y: int  # of the first line of text
    segments: tuple[Segment, ...]

    @property
    def bar_y(self) -> int:
        return self.y + LINE * (len(self.lines) - 1) + 8


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    height: int
    left_out: int
    measures: tuple[Measure, ...]


def draw(report: Report, labels: Mapping[str, Label]) -> Chart:
    """The rows of REPORT as bars: states as shares of the enrolled, or what was completed in the period.

    Rows that are hidden have no bar.
    """
    told = {row.key: row.figures for row in report.rows if row.figures is not None}
    happened = report.filters.basis is Basis.HAPPENED
    rows = [key for key, figures in told.items() if figures[Measure.ENROLLED] or happened]
    kept = sorted(rows, key=lambda key: -told[key][Measure.ENROLLED])[:MOST_BARS]
    most = max((told[key][Measure.COMPLETED] for key in kept), default=0)
    bars: list[Bar] = []
    y = LINE
    for key in (key for key in rows if key in set(kept)):
        label = labels[key]
        text = f"{label.name} ({label.code})" if label.code else label.name
        lines = tuple(textwrap.wrap(text, CHARACTERS)) or (key,)
        bar = Bar(key, lines, told[key], y, _segments(told[key], report.filters.basis, most))
        bars.append(bar)
        y = bar.bar_y + BAR + GAP + LINE
    measures = (Measure.COMPLETED,) if happened else STATES
    return Chart(tuple(bars), y - LINE, len(rows) - len(kept), measures)


def _segments(figures: Figures, basis: Basis, most: int) -> tuple[Segment, ...]:
    if basis is Basis.HAPPENED:
        value = figures[Measure.COMPLETED]
        return (Segment(Measure.COMPLETED, value, 0, 100 * value / most),) if value else ()
    found = []
    x = 0.0
    for measure in STATES:
        width = 100 * figures[measure] / figures[Measure.ENROLLED]
        if width:
            found.append(Segment(measure, figures[measure], x, width))
        x += width
    return tuple(found)
