"""When units, blocks and courses are satisfied (cmi5 9.3.9, 13.1.4), said once in a registration."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from near_learn.cmi5 import session
from near_learn.cmi5.session import Standing
from near_learn.cmi5.structure import Block, Structure, Unit, walk
from near_learn.cmi5.system import Voice

COURSE = ""  # what stands for the course among the ids of what is satisfied
NOTHING = Standing()


def met(part: Block | Unit, standings: Mapping[str, Standing]) -> bool:
    """Whether the unit's moveOn is met, or that of every unit in the block."""
    if isinstance(part, Unit):
        return standings.get(part.id, NOTHING).meets(part.move_on)
    return all(met(child, standings) for child in part.children)


def newly(
    structure: Structure, standings: Mapping[str, Standing], said: Collection[str]
) -> Iterator[tuple[str, Block | Structure]]:
    """What is satisfied and has not been said to be: blocks from the inside out, then the course."""
    for part in walk(structure.children):
        if isinstance(part, Block) and part.id not in said and met(part, standings):
            yield part.id, part
    if COURSE not in said and all(met(child, standings) for child in structure.children):
        yield COURSE, structure


def settle(connection: Connection, voice: Voice, session_id: str, at: datetime) -> None:
    """Says what has become satisfied, in the caller's write transaction, under this session (9.3.9)."""
    enrolled = voice.enrolled
    standings = session.standings(connection, enrolled.registration)
    table = session.registrations
    said = list(
        connection.scalar(select(table.c.satisfied).where(table.c.registration == enrolled.registration))
        or ()
    )
    found = list(newly(voice.course.structure, standings, said))
    if not found:
        return
    voice.system.save(connection, [voice.satisfied(what, session_id, at) for _, what in found])
    connection.execute(
        update(table)
        .where(table.c.registration == enrolled.registration)
        .values(satisfied=[*said, *(id_ for id_, _ in found)])
    )


def note(connection: Connection, registration: str, unit: str, what: str, at: datetime) -> None:
    """Remembers that the unit is completed, passed or waived (WHAT: `completed_at` and so on)."""
    table = session.units
    here = (table.c.registration == registration, table.c.unit == unit)
    if connection.execute(update(table).where(*here).values({what: at})).rowcount:
        return
    row = {"registration": registration, "unit": unit, "completed_at": None, "passed_at": None}
    connection.execute(insert(table), [{**row, "waived_at": None, what: at}])
