"""The trend: where its points lie, and what is not drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from near_learn.reports.completion import Month
from near_learn.reports.lines import HEIGHT, MEASURES, SIDE, TOP, draw
from near_learn.reports.measures import EVENTS, Measure


def months(*numbers: int, short: frozenset[Measure] = frozenset()) -> list[Month]:
    return [
        Month(
            date(2025 + number // 12, number % 12 + 1, 1),
            dict.fromkeys(EVENTS, value),
            short if value else frozenset(),
        )
        for number, value in enumerate(numbers)
    ]


def test_points_lie_between_the_grid_lines() -> None:
    trend = draw(months(0, 5, 10, 20))
    assert trend
    assert [line.measure for line in trend.lines] == list(MEASURES)
    points = trend.lines[0].points
    assert [point.x for point in points] == pytest.approx([SIDE, 34.333, 65.667, 100 - SIDE], abs=0.01)
    assert [point.y for point in points] == [TOP + HEIGHT * share for share in (1, 0.75, 0.5, 0)]
    assert trend.grid[0] == (0, TOP + HEIGHT)
    assert trend.grid[-1] == (20, TOP)
    assert trend.lines[0].path.startswith("3.00,212.0 ")
    assert [row[0].first.month for row in trend.rows] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("most", "top"), [(1, 4), (4, 4), (5, 8), (9, 12), (13, 20), (21, 40), (41, 80), (199, 200), (201, 400)]
)
def test_the_grid_ends_at_a_round_number(most: int, top: int) -> None:
    trend = draw(months(0, most))
    assert trend
    assert trend.grid[-1][0] == top
    assert [value for value, _ in trend.grid] == [top * quarter // 4 for quarter in range(5)]


def test_empty_months_before_the_first_are_left_away() -> None:
    trend = draw(months(0, 0, 0, 0, 3, 4))
    assert trend
    assert [month.first.month for month, _ in trend.rows] == [4, 5, 6]


def test_first_and_last_month_are_written_and_few_between() -> None:
    trend = draw(months(*range(1, 26)))
    assert trend
    written = [(month.first, anchor) for month, _, anchor in trend.months]
    assert written[0] == (date(2025, 1, 1), "start")
    assert written[-1] == (date(2027, 1, 1), "end")
    assert len(written) <= 4


@pytest.mark.parametrize("numbers", [(), (3,), (0, 0, 0)])
def test_nothing_to_draw(numbers: tuple[int, ...]) -> None:
    assert draw(months(*numbers)) is None


def test_a_figure_that_is_mostly_missing_has_no_line() -> None:
    some = months(3, 4, 5, short=frozenset({Measure.ENROLLED}))
    found = [replace(month, counts=month.counts | {Measure.ENROLLED: 1}) for month in some]
    trend = draw(found)
    assert trend
    assert [line.measure for line in trend.lines] == [Measure.STARTED, Measure.COMPLETED]
    assert trend.left_out == (Measure.ENROLLED,)
    assert not trend.marked


def test_lower_bounds_are_marked() -> None:
    trend = draw(months(3, 4, 5, short=frozenset({Measure.ENROLLED})))
    assert trend
    assert trend.marked
    assert [point.at_least for point in trend.lines[0].points] == [True] * 3
