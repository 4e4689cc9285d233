"""Taking an organisation out of the way: when nothing belongs to it, or by moving everybody into another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from near_learn.events.gathering import table as gathering
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort, Person
from near_learn.records.progress import registration


@dataclass(frozen=True)
class Belongings:
    """How much belongs to an organisation."""

    people: int
    groups: int
    events: int
    registrations: int

    @property
    def nothing(self) -> bool:
        """Whether it can be removed."""
        return not (self.people or self.groups or self.events or self.registrations)


class InUse(Exception):
    """Something belongs to the organisation."""


def belongings(connection: Connection, id_: str) -> Belongings:
    """What belongs to it."""

    def count(column: object) -> int:
        return connection.scalar(select(func.count()).where(column == id_)) or 0  # type: ignore[arg-type]

    return Belongings(
        people=count(Person.organisation_id),
        groups=count(Cohort.organisation_id),
        events=count(gathering.c.organisation),
        registrations=count(registration.c.organisation),
    )


def people_of(connection: Connection, ids: list[str]) -> dict[str, int]:
    """How many people are in each of the organisations; those where nobody is are left out."""
    query = select(Person.organisation_id, func.count()).where(Person.organisation_id.in_(ids))
    rows = connection.execute(query.group_by(Person.organisation_id))
    return {id_: number for id_, number in rows if id_}


def remove(connection: Connection, id_: str) -> None:
    """Removes an organisation to which nothing belongs. Raises InUse."""
    if not belongings(connection, id_).nothing:
        raise InUse(id_)
    connection.execute(delete(Organisation).where(Organisation.id == id_))


def merge(connection: Connection, id_: str, into: str) -> list[str]:
    """Moves people, groups and events into the other organisation; the accounts of the people.

    What was recorded stays recorded for the organisation of its time. If there is any, the organisation stays
    too, so that reports can name it; if not, it is removed. The caller has checked that both exist.
    """
    moved = list(connection.scalars(select(Person.account).where(Person.organisation_id == id_)))
    connection.execute(update(Person).where(Person.organisation_id == id_).values(organisation_id=into))
    connection.execute(update(Cohort).where(Cohort.organisation_id == id_).values(organisation_id=into))
    connection.execute(update(gathering).where(gathering.c.organisation == id_).values(organisation=into))
    if belongings(connection, id_).nothing:
        connection.execute(delete(Organisation).where(Organisation.id == id_))
    return moved
