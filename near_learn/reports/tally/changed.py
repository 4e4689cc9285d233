"""Which blocks were counted anew: for whoever keeps sums of their own about the people of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, Integer, Table, select

from near_learn.db import Base
from near_learn.records.progress import registration
from near_learn.reports.tally.tables import block, entry
from xapi.sql.chunks import chunks
from xapi.sql.upsert import insert_missing

changed = Table(
    "tally_changed", Base.metadata, Column("block", Integer, primary_key=True, autoincrement=False)
)


def note(connection: Connection, blocks: Iterable[int], names: Sequence[str] = ()) -> None:
    """Notes these blocks, and those in which the people of the registrations NAMES have other registrations:
    what somebody did in one course may count for them in another. When a registration is gone, nobody knows
    whose it was; then every block is noted."""
    found = set(blocks)
    other = registration.alias("other")
    for some in chunks(names):
        mine = select(registration.c.actor).where(registration.c.registration.in_(some))
        actors = list(connection.scalars(mine))
        if len(actors) < len(some):
            found = set(connection.scalars(select(block.c.id)))
            break
        same = select(entry.c.block).join(other, other.c.registration == entry.c.registration)
        found |= set(connection.scalars(same.where(other.c.actor.in_(sorted(set(actors))))))
    insert_missing(connection, changed, [{"block": number} for number in sorted(found)])
