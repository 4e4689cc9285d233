"""Where somebody stands in the imported courses: what their pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from near_learn.cmi5 import course, satisfaction, session
from near_learn.cmi5.course import Imported
from near_learn.cmi5.session import Enrolled, Standing
from near_learn.cmi5.structure import Block, Unit


class State(StrEnum):
    """How far somebody is."""

    NEW = "new"
    BEGUN = "begun"
    DONE = "done"
    WAIVED = "waived"


@dataclass(frozen=True)
class Part:
    """A block or unit as its course's page shows it."""

    part: Block | Unit
    state: State
    children: tuple[Part, ...] = ()

    @property
    def is_block(self) -> bool:
        return isinstance(self.part, Block)


@dataclass(frozen=True)
class Where:
    """A course, the person's registration in it, and how far they are."""

    course: Imported
    enrolled: Enrolled | None
    parts: tuple[Part, ...]
    units: int
    done: int

    @property
    def state(self) -> State:
        if self.enrolled is None:
            return State.NEW
        return State.DONE if satisfaction.COURSE in self.enrolled.satisfied else State.BEGUN


def of(connection: Connection, account: str, courses: Sequence[Imported]) -> list[Where]:
    """Where the person stands in each of the courses."""
    mine = session.of_person(connection, account) if courses else {}
    return [_where(connection, each, mine.get(each.id)) for each in courses]


def in_one(connection: Connection, account: str, id_: str) -> Where | None:
    """Where the person stands in the course; None when it is not there."""
    found = course.find(connection, id_)
    if found is None or found.deleted_at is not None:
        return None
    return _where(connection, found, session.latest(connection, account, id_))


def _where(connection: Connection, found: Imported, enrolled: Enrolled | None) -> Where:
    standings: Mapping[str, Standing] = {}
    begun: set[str] = set()
    if enrolled is not None:
        standings = session.standings(connection, enrolled.registration)
        table = session.sessions
        query = select(table.c.unit).where(
            table.c.registration == enrolled.registration, table.c.mode == "Normal"
        )
        begun = set(connection.scalars(query.distinct()))
    parts = tuple(_part(child, standings, begun) for child in found.structure.children)
    units = found.structure.units
    done = sum(satisfaction.met(unit, standings) for unit in units) if enrolled else 0
    return Where(found, enrolled, parts, len(units), done)


def _part(part: Block | Unit, standings: Mapping[str, Standing], begun: set[str]) -> Part:
    if isinstance(part, Block):
        children = tuple(_part(child, standings, begun) for child in part.children)
        done = all(child.state in (State.DONE, State.WAIVED) for child in children)
        return Part(part, State.DONE if done else State.NEW, children)
    standing = standings.get(part.id, satisfaction.NOTHING)
    if standing.waived:
        return Part(part, State.WAIVED)
    # What asks for nothing counts as satisfied at once, but nobody has seen it yet.
    if standing.meets(part.move_on) and (part.move_on != "NotApplicable" or part.id in begun):
        return Part(part, State.DONE)
    return Part(part, State.BEGUN if part.id in begun else State.NEW)
