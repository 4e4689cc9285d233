"""Statement references: who refers to a statement is found by whatever that statement mentions.

The specification asks for it at every query, through any number of references (1.0.3 Part 3, 2.1.3). Here the
work is done once, when statements are stored: a statement takes over the terms of the one it refers to, in
whichever order the two arrive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from xapi.sql import driver, mentions
from xapi.sql.chunks import chunks
from xapi.sql.tables import statement
from xapi.store import Record
from xapi.terms import mentioned

MAX_LINKS = 100
"""How many references are followed one after the other: a longer chain is somebody's trap, not a use."""


class Referred(NamedTuple):
    """Those of some new statements to which any statement refers, and which of them that voids."""

    ids: set[str]
    voided: set[str]


def to(connection: Connection, new: Sequence[Record]) -> Referred:
    """Who of the new statements is referred to, by what came before them or comes with them."""
    return among(driver.rows(connection, *query(connection, [record.id for record in new])), new)


def query(connection: Connection, ids: Sequence[str]) -> driver.Query:
    """What asks for references to statements with these ids."""
    where, parameters = driver.among_uuids(connection, "refers_to", ids)
    return f"SELECT refers_to, voiding FROM xapi_statement WHERE {where}", parameters  # noqa: S608 (no values)


def among(rows: Sequence[driver.Row], new: Sequence[Record]) -> Referred:
    """The same, of what that query found; it may have asked for more."""
    pairs = [(driver.out_uuid(target), voiding) for target, voiding in rows]
    pairs += [(record.refers_to, record.voiding) for record in new if record.refers_to]
    # A voiding statement cannot be voided (1.0.3 Part 2, 2.3.2).
    targets, voidable = {target for target, _ in pairs}, {record.id for record in new if not record.voiding}
    voided = {target for target, voiding in pairs if voiding} & voidable
    return Referred(targets & {record.id for record in new}, voided)


def follow(connection: Connection, new: Sequence[Record], referred: set[str]) -> None:
    """Pass terms along every chain of references that the new, already inserted statements close."""
    terms = {record.id: record.terms.shared for record in new}
    carried: dict[str, frozenset[int]] = {}
    for record in new:
        if record.refers_to or record.id in referred:
            carried[record.id] = terms[record.id] | _beyond(connection, record, terms)
    inherited: dict[tuple[str, int], set[int]] = {}
    for record in new:
        if record.refers_to:
            seq = _seq(connection, record.id)
            inherited.setdefault((record.id, seq), set()).update(carried[record.id])
        if record.id in referred:
            for one, seq in _all_referrers(connection, record.id):
                inherited.setdefault((one, seq), set()).update(carried[record.id])
    rows = [(term, seq, one) for (one, seq), found in inherited.items() for term in found]
    mentions.add_missing(connection, rows)


def _beyond(connection: Connection, record: Record, known: dict[str, frozenset[int]]) -> frozenset[int]:
    """The terms of everything that the statement refers to, directly or through others."""
    found: set[int] = set()
    seen = {record.id}
    target = record.refers_to
    while target is not None and target not in seen and len(seen) <= MAX_LINKS:
        seen.add(target)
        columns = (statement.c.refers_to, statement.c.text)
        row = connection.execute(select(*columns).where(statement.c.id == target)).one_or_none()
        if row is None:
            break
        found |= known[target] if target in known else mentioned(json.loads(row.text)).shared
        target = row.refers_to
    return frozenset(found)


def _all_referrers(connection: Connection, target: str) -> Iterable[tuple[str, int]]:
    """Everything that refers to the statement, directly or through others, as (id, seq)."""
    found: dict[str, int] = {}
    level = [target]
    for _ in range(MAX_LINKS):
        nearer = {one: seq for one, seq in _rows(connection, level) if one not in found and one != target}
        if not nearer:
            break
        found.update(nearer)
        level = list(nearer)
    return found.items()


def _rows(connection: Connection, targets: Sequence[str]) -> Iterable[Any]:
    for some in chunks(targets):
        columns = (statement.c.id, statement.c.seq)
        yield from connection.execute(select(*columns).where(statement.c.refers_to.in_(some)))


def _seq(connection: Connection, one: str) -> int:
    return int(connection.execute(select(statement.c.seq).where(statement.c.id == one)).scalar_one())
