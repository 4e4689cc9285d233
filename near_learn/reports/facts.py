"""What is counted: one row per registration, or per registration and module, with when each thing happened.

Every figure of a report and every list behind a figure is a query over these rows, with the same conditions.
That is why they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    TableValuedAlias,
    and_,
    exists,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from near_learn.people.region import RegionChange
from near_learn.records.progress import module_progress, registration, release
from near_learn.reports.filters import By, Filters
from near_learn.reports.tally.tables import entry, place

# SQL functions that turn a JSON list into rows with the column "value".
JSON_ROWS = {"sqlite": "json_each", "postgresql": "json_array_elements_text"}

Condition = ColumnElement[bool]
Within = Callable[[ColumnElement[str], ColumnElement[str]], Condition]


@dataclass(frozen=True)
class Facts:
    """The rows to count. `visible` limits the columns of recorded regions and organisations to what the
    reader may see."""

    rows: Subquery
    filters: Filters

    @property
    def key(self) -> ColumnElement[str]:
        """What makes two rows belong to the same row of the report."""
        columns = self.rows.c
        keys: dict[By, ColumnElement[str]] = {
            By.REGION: func.substr(columns.region, 1, self.filters.rollup + 2),
            By.COURSE: columns.course,
            By.MODULE: columns.course + "/" + columns.module,
            By.COHORT: columns.cohort,
            By.ORGANISATION: columns.organisation,
            By.LANGUAGE: columns.language,
            By.RELEASE: columns.course + "/" + columns.release,
        }
        return columns.month if self.filters.by is By.MONTH else keys[self.filters.by]


def facts(
    filters: Filters,
    visible: Within,
    dialect: str,
    *,
    scores: bool = True,
    only: Collection[str] | None = None,
) -> Facts:
    """The rows that FILTERS choose among those the reader may see. The period is for measures.py to apply.

    Without `scores` a whole course's scores are left empty, which saves the mean over all modules. `only`
    these registrations: then nothing is worked out for others.
    """
    unit = _modules(filters, dialect) if filters.unit_is_module else _courses(scores, dialect, only)
    if only is not None:
        unit = unit.where(registration.c.registration.in_(only))
    statement = unit.where(visible(registration.c.region, registration.c.organisation), *_chosen(filters))
    rows = statement.subquery("facts")
    if filters.by is By.MONTH:
        began = entry.c.registration == rows.c.registration
        rows = select(rows, entry.c.month).join_from(rows, entry, began).subquery("facts_of_months")
    if not filters.region:
        return Facts(rows, filters)
    # Compared in the edition of the report, so that a region's old code is found under its new one.
    inside = func.substr(rows.c.region, 1, len(filters.region)) == filters.region
    return Facts(select(rows).where(inside).subquery("facts_of_region"), filters)


def _chosen(filters: Filters) -> list[Condition]:
    names = ("course", "release", "organisation", "cohort", "language")
    return [registration.c[name] == value for name in names if (value := getattr(filters, name))]


def current_region() -> tuple[Subquery, ColumnElement[str]]:
    """The NUTS 2024 code of a registration's region, by way of a join with old codes that have one successor.

    A region that was divided keeps its old code: nobody can say to which part a registration belongs.
    """
    successor = (
        select(RegionChange.code_2021.label("old"), func.min(RegionChange.code_2024).label("new"))
        .group_by(RegionChange.code_2021)
        .having(func.count() == 1)
        .subquery("successor")
    )
    return successor, func.coalesce(successor.c.new, registration.c.region)


def _common(current: ColumnElement[str]) -> list[ColumnElement[Any]]:
    columns = registration.c
    return [
        columns.registration,
        columns.actor,
        columns.course,
        columns.cohort,
        columns.organisation,
        columns.language,
        columns.region.label("recorded_region"),
        current.label("region"),
        columns.enrolled_at,
        columns.last_at,
        columns.release,
    ]


def _courses(with_scores: bool, dialect: str, only: Collection[str] | None) -> Select[Any]:
    """A registration, with the means of its modules' scores."""
    successor, current = current_region()
    source = registration.outerjoin(successor, successor.c.old == registration.c.region)
    first: ColumnElement[Any] = null()
    best: ColumnElement[Any] = null()
    quizzes: ColumnElement[Any] = null()
    if with_scores:
        scores = _scores(dialect, only)
        source = source.outerjoin(scores, scores.c.registration == registration.c.registration)
        first, best, quizzes = scores.c.first_score, scores.c.best_score, scores.c.quizzes
    return select(
        *_common(current),
        literal("").label("module"),
        registration.c.started_at,
        registration.c.completed_at,
        registration.c.passed_at,
        first.label("first_score"),
        best.label("best_score"),
        quizzes.label("quizzes"),
    ).select_from(source)


