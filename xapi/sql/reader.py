"""Connections of the driver that only read: kept open, with nothing between them and the database.

To take a connection from SQLAlchemy, begin on it and give it back costs ten times what finding a statement
does. Each query here is a transaction of its own, and sees what was committed before it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import count
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Engine, event

from xapi.sql import driver
from xapi.sql.driver import Row

_LONGEST = 8 * 1024 * 1024
# Kilobytes of the file that a connection keeps: a hundred statements lie in as many places of it.
_CACHE = -8_000
_MOMENT = 0.02  # seconds
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock
_MOST_PREPARED = 200
_GOOD = (1, 2)  # PostgreSQL's PGRES_COMMAND_OK and PGRES_TUPLES_OK
T = TypeVar("T")


class TakesLong(BaseException):
    """Found out on the thread that must not be kept: what is asked takes longer than a moment."""


class Readers:
    """As many connections as there are threads that read at the same time.

    PostgreSQL gives bytes, of numbers too; `int` takes them as it takes numbers.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect: Dialect = engine.dialect
        self._idle = _idle(engine)
        self.hurried = 0
        """The thread that is to be told by TakesLong, instead of waiting for the database."""

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
            with self.connect() as connection:
                return driver.rows(connection, sql, parameters)
        return found

    def tried(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row] | None:
        """The same without patience and without values of many megabytes: None when it went wrong."""
        return self.use(lambda reader: reader.rows(sql, parameters))

    def use(self, work: Callable[[Reader], T]) -> T | None:
        """What WORK makes of one of the connections; None when the driver raised an error."""
        reader = None
        try:
            reader = self._taken()
            found = work(reader)
        except self.dialect.loaded_dbapi.Error:
            # Whatever it was: SQLAlchemy is asked again, waits longer and knows how to say it.
            if reader is not None:
                reader.close()
            return None
        self._idle.append(reader)
        return found

    def connect(self) -> Connection:
        """A connection of SQLAlchemy's, with all its patience."""
        self.may_wait()
        return self.engine.connect()

    def may_wait(self) -> None:
        """Raises TakesLong on the thread that must not be kept."""
        if self.in_a_hurry():
            raise TakesLong

    def in_a_hurry(self) -> bool:
        """Whether this thread must not be kept."""
        return threading.get_ident() == self.hurried

    def _taken(self) -> Reader:
        try:
            return self._idle.pop()
        except IndexError:
            return self._opened()

    def _opened(self) -> Reader:
        pooled = self.engine.raw_connection()
        raw: Any = pooled.driver_connection
        pooled.detach()
        return InFile(raw, self.in_a_hurry) if isinstance(raw, sqlite3.Connection) else OnServer(raw)


class InFile:
    """A connection to SQLite, which waits for no lock."""

    def __init__(self, raw: sqlite3.Connection, in_a_hurry: Callable[[], bool]) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA busy_timeout = 0")
        raw.execute(f"PRAGMA cache_size = {_CACHE}")
        # SQLite counts the steps of all runs of a statement together, so they tell nothing by themselves.
        raw.set_progress_handler(lambda: in_a_hurry() and monotonic() > self._late, _STEPS)
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        self.close = raw.close
        self._cursor = raw.cursor()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """What the query finds. Raises the driver's errors."""
        self._late = monotonic() + _MOMENT
        return self._cursor.execute(sql, parameters).fetchall()


class OnServer:
    """A connection to PostgreSQL, which is asked through its own library, as psycopg hands it out.

    To ask through psycopg's cursors takes three times as long, and bytes become text and bytes again.
    """

    def __init__(self, raw: Any) -> None:
        raw.autocommit = True
        self.close = raw.close
        self._library = raw.pgconn
        self._prepared: dict[str, bytes] = {}

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """What the query finds. Raises the driver's errors."""
        values = [str(value).encode() for value in parameters]
        name = self._prepared.get(sql) or self._prepare(sql)
        found = _good(self._library.exec_prepared(name, values))
        value, columns = found.get_value, range(found.nfields)
        return [tuple([value(row, column) for column in columns]) for row in range(found.ntuples)]

    def _prepare(self, sql: str) -> bytes:
        if len(self._prepared) == _MOST_PREPARED:
            _good(self._library.exec_(b"DEALLOCATE ALL"))
            self._prepared.clear()
        name = f"read_{len(self._prepared)}".encode()
        _good(self._library.prepare(name, _numbered(sql)))
        self._prepared[sql] = name
        return name


Reader = InFile | OnServer


@lru_cache(maxsize=512)
def _numbered(sql: str) -> bytes:
    """The SQL with the placeholders of PostgreSQL's own library."""
    number = count(1)
    first, *others = sql.split("?")
    return (first + "".join([f"${next(number)}{part}" for part in others])).encode()


def _good(found: Any) -> Any:
    """What the library answered. Raises psycopg's error for what went wrong."""
    if found.status not in _GOOD:
        from psycopg.errors import error_from_result

        raise error_from_result(found)
    return found


_IDLE: WeakKeyDictionary[Engine, list[Reader]] = WeakKeyDictionary()
_MAKING = threading.Lock()


def _idle(engine: Engine) -> list[Reader]:
    """The engine's connections that nobody reads on now. They are closed together with its others."""
    with _MAKING:
        if engine not in _IDLE:
            idle = _IDLE[engine] = []
            event.listen(engine, "engine_disposed", lambda _: _close(idle))
        return _IDLE[engine]


def _close(idle: list[Reader]) -> None:
    while idle:
        idle.pop().close()
