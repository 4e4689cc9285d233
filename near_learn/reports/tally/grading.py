"""Scores and times of few people say as much as their names: blocks tell them in groups that have enough.

Not everybody has a score, and not everybody has completed. So blocks of a part are put together until at
least as many persons as a block has are behind a mean or a median.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from near_learn.reports.groups import NONE, Cell, blocks
from near_learn.reports.tally.tables import REGIONS, block, sums
from xapi.sql.chunks import chunks

# The group's column: the column of those who must be enough.
GROUPS = {"scores": "scored_persons", "times": "completed_persons"}
KEY = ("course", *REGIONS, "organisation", "cohort", "first_month", "release", "language")


def group(connection: Connection, numbers: Sequence[int], least: int) -> None:
    """Groups the blocks anew of all parts that have one of these blocks."""
    if least == 1:
        return
    parts: set[str] = set()
    for some in chunks(numbers):
        parts |= set(connection.scalars(select(block.c.part).where(block.c.id.in_(some)).distinct()))
    for some_parts in chunks(sorted(parts)):
        columns = [sums.c[name] for name in GROUPS.values()]
        query = select(block, *columns).join(sums, (sums.c.block == block.c.id) & (sums.c.module == ""))
        together: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in connection.execute(query.where(block.c.part.in_(some_parts)).order_by(block.c.id)):
            together[row.part].append(row)
        for name, persons in GROUPS.items():
            changes = [each for rows in together.values() for each in _changes(rows, name, persons, least)]
            _write(connection, name, changes)


def _changes(rows: Sequence[Row[Any]], name: str, persons: str, least: int) -> list[dict[str, Any]]:
    """For each block whose group is another now, the group (the smallest number in it) and its size."""
    cells = [Cell(tuple(getattr(row, part) or "" for part in KEY), getattr(row, persons)) for row in rows]
    found = blocks(cells, least)
    members: dict[int, list[int]] = defaultdict(list)
    for row, number in zip(rows, found, strict=True):
        members[number].append(row.id)
    changes = []
    for row, number in zip(rows, found, strict=True):
        mine = (None, None) if number == NONE else (min(members[number]), len(members[number]))
        if mine != (getattr(row, name), getattr(row, f"{name}_blocks")):
            changes.append({"of": row.id, "number": mine[0], "size": mine[1]})
    return changes


def _write(connection: Connection, name: str, changes: list[dict[str, Any]]) -> None:
    if changes:
        values: dict[str, Any] = {name: bindparam("number"), f"{name}_blocks": bindparam("size")}
        connection.execute(update(block).where(block.c.id == bindparam("of")).values(values), changes)
