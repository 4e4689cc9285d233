"""Rows of the narrow table, in the form that each kind of database has."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, delete

from xapi.sql.tables import mention, numbered_mention, statement
from xapi.sql.upsert import insert, insert_missing

Mention = tuple[int, int, str]
"""A term, and the number and the id of the statement that mentions it."""

_KEY = ("term", "seq", "statement_id")


def table(connection: Connection) -> Table:
    """The narrow table of this database."""
    return numbered_mention if connection.dialect.name == "sqlite" else mention


def add(connection: Connection, rows: list[Mention]) -> None:
    """Insert rows of which none is there."""
    # In the order of the key, so that neighbouring rows go to the same page of the index.
    rows.sort()
    mine = table(connection)
    if mine is mention:
        insert(connection, mine, _KEY, rows)
    else:
        insert(connection, mine, _KEY[:2], [(term, seq) for term, seq, _ in rows])


def add_missing(connection: Connection, rows: Iterable[Mention]) -> None:
    """Insert the rows that are not there yet."""
    mine = table(connection)
    names = [column.name for column in mine.columns]
    insert_missing(connection, mine, [dict(zip(names, row, strict=False)) for row in rows])


def remove(connection: Connection, terms: Iterable[int], seq: int, id_: str) -> None:
    """Delete the rows with these terms of one statement."""
    mine = table(connection)
    chosen = [mine.c.term.in_(terms), mine.c.seq == seq]
    if mine is mention:
        chosen.append(mine.c.statement_id == id_)
    connection.execute(delete(mine).where(*chosen))


def of_statement(connection: Connection) -> ColumnElement[bool]:
    """The condition that joins statements with their rows."""
    mine = table(connection)
    if mine is mention:
        return statement.c.id == mine.c.statement_id
    return statement.c.seq == mine.c.seq
