"""The trend as a drawing that stands alone, for paper: an SVG with its own colours and words."""

from __future__ import annotations

from xml.sax.saxutils import escape

from flask_babel import format_date

from near_learn.reports import names
from near_learn.reports.lines import HEIGHT, TOP, Line, Trend
from near_learn.reports.measures import Measure

WIDTH = 900
FONT = 'font-family="Libertinus Serif" font-size="16"'
LOOKS = {
    Measure.ENROLLED: ("#7d7a70", "2 4"),
    Measure.STARTED: ("#9a4a1c", "8 4"),
    Measure.COMPLETED: ("#0f5b57", ""),
}


def svg(trend: Trend) -> str:
    """The lines of TREND with a legend above them."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -30 {WIDTH} {TOP + HEIGHT + 58}">',
        *(_grid(value, y) for value, y in trend.grid),
        *(_line(line) for line in trend.lines),
        *(_legend(number, line.measure) for number, line in enumerate(trend.lines)),
        *(
            f'<text {FONT} fill="#566160" text-anchor="{anchor}" x="{_x(x, anchor)}" y="{TOP + HEIGHT + 22}">'
            f"{escape(str(format_date(month.first, 'LLL yyyy')))}</text>"
            for month, x, anchor in trend.months
        ),
        "</svg>",
    ]
    return "".join(parts)


def words(trend: Trend) -> str:
    """What the drawing shows, in words: each figure, month by month."""
    return " ".join(
        f"{names.MEASURES[line.measure]}: "
        + ", ".join(
            f"{format_date(p.month.first, 'LLL yyyy')} {'≥ ' if p.at_least else ''}{p.value}"
            for p in line.points
        )
        + "."
        for line in trend.lines
    )


def _x(place: float, anchor: str) -> int:
    return {"start": 0, "end": WIDTH}.get(anchor, round(WIDTH * place / 100))


def _grid(value: int, y: float) -> str:
    return (
        f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#dcd7cc"/>'
        f'<text {FONT} fill="#566160" x="0" y="{y - 4:.1f}">{value}</text>'
    )


def _line(line: Line) -> str:
    colour, dashes = LOOKS[line.measure]
    points = " ".join(f"{WIDTH * point.x / 100:.1f},{point.y:.1f}" for point in line.points)
    dots = "".join(
        f'<circle cx="{WIDTH * point.x / 100:.1f}" cy="{point.y:.1f}" r="4" '
        f'fill="{"#ffffff" if point.at_least else colour}" stroke="{colour}"/>'
        for point in line.points
    )
    look = f'fill="none" stroke="{colour}" stroke-width="2.5" {_dashed(dashes)}'
    return f'<polyline {look} points="{points}"/>{dots}'


def _legend(number: int, measure: Measure) -> str:
    colour, dashes = LOOKS[measure]
    x = 150 * number
    return (
        f'<path d="M{x} -17h34" stroke="{colour}" stroke-width="2.5" {_dashed(dashes)}/>'
        f'<circle cx="{x + 17}" cy="-17" r="4" fill="{colour}"/>'
        f'<text {FONT} fill="#20292a" x="{x + 42}" y="-12">{escape(str(names.MEASURES[measure]))}</text>'
    )


def _dashed(dashes: str) -> str:
    return f'stroke-dasharray="{dashes}"' if dashes else ""
