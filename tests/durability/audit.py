"""What must be true of the database whatever happened to the server."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from flask import Flask

from near_learn.db import db
from near_learn.records import progress
from xapi.sql import lock, mentions
from xapi.sql.tables import attachment, statement
from xapi.store import Stored, timestamp
from xapi.terms import mentioned


def audit(app: Flask) -> Counter[str]:
    """Asserts it; counts what was there. Changes nothing."""
    with app.app_context(), db.engine.connect().execution_options(near_write=True) as connection:
        lock.take(connection)
        counts = statements_are_whole(connection)
        kept = derived(connection)
        app.extensions["projection"].rebuild(connection)
        made = derived(connection)
        connection.rollback()
    for name, rows in kept.items():
        assert rows == made[name], f"{name} is not what the statements make of it"
        counts[name] = len(rows)
    counts["passed"] = sum(row["passed_at"] is not None for row in kept["registration"])
    return counts


def statements_are_whole(connection: sa.Connection) -> Counter[str]:
    """Each statement with all its mentions and files, and none of these without their statement."""
    rows = {row.id: row for row in connection.execute(sa.select(statement))}
    found: dict[str, set[int]] = {}
    mention = mentions.table(connection)
    whose = sa.select(mention, statement.c.id).join_from(
        mention, statement, mentions.of_statement(connection), isouter=True
    )
    for row in connection.execute(whose):
        assert row.id in rows, "a mention without its statement"
        assert row.seq == rows[row.id].seq
        found.setdefault(row.id, set()).add(row.term)
    parsed = {one: Stored(one, row.seq, row.text.encode()).statement for one, row in rows.items()}
    terms = {one: mentioned(value) for one, value in parsed.items()}
    voided = set()
    for one, row in rows.items():
        wanted = terms[one].shared | terms[one].own
        if row.refers_to in rows:
            wanted |= terms[row.refers_to].shared
        if row.voiding:
            voided.add(row.refers_to)
        assert found.get(one) == wanted, f"the mentions of {one}"
        assert parsed[one]["stored"] == timestamp(row.seq)
    assert {one for one, row in rows.items() if row.voided} == voided & rows.keys()
    assert len({row.seq for row in rows.values()}) == len(rows)
    files = connection.execute(sa.select(attachment.c.statement_id, attachment.c.sha2)).all()
    described = {
        (one, each["sha2"]) for one, value in parsed.items() for each in value.get("attachments", ())
    }
    assert {tuple(row) for row in files} == described
    return Counter(statements=len(rows), files=len(files), voided=len(voided))


def derived(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    """All progress rows."""
    return {
        table.name: [
            dict(row._mapping) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
        ]
        for table in progress.DERIVED
    }
