"""Sums over the people of the tally's blocks, a row for each place in a block. All can be made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec
from sqlalchemy import Column, Connection, Index, Integer, String, Table, Text, delete, func, insert, select

from near_learn.db import Base, UTCDateTime
from near_learn.outcomes.ground import Place, place_of
from near_learn.records import due
from near_learn.reports.groups import NONE
from near_learn.reports.tally.tables import block, entry
from xapi.sql.chunks import chunks


class Kind(StrEnum):
    """Of which report the sums are."""

    GAIN = "gain"
    PRACTICE = "practice"
    PARTICIPANTS = "participants"


table = Table(
    "tally_outcome",
    Base.metadata,
    Column("kind", String(20), primary_key=True),
    Column("course", String(100), primary_key=True),  # "" of participants
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("year", String(4), nullable=False),
    Column("language", String(35), nullable=False),
    Column("nuts3", String(5), nullable=False),
    Column("organisation", String(64), nullable=False),
    Column("cohort", String(64), nullable=False),
    Column("figures", Text, nullable=False),  # a list of numbers as JSON; the kind's module knows which
    Index("ix_tally_outcome_block", "block"),
)
state = Table(
    "tally_outcome_state",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("made_with", String(64), nullable=False),  # a digest of the tests and self-assessments
    Column("counted_at", UTCDateTime, nullable=False),
)

Where = tuple[int, Place]  # the number of a block, and a place that people of it have
Found = Mapping[Where, Sequence[float]]


class Row(NamedTuple):
    """The sums of a place in a block, which is NONE where there are too few people in all."""

    block: int
    enrolled: int  # registrations of the whole block
    place: Place
    figures: Sequence[float]


def put(connection: Connection, kind: Kind, course: str, found: Found) -> None:
    """Writes the rows of blocks that have none."""
    rows = [
        {
            "kind": kind.value,
            "course": course,
            "block": number,
            "number": position,
            **{name: getattr(place, name) for name in ("year", "language", "nuts3")},
            "organisation": place.organisation,
            "cohort": place.cohort,
            "figures": msgspec.json.encode(list(figures)).decode(),
        }
        for position, ((number, place), figures) in enumerate(sorted(found.items()))
    ]
    if rows:
        connection.execute(insert(table), rows)


def forget(connection: Connection, numbers: Iterable[int]) -> None:
    """Deletes the rows of these blocks, and of those that there are no more since all were made anew."""
    for some in chunks(sorted(numbers)):
        connection.execute(delete(table).where(table.c.block.in_(some)))
    last = connection.scalar(select(func.max(block.c.id))) or 0
    connection.execute(delete(table).where(table.c.block > last))


def withdraw(connection: Connection, kind: Kind, names: Iterable[str]) -> None:
    """Deletes the rows of a kind that the registrations NAMES are in, and has them made again."""
    for some in chunks(sorted(names)):
        # Two steps: on a cluster the entries are divided among machines, and this table is not.
        mine = set(connection.scalars(select(entry.c.block).where(entry.c.registration.in_(some))))
        connection.execute(delete(table).where(table.c.kind == kind.value, table.c.block.in_(mine)))
        due.note(connection, some)


def load(connection: Connection, kind: Kind, course: str = "") -> list[Row]:
    """All rows of a kind, in the order of their blocks."""
    of = table.c
    place = (of.year, of.language, of.nuts3, of.organisation, of.cohort)
    query = (
        select(of.block, block.c.told, block.c.enrolled, of.figures, *place)
        .join(block, block.c.id == of.block)
        .where(of.kind == kind.value, of.course == course)
        .order_by(of.block, of.number)
    )
    known: dict[tuple[str, ...], Place] = {}
    found = []
    for number, told, enrolled, figures, *where in connection.execute(query):
        key = tuple(where)
        if key not in known:
            known[key] = place_of(*key)
        found.append(Row(number if told else NONE, enrolled, known[key], _numbers(figures)))
    return found


_numbers = msgspec.json.Decoder(list[int | float]).decode


def counted_at(connection: Connection) -> datetime | None:
    """When the rows were made or changed last; None before."""
    return connection.scalar(select(state.c.counted_at))
