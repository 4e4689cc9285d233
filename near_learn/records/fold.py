"""How events make progress: pure functions, applied to the events of a registration in stored order.

Events may arrive late and in any order (a phone without a network), so beginnings are the earliest time
stated, endings of learning (completed, passed) too, and bookmarks follow the latest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from near_learn.records.event import Event

# A gap between two events of a module counts as learning for at most this long: longer, and somebody has
# left the page open.
LONGEST_GAP = timedelta(minutes=15)

# Sections that one module can have been seen of; a statement from outside cannot make the row grow for ever.
MOST_SECTIONS = 200

# These say something about a registration without anybody learning.
NOT_LEARNING = frozenset({"registered", "launched", "waived", "satisfied", "abandoned"})


# These may make an attempt: a quiz passed or failed, a test scored, a survey completed.
MAKING_ATTEMPTS = frozenset({"passed", "failed", "scored", "completed"})


@dataclass
class RegistrationRow:
    registration: str
    actor: str
    course: str
    release: str
    region: str
    nuts: str
    language: str
    organisation: str
    cohort: str
    enrolled_at: datetime
    last_at: datetime
    released_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    passed_at: datetime | None = None


@dataclass
class ModuleRow:
    registration: str
    module: str
    started_at: datetime
    last_at: datetime
    open_since: datetime | None = None
    section: str = ""
    seen: list[str] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    progress: float = 0.0
    completed_at: datetime | None = None
    passed_at: datetime | None = None
    attempts: int = 0
    first_score: float | None = None
    best_score: float | None = None
    seconds: float = 0.0
    session_seconds: float = 0.0


@dataclass
class AttemptRow:
    registration: str
    module: str
    number: int
    at: datetime
    scaled: float | None
    raw: float | None
    max: float | None
    success: bool | None
    seconds: float | None
    release: str
    statement_id: str


@dataclass
class AnswerRow:
    registration: str
    module: str
    question: str
    attempt: int
    at: datetime
    response: str = ""
    success: bool | None = None
    score: float | None = None
    seconds: float | None = None
    tries: int = 0
    release: str = ""
    statement_id: str = ""


@dataclass
class State:
    """The rows of one registration, and which of them the events have changed."""

    row: RegistrationRow
    modules: dict[str, ModuleRow] = field(default_factory=dict)
    attempts: dict[tuple[str, int], AttemptRow] = field(default_factory=dict)
    answers: dict[tuple[str, str, int], AnswerRow] = field(default_factory=dict)
    changed_modules: set[str] = field(default_factory=set)
    changed_attempts: set[tuple[str, int]] = field(default_factory=set)
    changed_answers: set[tuple[str, str, int]] = field(default_factory=set)
    moved: bool = False  # an event has put the registration on another release
    noted: bool = False  # the database knows that it has changed since reports were last counted
    # What the database has: the values of the registration under "", those of modules under their names.
    kept: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def attempts_of(self, module: str) -> list[AttemptRow]:
        """The attempts at the module's quiz, by number."""
        return [row for (of, _), row in sorted(self.attempts.items()) if of == module]

    def done(self, modules: tuple[str, ...], *, passed: bool) -> bool:
        """Whether every one of the modules is completed, and passed if that is asked."""
        rows = [self.modules.get(module) for module in modules]
        return bool(rows) and all(
            row is not None and row.completed_at and (row.passed_at or not passed) for row in rows
        )


def fold(state: State | None, event: Event) -> State:
    """The state after the event; None is the state before the first one.

    A registration belongs to the person and the course of its first event. Events under the same
    registration about somebody else or another course don't count.
    """
    if state is None:
        state = State(_begin(event))
    row = state.row
    if event.actor != row.actor or event.place.course != row.course:
        return state
    _registration(row, event)
    _release(state, event)
    if event.place.module:
        _module(state, event)
    return state


def _begin(event: Event) -> RegistrationRow:
    return RegistrationRow(
        registration=event.registration,
        actor=event.actor,
        course=event.place.course,
        release=event.release,
        region=event.region,
        nuts=event.nuts if event.region else "",
        language=event.language,
        organisation=event.organisation,
        cohort=event.cohort,
        enrolled_at=event.at,
        last_at=event.at,
    )


