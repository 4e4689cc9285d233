"""Rows of a table by the values of columns: the query is made once for each table and kept."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, Dialect, Table
from sqlalchemy.types import TypeEngine

from xapi.sql import driver

# PostgreSQL's number of double precision: what a column of numbers has is asked for, other types don't care.
_DOUBLE = 701

Convert = Callable[[Any], Any]

Conversions = tuple[tuple[int, Convert], ...]
"""The places of the columns that the driver gives in another form, and what makes them Python's values."""


def find(
    connection: Connection, table: Table, names: tuple[str, ...] = (), **wanted: Sequence[str]
) -> Iterator[Any]:
    """The rows in which each of the columns of text has one of its values, as named tuples of the columns
    NAMES, or of all."""
    if not all(wanted.values()):
        return
    plan = _planned(connection.dialect, table, names)
    conditions = [driver.among(connection, column, values) for column, values in wanted.items()]
    where = " AND ".join(condition for condition, _ in conditions)
    parameters = [value for _, given in conditions for value in given]
    for row in driver.rows(connection, f"{plan.select} WHERE {where}", parameters):
        yield plan.make(converted(row, plan.conversions))


def conversions(dialect: Dialect, columns: Iterable[ColumnElement[Any]]) -> Conversions:
    """How rows of these columns become Python values, for `converted`."""
    found = enumerate(_conversion(dialect, column.type) for column in columns)
    return tuple((place, convert) for place, convert in found if convert is not None)


def converted(row: Sequence[Any], how: Conversions) -> list[Any]:
    """The row's values as Python's."""
    values = list(row)
    for place, convert in how:
        values[place] = convert(values[place])
    return values


def _conversion(dialect: Dialect, kind: TypeEngine[Any]) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, _DOUBLE)
    return _json if found is not None and isinstance(kind, JSON) else found


def _json(text: str | None) -> Any:
    """As SQLAlchemy reads it, in a fifth of the time."""
    return None if text is None else msgspec.json.decode(text)


class _Plan(NamedTuple):
    select: str
    conversions: Conversions
    make: Callable[[Sequence[Any]], Any]


@lru_cache(maxsize=256)
def _planned(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Plan:
    quote = dialect.identifier_preparer.quote
    names = names or tuple(column.name for column in table.columns)
    listed = ", ".join(map(quote, names))
    return _Plan(
        select=f"SELECT {listed} FROM {quote(table.name)}",  # noqa: S608 (no values)
        conversions=conversions(dialect, [table.c[name] for name in names]),
        make=namedtuple(table.name, names)._make,  # type: ignore[attr-defined]
    )
