"""A world that was built on SQLite, copied row by row into an empty PostgreSQL database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from near_learn import schema
from near_learn.db import db, writing
from xapi.sql import mentions
from xapi.sql.tables import mention, statement
from xapi.sql.tables import metadata as record_store

AT_ONCE = 2000


def copy(source: sa.Engine) -> None:
    """Fills the database of the current application, whose schema it makes, with every row of SOURCE."""
    schema.upgrade()
    tables = [*record_store.sorted_tables, *db.metadata.sorted_tables]
    with source.connect() as reading, writing() as connection:
        # What migrations and the program's own reference data put there; the audit log lets nobody do that.
        names = ", ".join(table.name for table in tables if not table.name.startswith("audit"))
        connection.execute(sa.text(f"TRUNCATE {names} CASCADE"))
        for table in tables:
            _copy(reading, connection, table)
            _go_on(connection, table)


def _copy(reading: sa.Connection, connection: sa.Connection, table: sa.Table) -> None:
    cursor: Any = connection.connection.cursor()
    names = ", ".join(column.name for column in table.c)
    written = [_written(column) for column in table.c]
    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as out:
        for row in _rows(reading, table):
            out.write_row([write(value) for write, value in zip(written, row, strict=True)])


def _rows(reading: sa.Connection, table: sa.Table) -> Iterator[Any]:
    query = sa.select(table)
    if table is mention:
        # SQLite's says only the numbers of statements.
        here = mentions.table(reading)
        query = sa.select(here, statement.c.id).join(statement, mentions.of_statement(reading))
    yield from reading.execution_options(yield_per=AT_ONCE).execute(query)


def _written(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """How a value of the column is handed to the driver."""
    if isinstance(column.type, sa.JSON):
        return lambda value: None if value is None else json.dumps(value, ensure_ascii=False)
    return lambda value: value


def _go_on(connection: sa.Connection, table: sa.Table) -> None:
    """New rows are numbered behind those that were copied."""
    column = table.autoincrement_column
    sequence = None
    if column is not None:
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
    if sequence is not None:
        last = connection.scalar(sa.select(sa.func.max(column)))
        connection.execute(sa.select(sa.func.setval(sequence, last or 1, last is not None)))
