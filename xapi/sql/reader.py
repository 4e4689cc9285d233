"""Connections of the driver that only read: kept open, with nothing between them and the database.

To take a connection from SQLAlchemy, begin on it and give it back costs ten times what finding a statement
does. Each query here is a transaction of its own, and sees what was committed before it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine, event

from xapi.sql import driver
from xapi.sql.driver import Row

_LONGEST = 8 * 1024 * 1024
T = TypeVar("T")


class Readers:
    """As many connections as there are threads that read at the same time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect: Dialect = engine.dialect
        self._idle = _idle(engine)

    @cached_property
    def on_citus(self) -> bool:
        """Whether the database is one of several machines."""
        if self.dialect.name != "postgresql":
            return False
        ((version,),) = self.rows("SELECT current_setting('citus.version', true)")
        return version is not None

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """What the query finds. Raises DBAPIError, as SQLAlchemy does."""
        found = self.tried(sql, parameters)
        if found is None:
            with self.engine.connect() as connection:
                return driver.rows(connection, sql, parameters)
        return found

    def tried(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row] | None:
        """The same without patience and without values of many megabytes: None when it went wrong."""
        own = driver.own(self.dialect, sql)
        return self.use(lambda raw: raw.execute(own, parameters).fetchall())

    def use(self, work: Callable[[Any], T]) -> T | None:
        """What WORK makes of one of the driver's own connections; None when the driver raised an error."""
        raw = None
        try:
            raw = self._taken()
            found = work(raw)
        except self.dialect.loaded_dbapi.Error:
            # Whatever it was: SQLAlchemy is asked again, waits longer and knows how to say it.
            if raw is not None:
                raw.close()
            return None
        self._idle.append(raw)
        return found

    def _taken(self) -> Any:
        try:
            return self._idle.pop()
        except IndexError:
            return self._opened()

    def _opened(self) -> Any:
        pooled = self.engine.raw_connection()
        raw: Any = pooled.driver_connection
        pooled.detach()
        if isinstance(raw, sqlite3.Connection):
            raw.isolation_level = None
            raw.execute("PRAGMA busy_timeout = 0")
            raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        else:
            raw.autocommit = True
        return raw


_IDLE: WeakKeyDictionary[Engine, list[Any]] = WeakKeyDictionary()
_MAKING = threading.Lock()


def _idle(engine: Engine) -> list[Any]:
    """The engine's connections that nobody reads on now. They are closed together with its others."""
    with _MAKING:
        if engine not in _IDLE:
            idle = _IDLE[engine] = []
            event.listen(engine, "engine_disposed", lambda _: _close(idle))
        return _IDLE[engine]


def _close(idle: list[Any]) -> None:
    while idle:
        idle.pop().close()
