"""What follows for a whole course: it is completed, or satisfied, when all its modules are.

The system states it, in the transaction that stored the last module's statement, wherever that came from.
When a voided statement takes the ground away, the system voids its own statement too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from near_learn.records import release
from near_learn.records.activity import Json
from near_learn.records.event import account
from near_learn.records.fold import State
from near_learn.records.iris import IMPORTED
from near_learn.records.statement import Builder, Occasion, done
from near_learn.records.terms import VERBS
from xapi.lrs import LRS

# Which verb says it of a course, and whether its modules must be passed for that.
VERDICTS = (("completed", False), ("satisfied", True))


def settle(connection: Connection, lrs: LRS, builder: Builder, states: Iterable[State]) -> None:
    """States what the modules' rows now allow to say of the courses, unless it has been said."""
    open_now = [state for state in ours(states) if _open(state)]
    if not open_now:
        return
    modules = release.of_courses(connection, {state.row.course for state in open_now})
    statements = [
        statement
        for state in open_now
        for statement in _due(connection, lrs, builder, state, modules[state.row.course])
    ]
    if statements:
        lrs.save(connection, statements, authority=builder.system)


def withdraw(connection: Connection, lrs: LRS, builder: Builder, states: Iterable[State]) -> None:
    """Voids those of the system's own statements about courses that the modules' rows no longer bear out."""
    statements = [
        builder.voiding(str(said["id"]), state.row.last_at)
        for state in ours(states)
        for said in _said(connection, lrs, builder, state)
        if not _holds(connection, builder, state, said)
    ]
    if statements:
        lrs.save(connection, statements, authority=builder.system)


def ours(states: Iterable[State]) -> list[State]:
    """Those in courses of our own: cmi5 has its own rules for when a course is satisfied (see cmi5/)."""
    return [state for state in states if not state.row.course.startswith(IMPORTED)]


def _open(state: State) -> bool:
    """Whether there may be something to say: the course is not closed, and a module that has just changed is
    completed, or others count since the person moved to another release."""
    row = state.row
    return (row.completed_at is None or row.passed_at is None) and (
        state.moved or any(state.modules[name].completed_at for name in state.changed_modules)
    )


def _due(
    connection: Connection, lrs: LRS, builder: Builder, state: State, modules: release.Modules
) -> list[dict[str, Any]]:
    row = state.row
    lists = release.that_count(modules, row.release)
    statements = []
    for verb, passed in VERDICTS:
        if (row.passed_at if passed else row.completed_at) is not None:
            continue
        fulfilled = [name for name, some in lists.items() if state.done(some, passed=passed)]
        if fulfilled:
            at = _since(state, lists[fulfilled[0]], passed=passed)
            occasion = _occasion(connection, lrs, builder, state, fulfilled[0], at)
            activity = builder.activities.titled_course(row.course, release.title(connection, row.course))
            statements.append(builder.statement(verb, occasion, activity, result=done(None)))
    return statements


def _since(state: State, modules: tuple[str, ...], *, passed: bool) -> datetime:
    """When the last of the modules was completed, and passed if that is asked."""
    rows = [state.modules[module] for module in modules]
    times = [row.completed_at for row in rows] + [row.passed_at for row in rows if passed]
    return max(at for at in times if at is not None)


def _occasion(
    connection: Connection, lrs: LRS, builder: Builder, state: State, of: str, at: datetime
) -> Occasion:
    row = state.row
    return Occasion(
        actor=_actor(connection, lrs, builder, state),
        registration=row.registration,
        release=of,
        at=at,
        language=row.language,
        region=row.region,
        nuts=row.nuts,
        cohort=row.cohort,
    )


def _actor(connection: Connection, lrs: LRS, builder: Builder, state: State) -> Json:
    """The registration's person as the statements name them: rows know other people's as a digest only."""
    for stored in lrs.read(connection, registration=state.row.registration):
        actor: Json = stored.statement["actor"]
        if actor.get("objectType") != "Group" and account(actor, builder.iris) == state.row.actor:
            # Without the name that an outside client may have written beside the identifier.
            return {key: value for key, value in actor.items() if key != "name"}
    raise LookupError(f"registration {state.row.registration} has rows but no statement")


def _said(connection: Connection, lrs: LRS, builder: Builder, state: State) -> list[dict[str, Any]]:
    """The system's own statements that this registration's course is completed or satisfied."""
    verdicts = {VERBS[verb] for verb, _ in VERDICTS}
    course = builder.iris.course(state.row.course)
    return [
        stored.statement
        for stored in lrs.read(connection, registration=state.row.registration)
        if stored.statement["verb"]["id"] in verdicts
        and stored.statement["object"].get("id") == course
        and stored.statement["authority"].get("account") == builder.system["account"]
    ]


def _holds(connection: Connection, builder: Builder, state: State, said: Json) -> bool:
    """Whether the modules of the release that the statement names are still done."""
    of = str(said["context"]["extensions"][builder.iris.term("release")])
    modules = release.of_courses(connection, [state.row.course])[state.row.course][of]
    return state.done(modules, passed=said["verb"]["id"] == VERBS["satisfied"])
