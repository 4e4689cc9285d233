"""SQL that goes straight to the database driver, inside the caller's connection and transaction.

For the few statements of which every stored or found statement needs some: there, making SQL from Python
objects and wrapping rows again costs ten times what the database does. Everything else uses SQLAlchemy Core.
Placeholders are question marks, whichever the driver wants.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]

Query = tuple[str, Sequence[Any]]
"""SQL and its parameters."""

_IDLE = 0  # PostgreSQL's PQTRANS_IDLE


class Speaks(Protocol):
    """What is asked in the words of one kind of database: a connection, or `reader.Readers`."""

    @property
    def dialect(self) -> Dialect: ...


def rows(connection: Connection, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """What the query finds. Raises DBAPIError, as SQLAlchemy does."""
    if _begins(connection):
        return several(connection, [(sql, parameters)])[0]
    try:
        return _fetched(_cursor(connection).execute(own(connection.dialect, sql), parameters))
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, sql, error) from error


def several(connection: Connection, queries: Sequence[Query]) -> list[list[Row]]:
    """What each of the queries finds, one after the other; PostgreSQL is waited for once.

    Raises DBAPIError.
    """
    if connection.dialect.name != "postgresql":
        return [rows(connection, *query) for query in queries]
    with together(connection):
        cursors = [_cursor(connection).execute(own(connection.dialect, sql), given) for sql, given in queries]
    return list(map(_fetched, cursors))


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What this module writes in the block is sent to PostgreSQL together, and waited for once, at its end.

    Nothing may be read in the block. Raises DBAPIError at the end.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    try:
        with _own_connection(connection).pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, "several", error) from error


def each(connection: Connection, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
    """The same row by row, as far as they are asked for. Raises DBAPIError."""
    try:
        with closing(_cursor(connection)) as cursor:
            yield from cursor.execute(own(connection.dialect, sql), parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, sql, error) from error


def write(connection: Connection, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
    """The statement once for each of the parameters; nothing for none. Raises DBAPIError."""
    if parameters:
        try:
            _cursor(connection).executemany(own(connection.dialect, sql), parameters)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, sql, error) from error


def among(
    connection: Speaks, column: str, values: Sequence[str], kind: str = "text"
) -> tuple[str, list[Any]]:
    """A condition that holds where the column has one of the values, and its parameter."""
    if len(values) == 1:
        return f"{column} = ?", list(values)
    if connection.dialect.name == "postgresql":
        return f"{column} = ANY(?::{kind}[])", [array(values)]
    listed = "(SELECT value FROM json_each(?))"
    return f"{column} IN {listed}", [json.dumps(values)]


def array(values: Iterable[Any]) -> str:
    """The values as PostgreSQL writes an array; its driver takes ten times as long for that."""
    return "{" + ",".join(map(_element, values)) + "}"


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


def _told(connection: Connection, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy tells it: without the values, and knowing a lost connection."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, None, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )


def _fetched(cursor: Any) -> list[Row]:
    """All rows; nothing of a statement that is no query."""
    # To tell of its columns psycopg makes an object of each.
    result = getattr(cursor, "pgresult", None)
    empty = cursor.description is None if result is None else not result.nfields
    return [] if empty else cursor.fetchall()


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _begins(connection: Connection) -> bool:
    """Whether PostgreSQL must be told of a transaction first; that can go in the same message."""
    if connection.dialect.name != "postgresql":
        return False
    own = _own_connection(connection)
    return not own.autocommit and own.info.transaction_status == _IDLE


def _own_connection(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def own(dialect: Dialect, sql: str) -> str:
    """The SQL with the driver's own placeholders."""
    return _with_percent(sql) if dialect.name == "postgresql" else sql


@lru_cache(maxsize=512)
def _with_percent(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")
