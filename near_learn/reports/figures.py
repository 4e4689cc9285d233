"""What a report says: its rows, its total, and where people are not told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from near_learn.reports.filters import Filters
from near_learn.reports.measures import Measure


@dataclass(frozen=True)
class Figures:
    """The numbers of one row. The sums are of the scores (0 to 1) of `graded` quizzes: a registration has
    one for each module of which it has a score."""

    counts: dict[Measure, int]
    persons: int | None  # different ones among the enrolled; None when that cannot be told
    converted: int | None  # recorded under a code of NUTS 2021 that 2024 has no more, counted under its
    # successor; None: there are some, but how many would tell of too few
    first_sum: float = 0.0
    best_sum: float = 0.0
    graded: int = 0  # quizzes of too few persons are not among them
    median_minutes: float | None = (
        None  # active time of those who completed; None: too few, or no such figure
    )

    def __getitem__(self, measure: Measure) -> int:
        return self.counts[measure]

    @property
    def rate(self) -> float | None:
        """Completed of the enrolled, 0 to 1; None when nobody is enrolled or the report counts events."""
        if Measure.SCORED not in self.counts or not self.counts[Measure.ENROLLED]:
            return None
        return self.counts[Measure.COMPLETED] / self.counts[Measure.ENROLLED]

    @property
    def mean_first(self) -> float | None:
        """Mean score of the first attempts, 0 to 1; None when there is none."""
        return self._mean(self.first_sum)

    @property
    def mean_best(self) -> float | None:
        """Mean of the best scores, 0 to 1; None when there is none."""
        return self._mean(self.best_sum)

    def _mean(self, total: float) -> float | None:
        return total / self.graded if self.graded else None


@dataclass(frozen=True)
class Row:
    """The figures of a NUTS code, course, course/module, course/release, cohort, organisation, language or
    month; the key "" is "not stated".

    FIGURES is None for a row that is hidden: all its people are counted in "not told apart" or nowhere.
    SHORT are the figures that are "at least": people of this row stand in "not told apart", or are too few
    at the border of what was chosen to be counted at all.
    """

    key: str
    figures: Figures | None
    short: frozenset[Measure] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether the row has all its people. Only then may a list lead from it to them."""
        return self.figures is not None and not self.short


@dataclass(frozen=True)
class Report:
    """The rows and `apart` ("not told apart": people of several rows; None: nobody) make the total."""

    filters: Filters
    rows: tuple[Row, ...]
    total: Figures
    apart: Figures | None = None
    short: frozenset[Measure] = frozenset()  # figures of the total that lack people at the border
    least: int = 1  # how many persons a group has at least; 1: no group is protected
    counted_at: datetime | None = None  # the state of the records; None: the moment of the report

    @property
    def whole(self) -> bool:
        """Whether everybody whom the filters choose is in the total."""
        return not self.short


@dataclass(frozen=True)
class Total:
    """How many there are in all, of which periods are compared; SHORT as in a report."""

    figures: Figures
    short: frozenset[Measure]


@dataclass(frozen=True)
class Month:
    """What happened in a month: enrolments, starts, completions and passes; SHORT as in a row."""

    first: date
    counts: dict[Measure, int]
    short: frozenset[Measure] = frozenset()
