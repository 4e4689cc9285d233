"""Rows into a table, many at once: plain, missing ones only, or over those that are there.

One statement for all of them, made once for each table and kept; the values go straight to the driver: to
SQLite's row by row, to PostgreSQL's column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import JSON, Boolean, Column, Connection, Dialect, Float, LargeBinary, String, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from xapi.sql import driver
from xapi.sql.lookup import Conversions, converted

Bind = Callable[[Any], Any]


def insert(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert the rows, whose values stand in the order of NAMES."""
    _write(connection, _planned(connection.dialect, table, names, ""), rows)


def insert_columns(
    connection: Connection, table: Table, names: tuple[str, ...], columns: Sequence[Sequence[Any]]
) -> None:
    """The same with the values of each name together: what comes by the thousand often stands so already."""
    if columns[0]:
        plan = _planned(connection.dialect, table, names, "")
        if connection.dialect.name == "postgresql":
            _write_columns(connection, plan, columns)
        else:
            _write_rows(connection, plan, list(zip(*columns, strict=True)))


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows of which no unique key is there yet."""
    _write_mappings(connection, table, rows, "DO NOTHING")


def insert_or_replace(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; where the primary key is there already, the other columns are overwritten.

    Of rows with the same key the last one holds.
    """
    _write_mappings(connection, table, rows, "DO UPDATE")


def put(connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """The same for rows whose values stand in the order of NAMES, and of which no two have the same key."""
    _write(connection, _planned(connection.dialect, table, names, "DO UPDATE"), rows)


def update(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """Overwrite the columns NAMES of rows that are there: the values in this order, then the primary key."""
    _write(connection, _planned_update(connection.dialect, table, names), rows)


class _Plan(NamedTuple):
    sql: str
    binds: Conversions
    """Which values the driver wants in another form."""


def _write_mappings(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], conflict: str
) -> None:
    if rows:
        defaults = _defaults(table)
        if not defaults.keys() <= rows[0].keys():
            rows = [{**defaults, **row} for row in rows]
        names = tuple(rows[0])
        plan = _planned(connection.dialect, table, names, conflict)
        if conflict == "DO UPDATE" and len(rows) > 1:
            # PostgreSQL refuses to change one row twice in one statement.
            key = itemgetter(*[column.name for column in table.primary_key])
            rows = list({key(row): row for row in rows}.values())
        _write(connection, plan, [[row[name] for name in names] for row in rows])


def _write(connection: Connection, plan: _Plan, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _write_columns(connection, plan, list(zip(*rows, strict=True)))
    else:
        _write_rows(connection, plan, rows)


def _write_rows(connection: Connection, plan: _Plan, rows: Sequence[Sequence[Any]]) -> None:
    bound = [converted(row, plan.binds) for row in rows] if plan.binds else rows
    driver.write(connection, plan.sql, bound)


def _write_columns(connection: Connection, plan: _Plan, columns: Sequence[Sequence[Any]]) -> None:
    """On PostgreSQL a column is one parameter, so that all rows are one message there and one back."""
    bound = list(columns)
    for place, bind in plan.binds:
        bound[place] = list(map(bind, bound[place]))
    driver.rows(connection, plan.sql, list(map(driver.array, bound)))


@lru_cache(maxsize=256)
def _defaults(table: Table) -> Mapping[str, Any]:
    """What stands in columns of which nothing is said."""
    given = {column.name: column.default for column in table.columns}
    return {
        name: default.arg
        for name, default in given.items()
        if isinstance(default, ScalarElementColumnDefault)
    }


@lru_cache(maxsize=256)
def _planned(dialect: Dialect, table: Table, names: tuple[str, ...], conflict: str) -> _Plan:
    quote = dialect.identifier_preparer.quote
    columns = [table.c[name] for name in names]
    listed = ", ".join(quote(name) for name in names)
    if dialect.name == "postgresql":
        source = f"SELECT * FROM {_rows(columns, dialect)}"  # noqa: S608 (no values)
    else:
        source = f"VALUES ({', '.join('?' for _ in names)})"
    sql = f"INSERT INTO {quote(table.name)} ({listed}) {source}"
    if conflict:
        keys = [column.name for column in table.primary_key]
        others = [quote(name) for name in names if name not in keys]
        if conflict == "DO UPDATE" and others:
            sql += f" ON CONFLICT ({', '.join(map(quote, keys))}) DO UPDATE SET "
            sql += ", ".join(f"{name} = excluded.{name}" for name in others)
        else:
            sql += " ON CONFLICT DO NOTHING"
    return _Plan(sql, _binds(columns, dialect))


@lru_cache(maxsize=256)
def _planned_update(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Plan:
    quote = dialect.identifier_preparer.quote
    own, keys = quote(table.name), [column.name for column in table.primary_key]
    columns = [table.c[name] for name in (*names, *keys)]
    sql = f"UPDATE {own} SET "  # noqa: S608 (no values)
    if dialect.name == "postgresql":
        sql += ", ".join(f"{quote(name)} = given.{quote(name)}" for name in names)
        sql += f" FROM {_rows(columns, dialect)} AS given ({', '.join(quote(each.name) for each in columns)})"
        found = [f"{own}.{quote(name)} = given.{quote(name)}" for name in keys]
    else:
        sql += ", ".join(f"{quote(name)} = ?" for name in names)
        found = [f"{quote(name)} = ?" for name in keys]
    return _Plan(f"{sql} WHERE {' AND '.join(found)}", _binds(columns, dialect))


def _rows(columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    """Rows out of an array for each of the columns, as PostgreSQL has it."""
    return f"unnest({', '.join(f'?::{_kind(column.type, dialect)}[]' for column in columns)})"


def _kind(kind: Any, dialect: Dialect) -> str:
    # A cast to a length would cut what is too long instead of refusing it.
    return "TEXT" if isinstance(kind, String) else str(kind.compile(dialect=dialect))


def _binds(columns: Sequence[Column[Any]], dialect: Dialect) -> Conversions:
    found = enumerate(_bind(column.type, dialect) for column in columns)
    return tuple((place, bind) for place, bind in found if bind is not None)


def _bind(kind: Any, dialect: Dialect) -> Bind | None:
    """How a Python value becomes one of the driver's, as SQLAlchemy's type has it; None: it is one."""
    if isinstance(kind, JSON):
        return _json  # as SQLAlchemy does, but without an object of the driver around the text
    if dialect.name == "postgresql":
        if isinstance(kind, Float):
            return _float
        if isinstance(kind, LargeBinary):
            return _hex
    elif isinstance(kind, Boolean | Float):
        return None  # to SQLite these are numbers
    found: Bind | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _hex(value: bytes | None) -> str | None:
    # As PostgreSQL writes bytes in text.
    return None if value is None else f"\\x{value.hex()}"


def _float(value: float | None) -> float | None:
    # A column of whole and other numbers together is no array to the driver of PostgreSQL.
    return None if value is None else float(value)
