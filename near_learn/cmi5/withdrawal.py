"""When a statement is voided, what it counted for in an imported course is taken back with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from near_learn.cmi5 import course, rules, satisfaction, session, wording
from near_learn.cmi5.structure import Block, walk
from near_learn.cmi5.system import Json, System, Voice, system
from near_learn.records import recorder
from xapi.store import Stored

COUNTS = {
    wording.COMPLETED: "completed_at",
    wording.PASSED: "passed_at",
    wording.WAIVED: "waived_at",
}


def follow(connection: Connection, voided: Sequence[Stored]) -> None:
    """Units are as the remaining statements say; what is satisfied no more, the system voids itself."""
    named = {one.statement.get("context", {}).get("registration") for one in voided} - {None}
    for registration in sorted(named):
        enrolled = session.enrolled(connection, registration)
        found = None if enrolled is None else course.find(connection, enrolled.course)
        if enrolled is not None and found is not None:
            _take_back(connection, Voice(system(), enrolled, found))


def _take_back(connection: Connection, voice: Voice) -> None:
    registration = voice.enrolled.registration
    said = [one.statement for one in voice.system.lrs.read(connection, registration=registration)]
    if _forget(connection, registration, set(_counting(voice, said))):
        _unsay(connection, voice, said)


def _counting(voice: Voice, said: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """Each unit with what a statement of its own, or the system's, makes it."""
    one, structure = voice.system, voice.course.structure
    units = {one.activity(voice.course.id, unit): unit.id for unit in structure.units}
    for statement in said:
        what, unit = COUNTS.get(statement["verb"]["id"]), units.get(statement["object"].get("id", ""))
        if what and unit and rules.defined(statement) and _ours(one, statement):
            yield unit, what


def _ours(one: System, statement: Json) -> bool:
    return statement["authority"].get("account") in (one.units["account"], one.authority["account"])


def _forget(connection: Connection, registration: str, counting: set[tuple[str, str]]) -> bool:
    """Whether something that was remembered of a unit counts no more."""
    table, forgotten = session.units, False
    for row in connection.execute(select(table).where(table.c.registration == registration)).all():
        gone = [
            what
            for what in COUNTS.values()
            if row._mapping[what] is not None and (row.unit, what) not in counting
        ]
        if gone:
            here = (table.c.registration == registration, table.c.unit == row.unit)
            connection.execute(update(table).where(*here).values(dict.fromkeys(gone)))
            forgotten = True
    return forgotten


def _unsay(connection: Connection, voice: Voice, said: Sequence[Json]) -> None:
    """Voids the system's word (9.3.9) for blocks and the course that are not satisfied any more."""
    one, structure, enrolled = voice.system, voice.course.structure, voice.enrolled
    standings = session.standings(connection, enrolled.registration)
    due = {id_ for id_, _ in satisfaction.newly(structure, standings, ())}
    still = [id_ for id_ in enrolled.satisfied if id_ in due]
    table = session.registrations
    connection.execute(
        update(table).where(table.c.registration == enrolled.registration).values(satisfied=still)
    )
    names = {
        one.block(voice.course.id, part): part.id
        for part in walk(structure.children)
        if isinstance(part, Block)
    }
    names[one.iris.course(voice.course.id)] = satisfaction.COURSE
    gone = set(enrolled.satisfied) - due
    builder, at = recorder().builder, datetime.now(UTC)
    one.save(
        connection,
        [
            builder.voiding(statement["id"], at)
            for statement in said
            if statement["verb"]["id"] == wording.SATISFIED
            and names.get(statement["object"].get("id", "")) in gone
            and statement["authority"].get("account") == one.authority["account"]
        ],
    )
