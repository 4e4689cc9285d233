"""What a PostgreSQL connection needs so that a request asks the server as seldom as can be."""

from __future__ import annotations

import select
import time
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

_SECONDS = 20.0  # after so long without a word, a connection is asked whether it still lives


def configure(engine: Engine) -> None:
    """Have dead connections found before they are used, without asking the server each time.

    A server that ends says so on the connection, or its machine does; only a network that swallowed that
    needs a question. Does nothing for other databases.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "checkout", _on_checkout)
        event.listen(engine, "checkin", _on_checkin)


@lru_cache(maxsize=8)
def single(engine: Engine) -> Engine:
    """The same engine for reading: each query is a transaction of its own, so that none needs a BEGIN.

    Nothing is lost: a transaction of READ COMMITTED sees with each query what is committed by then. SQLite
    stays as it is.
    """
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


@lru_cache(maxsize=8)
def of_one_moment(engine: Engine) -> Engine:
    """The same engine for reading: all queries of a transaction see what was committed at the first.

    As on SQLite, which stays as it is. It asks the server nothing more.
    """
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _on_checkout(connection: Any, record: Any, _proxy: object) -> None:
    used = record.info.get("used")
    if used is None:
        return
    if not _silent(connection):
        raise InvalidatePoolError
    if time.monotonic() - used > _SECONDS:
        try:
            connection.execute("")
            connection.rollback()
        except Exception as error:
            raise InvalidatePoolError from error


def _on_checkin(_connection: object, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _silent(connection: Any) -> bool:
    """Whether nothing has arrived on a connection on which nothing was asked: it would be its end."""
    try:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return not poll.poll(0)
    except Exception:  # it has no socket any more
        return False
