"""The geometry of the bars, and that nothing in the drawing needs a style attribute."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from near_learn.reports.chart import MOST_BARS, draw
from near_learn.reports.completion import Figures, Report, Row
from near_learn.reports.filters import Basis, Filters
from near_learn.reports.measures import STATES, Measure, of_basis
from near_learn.reports.names import Label

Ask = Callable[..., Filters]


def figures(basis: Basis = Basis.ENROLLED, **counts: int) -> Figures:
    return Figures(
        dict.fromkeys(of_basis(basis), 0) | {Measure(name): count for name, count in counts.items()}, 0, 0
    )


def drawn(filters: Filters, *rows: Figures) -> Report:
    return Report(filters, tuple(Row(f"R{number:03}", one) for number, one in enumerate(rows)), figures())


def labels(report: Report, name: str = "Name") -> dict[str, Label]:
    return {row.key: Label(name, row.key) for row in report.rows}


def test_the_segments_fill_the_bar_without_gap_or_overlap(ask: Ask) -> None:
    report = drawn(ask(), figures(enrolled=7, completed=3, active=1, dropped_out=2, not_started=1))
    (bar,) = draw(report, labels(report)).bars
    assert [segment.measure for segment in bar.segments] == list(STATES)
    assert [segment.value for segment in bar.segments] == [3, 1, 2, 1]
    end = 0.0
    for segment in bar.segments:
        assert segment.x == pytest.approx(end)
        end = segment.x + segment.width
    assert end == pytest.approx(100)


def test_a_state_without_anybody_has_no_segment(ask: Ask) -> None:
    report = drawn(ask(), figures(enrolled=2, completed=2))
    (bar,) = draw(report, labels(report)).bars
    assert [(segment.x, segment.width) for segment in bar.segments] == [(0, 100)]


@pytest.mark.parametrize(("completed", "shown"), [(1, False), (7, True), (50, True)])
def test_a_number_stands_only_where_it_fits(ask: Ask, completed: int, shown: bool) -> None:
    report = drawn(ask(), figures(enrolled=100, completed=completed, not_started=100 - completed))
    (bar,) = draw(report, labels(report)).bars
    assert bar.segments[0].holds_its_number is shown


def test_long_names_take_several_lines_and_push_the_next_bar_down(ask: Ask) -> None:
    report = drawn(ask(), figures(enrolled=1, completed=1), figures(enrolled=1, completed=1))
    short, long = (
        draw(report, labels(report, name)) for name in ("Name", "Sächsische Schweiz-Osterzgebirge und mehr")
    )
    assert len(long.bars[0].lines) == 2
    assert long.bars[1].y == short.bars[1].y + 20
    assert long.height == short.height + 40


def test_many_rows_leave_the_smallest_to_the_table(ask: Ask) -> None:
    many = [figures(enrolled=number, not_started=number) for number in range(1, MOST_BARS + 6)]
    report = drawn(ask(), *many)
    chart = draw(report, labels(report))
    assert (len(chart.bars), chart.left_out) == (MOST_BARS, 5)
    assert min(bar.figures[Measure.ENROLLED] for bar in chart.bars) == 6
    assert [bar.key for bar in chart.bars] == sorted(bar.key for bar in chart.bars)


def test_events_are_drawn_against_the_largest_number_of_completions(ask: Ask) -> None:
    basis = Basis.HAPPENED
    rows = [figures(basis, completed=4), figures(basis, completed=1), figures(basis, enrolled=3)]
    report = drawn(ask(basis=basis), *rows)
    chart = draw(report, labels(report))
    assert [[segment.width for segment in bar.segments] for bar in chart.bars] == [[100], [25], []]


def test_a_report_about_nobody_has_no_bars(ask: Ask) -> None:
    report = drawn(ask())
    assert draw(report, {}).bars == ()