def _registration(row: RegistrationRow, event: Event) -> None:
    row.enrolled_at = _earlier(row.enrolled_at, event.at)
    row.last_at = max(row.last_at, event.at)
    row.language = row.language or event.language
    if event.region and not row.region:
        # Begun elsewhere by a player without our extensions: the first statement that has them decides.
        row.region, row.nuts = event.region, event.nuts
        row.organisation, row.cohort = row.organisation or event.organisation, row.cohort or event.cohort
    if event.verb not in NOT_LEARNING:
        row.started_at = _earlier(row.started_at, event.at)
    if not event.place.module:
        if event.verb == "completed":
            row.completed_at = _earlier(row.completed_at, event.at)
        elif event.verb == "satisfied":
            row.passed_at = _earlier(row.passed_at, event.at)
            if event.settles:
                row.completed_at = _earlier(row.completed_at, event.at)


def _release(state: State, event: Event) -> None:
    """Who registers again under the same registration moves to another release; the latest one holds.

    A release that only other statements name holds until a `registered` names one.
    """
    row = state.row
    if not event.release:
        return
    before = row.release
    if event.verb == "registered" and not event.place.module:
        if row.released_at is None or event.at >= row.released_at:
            row.release, row.released_at = event.release, event.at
    elif not row.release:
        row.release = event.release
    state.moved |= row.release != before


def _module(state: State, event: Event) -> None:
    name = event.place.module
    if event.verb in NOT_LEARNING:
        return
    row = state.modules.get(name)
    if row is None:
        row = state.modules[name] = ModuleRow(event.registration, name, event.at, event.at)
    state.changed_modules.add(name)
    latest = event.at >= row.last_at
    _time(row, event)
    row.progress = max(row.progress, event.progress or 0.0)
    if event.place.question:
        if event.verb == "answered":
            _answer(state, event)
        return
    if event.verb == "initialized" and latest:
        row.open_since, row.session_seconds = event.at, 0.0
    elif event.verb == "terminated" and row.open_since is not None and event.at >= row.open_since:
        row.open_since = None
    elif event.verb == "progressed":
        _bookmark(row, event, latest=latest)
    elif event.verb in ("passed", "failed", "scored"):
        _attempt(state, row, event)
        if event.settles:
            row.completed_at, row.progress = _earlier(row.completed_at, event.at), 1.0
    elif event.verb == "completed":
        row.completed_at, row.progress = _earlier(row.completed_at, event.at), 1.0
        if event.attempt is not None and (name, event.attempt) not in state.attempts:
            # A survey has no result but that it was handed in.
            _attempt(state, row, event)


def _time(row: ModuleRow, event: Event) -> None:
    """Counts the time since the event before, unless the module had been left or the event comes late."""
    if event.at > row.last_at and row.open_since is not None:
        gap = min(event.at - row.last_at, LONGEST_GAP).total_seconds()
        row.seconds += gap
        row.session_seconds += gap
    row.started_at = min(row.started_at, event.at)
    row.last_at = max(row.last_at, event.at)


def _bookmark(row: ModuleRow, event: Event, *, latest: bool) -> None:
    if not event.section:
        return
    if latest:
        row.section = event.section
    if event.section in row.seen:
        row.again = {**row.again, event.section: row.again.get(event.section, 0) + 1}
    elif len(row.seen) < MOST_SECTIONS:
        row.seen = [*row.seen, event.section]


def _attempt(state: State, row: ModuleRow, event: Event) -> None:
    number = event.attempt
    if number is None or _taken(state, row.module, number):
        number = max((of.number for of in state.attempts_of(row.module)), default=0) + 1
    key = (row.module, number)
    passed = {"passed": True, "failed": False}.get(event.verb)
    state.attempts[key] = AttemptRow(
        event.registration, row.module, number, event.at, event.scaled, event.raw, event.max,
        passed, event.seconds, event.release, event.id,
    )  # fmt: skip
    state.changed_attempts.add(key)
    if passed:
        row.passed_at = _earlier(row.passed_at, event.at)
    made = state.attempts_of(row.module)
    scores = [of.scaled for of in made if of.scaled is not None]
    row.attempts = len(made)
    row.first_score = min(made, key=lambda of: (of.at, of.number)).scaled
    row.best_score = max(scores, default=None)


def _taken(state: State, module: str, number: int) -> bool:
    """Whether the attempt has its result; one that was merely completed may still be given one."""
    made = state.attempts.get((module, number))
    return made is not None and (made.success is not None or made.scaled is not None)


def _answer(state: State, event: Event) -> None:
    key = (event.place.module, event.place.question, event.attempt or 0)
    row = state.answers.get(key)
    if row is None:
        row = state.answers[key] = AnswerRow(event.registration, *key, at=event.at)
    state.changed_answers.add(key)
    row.tries += 1
    if event.at < row.at:
        return
    row.at, row.response, row.success = event.at, event.response, event.success
    row.score, row.seconds, row.release = event.scaled, event.seconds, event.release
    row.statement_id = event.id


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return at if known is None or at < known else known
