"""SQL that goes straight to the database driver, inside the caller's connection and transaction.

For the few statements of which every stored or found statement needs some: there, making SQL from Python
objects and wrapping rows again costs ten times what the database does. Everything else uses SQLAlchemy Core.
Placeholders are question marks, whichever the driver wants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]


class Speaks(Protocol):
    """What is asked in the words of one kind of database: a connection, or `reader.Readers`."""

    @property
    def dialect(self) -> Dialect: ...


def rows(connection: Connection, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """What the query finds. Raises DBAPIError, as SQLAlchemy does."""
    with _told(connection, sql):
        cursor = _cursor(connection).execute(own(connection.dialect, sql), parameters)
        # A statement that is not a query has nothing to fetch, and says so in this way.
        return [] if cursor.description is None else cursor.fetchall()


def each(connection: Connection, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
    """The same row by row, as far as they are asked for. Raises DBAPIError."""
    with _told(connection, sql):
        cursor = _cursor(connection)
        try:
            yield from cursor.execute(own(connection.dialect, sql), parameters)
        finally:
            cursor.close()


def write(connection: Connection, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
    """The statement once for each of the parameters; nothing for none. Raises DBAPIError."""
    if parameters:
        with _told(connection, sql):
            _cursor(connection).executemany(own(connection.dialect, sql), parameters)


def among(
    connection: Speaks, column: str, values: Sequence[str], kind: str = "text"
) -> tuple[str, list[Any]]:
    """A condition that holds where the column has one of the values, and its parameter."""
    if len(values) == 1:
        return f"{column} = ?", list(values)
    if connection.dialect.name == "postgresql":
        return f"{column} = ANY(?::{kind}[])", [list(values)]
    listed = "(SELECT value FROM json_each(?))"
    return f"{column} IN {listed}", [json.dumps(values)]


def in_uuid(connection: Speaks, value: str) -> str:
    """A UUID as it is kept: SQLite has no type for it, and SQLAlchemy's has no hyphens there."""
    return value if connection.dialect.name == "postgresql" else value.replace("-", "")


def among_uuids(connection: Speaks, column: str, values: Sequence[str]) -> tuple[str, list[Any]]:
    """The same for a column of UUIDs."""
    return among(connection, column, [in_uuid(connection, value) for value in values], "uuid")


def out_uuid(value: Any) -> str:
    """A UUID that was read, in the standard form."""
    if isinstance(value, str):
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return str(value)


@contextmanager
def _told(connection: Connection, sql: str) -> Iterator[None]:
    """Errors of the driver as SQLAlchemy tells them: without the values, and knowing a lost connection."""
    dialect = connection.dialect
    base = dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        lost = dialect.is_disconnect(error, None, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
        ) from error


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def own(dialect: Dialect, sql: str) -> str:
    """The SQL with the driver's own placeholders."""
    return _with_percent(sql) if dialect.name == "postgresql" else sql


@lru_cache(maxsize=512)
def _with_percent(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")
