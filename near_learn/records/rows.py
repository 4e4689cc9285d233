"""Reading the progress rows of some registrations, and writing back what has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Table, delete

from near_learn.records import due, progress
from near_learn.records.event import Event
from near_learn.records.fold import MAKING_ATTEMPTS, AnswerRow, AttemptRow, ModuleRow, RegistrationRow, State
from xapi.sql.chunks import chunks
from xapi.sql.driver import together
from xapi.sql.lookup import find
from xapi.sql.upsert import insert_or_replace

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Made = TypeVar("Made", bound=DataclassInstance)


def _maker(kind: type[Made]) -> Callable[[Any], Made]:
    """Makes one from a row of its table."""
    values = attrgetter(*[field.name for field in fields(kind)])
    return lambda row: kind(*values(row))


# What of them stands in indexes, beside the key.
_REGISTRATION_INDEXED = ("actor", "course", "region")
_MODULE_INDEXED = ("first_score", "started_at")

_registration, _module = _maker(RegistrationRow), _maker(ModuleRow)
_attempt, _answer = _maker(AttemptRow), _maker(AnswerRow)


def load(connection: Connection, registration: str) -> State | None:
    """The state of one registration but for its answers; None when there is none."""
    found = _registrations(connection, [registration])
    _add_modules(connection, found, list(found))
    _add_attempts(connection, found, list(found))
    return found.get(registration)


def load_for(connection: Connection, events: Mapping[str, Sequence[Event]]) -> dict[str, State]:
    """The states of the registrations that exist, with as much in them as folding these events needs."""
    found = _registrations(connection, list(events))
    known = {name: events[name] for name in found}
    _add_modules(connection, found, list(known))
    _add_attempts(connection, found, _with(known, MAKING_ATTEMPTS))
    asked = _with(known, {"answered"})
    questions = {event.place.question for name in asked for event in known[name]}
    for row in find(connection, progress.answer, registration=asked, question=sorted(questions)):
        answer = _answer(row)
        found[answer.registration].answers[answer.module, answer.question, answer.attempt] = answer
    return found


def write(connection: Connection, states: Iterable[State]) -> None:
    """Writes the registrations' rows and, below them, the rows that events have changed."""
    states = list(states)
    registrations = [(state, "", state.row) for state in states]
    modules = [(state, key, state.modules[key]) for state in states for key in sorted(state.changed_modules)]
    attempts = [vars(state.attempts[key]) for state in states for key in sorted(state.changed_attempts)]
    answers = [vars(state.answers[key]) for state in states for key in sorted(state.changed_answers)]
    if states:
        with together(connection):
            due.note(connection, [state.row.registration for state in states])
            _write(connection, progress.registration, registrations, _REGISTRATION_INDEXED)
            _write(connection, progress.module_progress, modules, _MODULE_INDEXED)
            insert_or_replace(connection, progress.attempt, attempts)
            insert_or_replace(connection, progress.answer, answers)


def _write(
    connection: Connection,
    table: Table,
    written: Iterable[tuple[State, str, RegistrationRow | ModuleRow]],
    indexed: tuple[str, ...],
) -> None:
    """Writes the rows; apart from the others those of which no index need be written again."""
    values = attrgetter(*indexed)
    changed: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for state, name, row in written:
        now = values(row)
        (others if state.indexed.get(name) == now else changed).append(vars(row))
        state.indexed[name] = now
    insert_or_replace(connection, table, changed)
    insert_or_replace(connection, table, others, keep=indexed)


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


def _registrations(connection: Connection, names: Sequence[str]) -> dict[str, State]:
    rows = find(connection, progress.registration, registration=names)
    values = attrgetter(*_REGISTRATION_INDEXED)
    return {row.registration: State(_registration(row), indexed={"": values(row)}) for row in rows}


def _add_modules(connection: Connection, found: Mapping[str, State], names: Sequence[str]) -> None:
    values = attrgetter(*_MODULE_INDEXED)
    for row in find(connection, progress.module_progress, registration=names):
        state = found[row.registration]
        state.modules[row.module] = _module(row)
        state.indexed[row.module] = values(row)


def _add_attempts(connection: Connection, found: Mapping[str, State], names: Sequence[str]) -> None:
    for row in find(connection, progress.attempt, registration=names):
        found[row.registration].attempts[row.module, row.number] = _attempt(row)


def _with(events: Mapping[str, Sequence[Event]], verbs: Collection[str]) -> list[str]:
    """The registrations that have an event with one of the verbs."""
    return [name for name, of in events.items() if any(event.verb in verbs for event in of)]
