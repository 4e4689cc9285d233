"""Reading the progress rows of some registrations, and writing back what has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import compress
from operator import attrgetter, ne
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Connection, Dialect, Table, delete

from near_learn.records import due, progress
from near_learn.records.event import Event
from near_learn.records.fold import MAKING_ATTEMPTS, AnswerRow, AttemptRow, ModuleRow, RegistrationRow, State
from xapi.sql import driver
from xapi.sql.chunks import chunks
from xapi.sql.lookup import Conversions, conversions, converted
from xapi.sql.upsert import put, update

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Made = TypeVar("Made", bound=DataclassInstance)
else:
    Made = TypeVar("Made")


class _Kind(Generic[Made]):
    """A table and the class of its rows, which has a field for each column, those of the key first."""

    def __init__(self, table: Table, made: type[Made]) -> None:
        self.table, self.made = table, made
        self.names = tuple(field.name for field in fields(made))
        self.values: Callable[[Made], tuple[Any, ...]] = attrgetter(*self.names)
        self.key = len(table.primary_key)
        self.listed = ", ".join(f'{table.name}."{name}"' for name in self.names)
        self.select = f"SELECT {self.listed} FROM {table.name}"  # noqa: S608 (no values)

    def query(self, connection: Connection, select: str = "", **wanted: Sequence[str]) -> driver.Query:
        """For the rows in which each of the columns has one of its values; SELECT may ask for more."""
        own = self.table.name
        found = [driver.among(connection, f"{own}.{column}", values) for column, values in wanted.items()]
        where = " AND ".join([condition for condition, _ in found])
        return f"{select or self.select} WHERE {where}", [value for _, given in found for value in given]

    def rows(self, connection: Connection, found: Iterable[driver.Row]) -> Iterator[Made]:
        """The rows that the query has found."""
        how = _conversions(connection.dialect, self.table, self.names)
        for row in found:
            yield self.made(*converted(row, how))


@lru_cache(maxsize=64)
def _conversions(dialect: Dialect, table: Table, names: tuple[str, ...]) -> Conversions:
    return conversions(dialect, [table.c[name] for name in names])


_REGISTRATION = _Kind(progress.registration, RegistrationRow)
_MODULE = _Kind(progress.module_progress, ModuleRow)
_ATTEMPT = _Kind(progress.attempt, AttemptRow)
_ANSWER = _Kind(progress.answer, AnswerRow)
# At the end of each row, whether the registration is noted already as changed: asked with the modules, which
# lie beside these notes on a cluster, where registrations are whole everywhere.
_MODULE_NOTED = f"""SELECT {_MODULE.listed}, tally_due.registration IS NOT NULL
    FROM module_progress LEFT JOIN tally_due ON tally_due.registration = module_progress.registration"""  # noqa: S608
_OPEN = f"""SELECT {_REGISTRATION.listed}, {_MODULE.listed}
    FROM registration JOIN module_progress ON module_progress.registration = registration.registration
    WHERE registration.actor = ? AND module_progress.open_since IS NOT NULL
    ORDER BY module_progress.open_since, module_progress.module"""  # noqa: S608 (no values)


def load(connection: Connection, registration: str) -> State | None:
    """The state of one registration but for its answers; None when there is none."""
    return _load(connection, [registration], [registration], [], []).get(registration)


def load_for(connection: Connection, events: Mapping[str, Sequence[Event]]) -> dict[str, State]:
    """The states of the registrations that exist, with as much in them as folding these events needs."""
    attempting: list[str] = []
    answering: list[str] = []
    questions: set[str] = set()
    for name, own in events.items():
        verbs = {event.verb for event in own}
        if not verbs.isdisjoint(MAKING_ATTEMPTS):
            attempting.append(name)
        if "answered" in verbs:
            answering.append(name)
            questions.update([event.place.question for event in own])
    return _load(connection, list(events), attempting, answering, sorted(questions))


def _load(
    connection: Connection,
    names: Sequence[str],
    attempting: Sequence[str],
    answering: Sequence[str],
    questions: Sequence[str],
) -> dict[str, State]:
    """The states of registrations, with attempts and answers of some; asked in one message."""
    if not names:
        return {}
    queries = [
        _REGISTRATION.query(connection, registration=names),
        _MODULE.query(connection, _MODULE_NOTED, registration=names),
    ]
    if attempting:
        queries.append(_ATTEMPT.query(connection, registration=attempting))
    if answering:
        queries.append(_ANSWER.query(connection, registration=answering, question=questions))
    registrations, modules, *others = driver.several(connection, queries)
    states = {}
    for row in _REGISTRATION.rows(connection, registrations):
        states[row.registration] = State(row, kept={"": _REGISTRATION.values(row)})
    for module, (*_, noted) in zip(
        _MODULE.rows(connection, [row[:-1] for row in modules]), modules, strict=True
    ):
        state = states[module.registration]
        state.modules[module.module] = module
        state.kept[module.module] = _MODULE.values(module)
        state.noted = bool(noted)
    if attempting:
        for attempt in _ATTEMPT.rows(connection, others.pop(0)):
            states[attempt.registration].attempts[attempt.module, attempt.number] = attempt
    if answering:
        for answer in _ANSWER.rows(connection, others.pop()):
            key = answer.module, answer.question, answer.attempt
            states[answer.registration].answers[key] = answer
    return states


def open_modules(connection: Connection, actor: str) -> list[tuple[RegistrationRow, ModuleRow]]:
    """What this person has open, in whichever course; what was opened first comes first."""
    found = driver.rows(connection, _OPEN, (actor,))
    size = len(_REGISTRATION.names)
    registrations = _REGISTRATION.rows(connection, (row[:size] for row in found))
    modules = _MODULE.rows(connection, (row[size:] for row in found))
    return list(zip(registrations, modules, strict=True))


def write(connection: Connection, states: Iterable[State]) -> None:
    """Writes what events have changed of the registrations' rows and of the rows below them."""
    states = list(states)
    if not states:
        return
    registrations = [(state, "", state.row) for state in states]
    modules = [(state, key, state.modules[key]) for state in states for key in sorted(state.changed_modules)]
    attempts = [state.attempts[key] for state in states for key in sorted(state.changed_attempts)]
    answers = [state.answers[key] for state in states for key in sorted(state.changed_answers)]
    with driver.together(connection):
        due.note(connection, [state.row.registration for state in states if not state.noted])
        _write(connection, _REGISTRATION, registrations)
        _write(connection, _MODULE, modules)
        put(connection, progress.attempt, _ATTEMPT.names, list(map(_ATTEMPT.values, attempts)))
        put(connection, progress.answer, _ANSWER.names, list(map(_ANSWER.values, answers)))


def _write(connection: Connection, kind: _Kind[Made], written: Iterable[tuple[State, str, Made]]) -> None:
    """Writes new rows, and of the others the columns that have changed: mostly few, and in no index."""
    new: list[tuple[Any, ...]] = []
    changed: dict[tuple[str, ...], list[Sequence[Any]]] = {}
    for state, name, row in written:
        before, now = state.kept.get(name), kind.values(row)
        state.kept[name] = now
        if before is None:
            new.append(now)
        elif before != now:
            differs = list(map(ne, before, now))
            names = tuple(compress(kind.names, differs))
            changed.setdefault(names, []).append([*compress(now, differs), *now[: kind.key]])
    put(connection, kind.table, kind.names, new)
    for names, values in changed.items():
        update(connection, kind.table, names, values)


def remove(connection: Connection, registrations: Collection[str] | None = None) -> None:
    """Deletes the rows of these registrations, or all."""
    if registrations is None:
        due.note_all(connection)
    else:
        due.note(connection, registrations)
    for table in progress.DERIVED:
        if registrations is None:
            connection.execute(delete(table))
            continue
        for some in chunks(sorted(registrations)):
            connection.execute(delete(table).where(table.c.registration.in_(some)))
