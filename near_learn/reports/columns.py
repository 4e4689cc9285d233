"""The columns of a file: their names, which stay, what each holds, and how a spreadsheet shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum, auto

from flask_babel import LazyString, lazy_gettext

from near_learn.reports.completion import Figures, Report
from near_learn.reports.filters import By, Filters, level_of
from near_learn.reports.measures import Measure
from near_learn.reports.names import EDITION, Label
from near_learn.spreadsheet import Value


class Kind(Enum):
    """What a cell is to a spreadsheet."""

    TEXT = auto()
    COUNT = auto()
    SHARE = auto()
    DAY = auto()
    MOMENT = auto()
    MINUTES = auto()


class RowType(StrEnum):
    """What a line of a file is."""

    ROW = "row"
    APART = "not_told_apart"
    TOTAL = "total"


@dataclass(frozen=True)
class Line:
    """A row of the report, those not told apart, or the total, with everything a column may tell."""

    report: Report
    key: str
    label: Label
    figures: Figures | None  # None: hidden
    short: frozenset[Measure] = frozenset()  # figures that are "at least"
    type: RowType = RowType.ROW

    @property
    def filters(self) -> Filters:
        return self.report.filters

    @property
    def counted(self) -> str:
        """ "exact", "at_least" when a figure is short of people, or "hidden"."""
        if self.figures is None:
            return "hidden"
        return "at_least" if self.short else "exact"


Typed = Value | date | datetime


@dataclass(frozen=True)
class Column:
    """`value` may be a date or a moment; what does not apply is None or an empty text."""

    name: str
    kind: Kind
    meaning: LazyString
    value: Callable[[Line], Typed]

    def plain(self, line: Line) -> Value:
        """The value where there are texts and numbers only: dates as ISO 8601 writes them."""
        found = self.value(line)
        if isinstance(found, datetime):
            return found.isoformat(timespec="seconds")
        return found.isoformat() if isinstance(found, date) else found


def _count(name: str, measure: Measure, meaning: LazyString) -> Column:
    return _figure(name, Kind.COUNT, meaning, lambda figures: figures.counts.get(measure))


def _figure(name: str, kind: Kind, meaning: LazyString, value: Callable[[Figures], Value]) -> Column:
    """A column that a hidden row leaves empty."""
    return Column(name, kind, meaning, lambda line: None if line.figures is None else value(line.figures))


def _text(name: str, meaning: LazyString, value: Callable[[Line], Typed]) -> Column:
    return Column(name, Kind.TEXT, meaning, value)


def _as_of(line: Line) -> datetime:
    return line.filters.as_of.moment.astimezone(line.filters.as_of.zone)


def _counted_at(line: Line) -> datetime:
    return (line.report.counted_at or line.filters.as_of.moment).astimezone(line.filters.as_of.zone)


ALL: tuple[Column, ...] = (
    _text(
        "row_type",
        lazy_gettext(
            "“row”; “not_told_apart” for people of groups too small to be told apart; "
            "“total” for the last line"
        ),
        lambda line: line.type.value,
    ),
    _text("by", lazy_gettext("what a row stands for"), lambda line: line.filters.by.value),
    _text(
        "code",
        lazy_gettext(
            "the NUTS code or the id of what the row stands for; empty for “not stated” and the total"
        ),
        lambda line: line.key,
    ),
    _text("name", lazy_gettext("its name, in the language of the file"), lambda line: line.label.name),
    Column(
        "nuts_level",
        Kind.COUNT,
        lazy_gettext("the level of this row's region, 0 to 3"),
        lambda line: level_of(line.key) if line.filters.by is By.REGION and line.key else None,
    ),
    Column(
        "nuts_rollup",
        Kind.COUNT,
        lazy_gettext("the level that regions were rolled up to"),
        lambda line: line.filters.rollup if line.filters.by is By.REGION else None,
    ),
    _text("nuts_edition", lazy_gettext("the edition of the NUTS codes"), lambda _line: EDITION),
    _text(
        "unit",
        lazy_gettext(
            "what is counted: “registration”, or “registration_module” (a registration once per module)"
        ),
        lambda line: "registration_module" if line.filters.unit_is_module else "registration",
    ),
    _text(
        "basis",
        lazy_gettext(
            "what the period chooses: “enrolled” (who began in it) or “happened” (what happened in it)"
        ),
        lambda line: line.filters.basis.value,
    ),
    Column(
        "period_from",
        Kind.DAY,
        lazy_gettext("first day of the period; empty for no limit"),
        lambda line: line.filters.start,
    ),
    Column(
        "period_to",
        Kind.DAY,
        lazy_gettext("last day of the period, included; empty for no limit"),
        lambda line: line.filters.end,
    ),
    Column("as_of", Kind.MOMENT, lazy_gettext("the moment of the report"), _as_of),
    Column("counted_at", Kind.MOMENT, lazy_gettext("the state of the records that was counted"), _counted_at),
    Column(
        "dropout_days",
        Kind.COUNT,
        lazy_gettext("days of silence after which a registration counts as dropped out"),
        lambda line: line.filters.as_of.dropout_days,
    ),
    _text(
        "territory",
        lazy_gettext("the region of the manager who made the file; empty for everywhere"),
        lambda line: line.filters.territory,
    ),
    _text("filter_region", lazy_gettext("the region that was chosen"), lambda line: line.filters.region),
    _text("filter_course", lazy_gettext("the course that was chosen"), lambda line: line.filters.course),
    _text("filter_module", lazy_gettext("the module that was chosen"), lambda line: line.filters.module),
    _text(
        "filter_release",
        lazy_gettext("the release of the course that was chosen"),
        lambda line: line.filters.release,
    ),
    _text(
        "filter_organisation",
        lazy_gettext("the organisation that was chosen"),
        lambda line: line.filters.organisation,
    ),
    _text("filter_cohort", lazy_gettext("the cohort that was chosen"), lambda line: line.filters.cohort),
    _text(
        "filter_course_language",
        lazy_gettext("the language of learning that was chosen"),
        lambda line: line.filters.language,
    ),
    Column(
        "small_group",
        Kind.COUNT,
        lazy_gettext("groups of fewer persons than this are not told apart"),
        lambda line: line.report.least,
    ),
    _text(
        "counted",
        lazy_gettext(
            "“exact”; “at_least” when some people of this row are only in “not_told_apart”; "
            "“hidden” when all are"
        ),
        lambda line: line.counted,
    ),
    _text(
        "at_least",
        lazy_gettext("the columns of this line that are lower bounds, with spaces between them"),
        lambda line: " ".join(measure.value for measure in Measure if measure in line.short),
    ),
    _count(
        "enrolled",
        Measure.ENROLLED,
        lazy_gettext("registrations (basis “happened”: enrolments in the period)"),
    ),
    _figure(
        "persons",
        Kind.COUNT,
        lazy_gettext("different persons among them; in the total not the sum of the rows"),
        lambda figures: figures.persons,
    ),
    _count("not_started", Measure.NOT_STARTED, lazy_gettext("nothing opened yet")),
    _count(
        "started",
        Measure.STARTED,
        lazy_gettext("something opened (basis “happened”: first starts in the period)"),
    ),
    _count(
        "active",
        Measure.ACTIVE,
        lazy_gettext("started, not completed, not silent for longer than dropout_days"),
    ),
    _count(
        "dropped_out",
        Measure.DROPPED_OUT,
        lazy_gettext("started, not completed, silent for longer than dropout_days"),
    ),
    _count(
        "completed",
        Measure.COMPLETED,
        lazy_gettext("every module completed (basis “happened”: completions in the period)"),
    ),
    _count(
        "passed",
        Measure.PASSED,
        lazy_gettext("every module's quiz passed too (basis “happened”: passes in the period)"),
    ),
    _figure(
        "completion_rate",
        Kind.SHARE,
        lazy_gettext("completed / enrolled, from 0 to 1"),
        lambda figures: figures.rate,
    ),
    _count("scored", Measure.SCORED, lazy_gettext("registrations with at least one score")),
    _figure(
        "mean_first_score",
        Kind.SHARE,
        lazy_gettext("mean score of the first attempts at quizzes, from 0 to 1"),
        lambda figures: figures.mean_first,
    ),
    _figure(
        "mean_best_score",
        Kind.SHARE,
        lazy_gettext("mean of the best scores at quizzes, from 0 to 1"),
        lambda figures: figures.mean_best,
    ),
    _figure(
        "median_minutes",
        Kind.MINUTES,
        lazy_gettext("median active time of those who completed, in minutes"),
        lambda figures: figures.median_minutes,
    ),
    _figure(
        "recorded_in_nuts_2021",
        Kind.COUNT,
        lazy_gettext("how many were recorded under a NUTS 2021 code and count under its successor"),
        lambda figures: figures.converted,
    ),
)
NAMES = tuple(column.name for column in ALL)