def _scores(dialect: str, only: Collection[str] | None) -> Subquery:
    instruments = _instruments(dialect)
    means = (
        select(
            module_progress.c.registration,
            func.avg(module_progress.c.first_score).label("first_score"),
            func.avg(module_progress.c.best_score).label("best_score"),
            func.count().label("quizzes"),
        )
        .join(registration, registration.c.registration == module_progress.c.registration)
        .outerjoin(instruments, _is_instrument(instruments))
        # An attempt without a score says nothing about the first or the best one.
        .where(module_progress.c.first_score.is_not(None), module_progress.c.best_score.is_not(None))
        .where(instruments.c.module.is_(None))
        .group_by(module_progress.c.registration)
    )
    if only is not None:
        means = means.where(module_progress.c.registration.in_(only))
    return means.subquery("scores")


def _instruments(dialect: str) -> Subquery:
    """The tests and surveys of every course: they measure, and count for nothing."""
    item = _items(release.c.instruments, dialect)
    source = release.join(item, true())
    query = select(release.c.course, item.c.value.label("module")).select_from(source).distinct()
    return query.subquery("instruments")


def _is_instrument(instruments: Subquery) -> Condition:
    return and_(
        instruments.c.course == registration.c.course, instruments.c.module == module_progress.c.module
    )


def _items(column: ColumnElement[Any], dialect: str) -> TableValuedAlias:
    """The entries of a JSON list, as rows."""
    return func.__getattr__(JSON_ROWS[dialect])(column).table_valued("value", name="item")


def _modules(filters: Filters, dialect: str) -> Select[Any]:
    """A registration with each module of its release, and with any other module that it was active in."""
    successor, current = current_region()
    item = _items(release.c.modules, dialect)
    of_release = select(release.c.course, release.c.release, item.c.value.label("module")).select_from(
        release.join(item, true())
    )
    contents = of_release.subquery("contents")
    planned = select(registration.c.registration, contents.c.module).join(
        contents,
        and_(contents.c.course == registration.c.course, contents.c.release == registration.c.release),
    )
    known = exists().where(
        contents.c.course == registration.c.course,
        contents.c.release == registration.c.release,
        contents.c.module == module_progress.c.module,
    )
    instruments = _instruments(dialect)
    unplanned = (
        select(module_progress.c.registration, module_progress.c.module)
        .join(registration, registration.c.registration == module_progress.c.registration)
        .outerjoin(instruments, _is_instrument(instruments))
        .where(~known, instruments.c.module.is_(None))
    )
    pair = union_all(planned, unplanned).subquery("pair")
    source = (
        registration.join(pair, pair.c.registration == registration.c.registration)
        .outerjoin(
            module_progress,
            and_(
                module_progress.c.registration == pair.c.registration,
                module_progress.c.module == pair.c.module,
            ),
        )
        .outerjoin(successor, successor.c.old == registration.c.region)
    )
    statement = select(
        *_common(current),
        pair.c.module,
        module_progress.c.started_at,
        module_progress.c.completed_at,
        module_progress.c.passed_at,
        module_progress.c.first_score,
        module_progress.c.best_score,
        literal(1).label("quizzes"),
    ).select_from(source)
    return statement.where(pair.c.module == filters.module) if filters.module else statement


def recorded_regions(visible: Within) -> Select[str]:
    """The different regions of registrations, as NUTS 2024 has them where it can: those of the tally."""
    may_be_seen = visible(place.c.region, place.c.organisation)
    recorded = select(place.c.region).where(may_be_seen, place.c.region != "").distinct().subquery()
    change = RegionChange
    heir = select(func.min(change.code_2024)).where(change.code_2021 == recorded.c.region)
    only = heir.having(func.count() == 1).scalar_subquery()
    return select(func.coalesce(only, recorded.c.region)).distinct()
