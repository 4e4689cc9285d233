"""The report's table on the page: which rows it shows, and what stands in each cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from urllib.parse import urlencode

from flask import url_for
from flask_babel import get_locale, gettext

from near_learn.paging import part
from near_learn.reports import names
from near_learn.reports.blueprint import here, share, whole_number
from near_learn.reports.completion import Figures, Report, Row
from near_learn.reports.filters import Basis, By
from near_learn.reports.measures import EVENTS, Measure
from near_learn.reports.names import Label

ROWS = 100  # on a page
NOTHING = "–"
# The order of the columns: these counts, then the rate, then those; the means have none.
BEFORE_RATE = tuple(measure for measure in Measure if measure not in (Measure.PASSED, Measure.SCORED))
ORDERED_BY_NAME = (By.COHORT, By.ORGANISATION)


@dataclass(frozen=True)
class Cell:
    """A figure: its text, where a click on it leads, and how that is said; or that it is a lower bound."""

    text: str
    href: str = ""
    label: str = ""
    at_least: bool = False
    hint: str = ""


HIDDEN = Cell("")  # the figure lacks everybody


@dataclass(frozen=True)
class Page:
    """Some rows of a report; `others` are the sums of those on other pages, so that what is shown adds up."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    others: Figures | None = None
    short: frozenset[Measure] = frozenset()  # figures of the others that are "at least"
    elsewhere: int = 0  # how many rows are on other pages


def page(rows: Sequence[Row], number: int) -> Page:
    """The page NUMBER of ROWS, or the last one when there are not as many."""
    shown = part(number, len(rows), ROWS)
    elsewhere = [*rows[: shown.before], *rows[shown.before + ROWS :]]
    figures = [row.figures for row in elsewhere if row.figures is not None]
    others = reduce(_plus, figures) if figures else None
    short = frozenset[Measure]().union(*(row.short for row in elsewhere))
    return Page(tuple(shown.of(rows)), shown.number, shown.parts, others, short, len(elsewhere))


def _plus(one: Figures, other: Figures) -> Figures:
    return Figures(
        {measure: value + other.counts[measure] for measure, value in one.counts.items()},
        None,
        0,
        one.first_sum + other.first_sum,
        one.best_sum + other.best_sum,
        one.graded + other.graded,
    )


def in_order(report: Report, labels: Mapping[str, Label]) -> Sequence[Row]:
    """The rows as people look for them: groups and organisations by name, all else as it is."""
    if report.filters.by not in ORDERED_BY_NAME:
        return report.rows
    return sorted(report.rows, key=lambda row: (row.key == "", labels[row.key].name.casefold(), row.key))


class Writer:
    """Writes the cells of one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        filters = report.filters
        self.standing = filters.basis is Basis.ENROLLED
        self.counts = BEFORE_RATE if self.standing else EVENTS
        total = report.total
        self.with_persons = (
            total.persons is not None
            and total.persons != total[Measure.ENROLLED]
            and not filters.unit_is_module
        )
        self.columns = len(self.counts) + self.with_persons + (6 if self.standing else 0)
        # Addresses differ in their last parameter only, and making each from the start takes its time.
        base = url_for("reports.registrations")
        self.lists = {measure: f"{base}?{urlencode(here(filters, measure, None))}" for measure in Measure}
        self.called = {measure: str(names.MEASURES[measure]).lower() for measure in Measure}
        self.of_whole = gettext("%(part)s of %(whole)s", part="{part}", whole="{whole}")
        self.locale = str(get_locale())

    def cells(
        self,
        figures: Figures,
        name: str,
        group: str | None,
        short: Collection[Measure] = (),
        *,
        leads: bool = False,
    ) -> list[Cell]:
        """The cells of a row; those that LEAD, lead to the list behind the figure of GROUP (None: of all)."""

        def count(measure: Measure) -> Cell:
            value = figures[measure]
            if measure in short:
                return Cell(self._number(value), at_least=True) if value else HIDDEN
            text = self._number(value)
            if not (value and leads):
                return Cell(text)
            href = self.lists[measure]
            if group is not None:
                href = f"{href}&{urlencode({'group': group})}"
            return Cell(text, href, f"{text} {self.called[measure]}, {name}")

        found = [count(measure) for measure in self.counts]
        if self.with_persons:
            persons = NOTHING if figures.persons is None else self._number(figures.persons)
            found.insert(1, Cell(persons))
        if self.standing:
            found += [self._rate(figures), count(Measure.PASSED)]
            found += [Cell(share(figures.mean_first)), Cell(share(figures.mean_best)), count(Measure.SCORED)]
            minutes = figures.median_minutes
            found.append(Cell(NOTHING if minutes is None else self._number(round(minutes))))
        return found

    def _rate(self, figures: Figures) -> Cell:
        if figures.rate is None:
            return Cell(share(None))
        completed, enrolled = figures[Measure.COMPLETED], figures[Measure.ENROLLED]
        hint = self.of_whole.format(part=self._number(completed), whole=self._number(enrolled))
        return Cell(share(figures.rate), hint=hint)

    def _number(self, value: int) -> str:
        return whole_number(value, self.locale)
