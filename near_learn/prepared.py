"""Queries that pages ask all day: made into SQL once, and their values go straight to the driver.

Making SQL from Python objects, and wrapping the rows, costs ten times what the database does for a page.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select

from xapi.sql import driver
from xapi.sql.lookup import Conversions, conversions, converted


class Prepared:
    """A query with a `bindparam` for each value that is not known yet. Values are texts and whole numbers."""

    def __init__(self, query: Select[Any]) -> None:
        self.query = query

    def rows(self, connection: Connection, **values: str | int) -> list[Any]:
        """What is found, as named tuples of the columns."""
        plan = _planned(connection.dialect, self)
        known = {**plan.fixed, **values}
        found = driver.rows(connection, plan.sql, [known[name] for name in plan.names])
        return [plan.make(converted(row, plan.conversions)) for row in found]

    def first(self, connection: Connection, **values: str | int) -> Any:
        """The first row; None when there is none."""
        return next(iter(self.rows(connection, **values)), None)


class _Plan(NamedTuple):
    sql: str
    names: tuple[str, ...]  # of the values, in the order of the question marks
    fixed: dict[str, Any]  # values that stand in the query itself
    conversions: Conversions
    make: Callable[[Sequence[Any]], Any]


@lru_cache(maxsize=256)
def _planned(dialect: Dialect, prepared: Prepared) -> _Plan:
    asking: Dialect = type(dialect)(paramstyle="qmark")  # type: ignore[call-arg]
    made = prepared.query.compile(dialect=asking)
    assert made.positiontup is not None  # noqa: S101 (question marks stand in an order)
    columns = prepared.query.selected_columns
    return _Plan(
        sql=str(made),
        names=tuple(made.positiontup),
        fixed=made.params,
        conversions=conversions(dialect, columns),
        make=partial(tuple.__new__, namedtuple("Found", [str(each.key) for each in columns])),
    )
