"""What the figures mean: for each name, the condition under which a row counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, literal, or_, true

from near_learn.reports.facts import Condition, Facts
from near_learn.reports.filters import Basis


class Measure(StrEnum):
    """A figure that counts registrations (or registrations × modules), in the order of the table."""

    ENROLLED = "enrolled"
    NOT_STARTED = "not_started"
    STARTED = "started"
    ACTIVE = "active"
    DROPPED_OUT = "dropped_out"
    COMPLETED = "completed"
    PASSED = "passed"
    SCORED = "scored"


# These four are all of the enrolled, each counted once.
STATES = (Measure.COMPLETED, Measure.ACTIVE, Measure.DROPPED_OUT, Measure.NOT_STARTED)
EVENTS = (Measure.ENROLLED, Measure.STARTED, Measure.COMPLETED, Measure.PASSED)


def of_basis(basis: Basis) -> tuple[Measure, ...]:
    """The figures that a report with this basis has."""
    return tuple(Measure) if basis is Basis.ENROLLED else EVENTS


def conditions(facts: Facts) -> Mapping[Measure, Condition]:
    """For each measure of the report, when a row counts."""
    if facts.filters.basis is Basis.HAPPENED:
        return _events(facts)
    return _standing(facts)


def population(facts: Facts) -> Condition:
    """The rows the report speaks of: those that at least one figure counts."""
    return or_(*conditions(facts).values())


def _standing(facts: Facts) -> Mapping[Measure, Condition]:
    """How registrations that began in the period stand at the report's moment."""
    row = facts.rows.c
    began = _in_period(facts, row.enrolled_at)
    meanings = _states(facts) | {
        Measure.ENROLLED: true(),
        Measure.STARTED: ~_states(facts)[Measure.NOT_STARTED],
        Measure.PASSED: row.passed_at.is_not(None),
        Measure.SCORED: and_(row.first_score.is_not(None), row.best_score.is_not(None)),
    }
    return {measure: and_(began, meanings[measure]) for measure in Measure}


def _states(facts: Facts) -> dict[Measure, Condition]:
    """The four states, of which each row is in exactly one."""
    row = facts.rows.c
    completed = row.completed_at.is_not(None)
    # Completed without a start happens when only that statement arrived from outside.
    started = or_(row.started_at.is_not(None), completed)
    silent = row.last_at < facts.filters.as_of.silent_since
    return {
        Measure.COMPLETED: completed,
        Measure.ACTIVE: and_(started, ~completed, ~silent),
        Measure.DROPPED_OUT: and_(started, ~completed, silent),
        Measure.NOT_STARTED: ~started,
    }


def state(facts: Facts) -> ColumnElement[str]:
    """The name of the state that a row is in."""
    return case(*((condition, literal(measure.value)) for measure, condition in _states(facts).items()))


def _events(facts: Facts) -> Mapping[Measure, Condition]:
    """What happened in the period, whenever the registration began."""
    row = facts.rows.c
    times = {
        Measure.ENROLLED: row.enrolled_at,
        Measure.STARTED: row.started_at,
        Measure.COMPLETED: row.completed_at,
        Measure.PASSED: row.passed_at,
    }
    return {measure: and_(time.is_not(None), _in_period(facts, time)) for measure, time in times.items()}


def _in_period(facts: Facts, time: ColumnElement[datetime]) -> Condition:
    since, until = facts.filters.since, facts.filters.until
    limits: list[Condition] = [true()]
    if since is not None:
        limits.append(time >= since)
    if until is not None:
        limits.append(time < until)
    return and_(*limits)
