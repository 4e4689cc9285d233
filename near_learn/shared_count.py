"""How often somebody has tried, counted in the database: every process and host counts the same tries, and
one that has just started goes on with them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

from flask import current_app
from limits.storage import Storage
from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, case, delete, select
from sqlalchemy.exc import SQLAlchemyError

from near_learn.db import Base, db, writing_apart

ADDRESS = "shared-count://"
"""What the rate limiter is told to use this."""

SWEPT_AT_ONCE = 200

table = Table(
    "shared_count",
    Base.metadata,
    # A keyed digest: whose tries these are, and from which network address, cannot be read from it.
    Column("key", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),  # seconds since 1970
)


class SharedCount(Storage):
    """The rate limiter's storage. To count writes one row; PostgreSQL does not wait for the disk then."""

    STORAGE_SCHEME = ["shared-count"]  # noqa: RUF012 (as the limiter wants it)

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts AMOUNT tries more; how many there were in this window."""
        now = int(time.time())
        new = _insert().values(key=_digest(key), number=amount, expires_at=now + expiry)
        over = table.c.expires_at <= now
        values = {
            "number": case((over, amount), else_=table.c.number + amount),
            "expires_at": case((over, now + expiry), else_=table.c.expires_at),
        }
        counted = new.on_conflict_do_update(index_elements=["key"], set_=values).returning(table.c.number)
        with _counting() as connection:
            number = int(connection.scalar(counted) or amount)
            if number == amount:
                _sweep(connection, now)
        return number

    def get(self, key: str) -> int:
        """How many tries there were in this window."""
        return self._row(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""
        return self._row(key)[1]

    def _row(self, key: str) -> tuple[int, float]:
        now = time.time()
        query = select(table.c.number, table.c.expires_at).where(table.c.key == _digest(key))
        with db.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (0, now) if row is None or row.expires_at <= now else (row.number, float(row.expires_at))

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            with db.engine.connect() as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int:
        """Forgets all counts; how many there were."""
        with _counting() as connection:
            return connection.execute(delete(table)).rowcount

    def clear(self, key: str) -> None:
        """Forgets one count."""
        with _counting() as connection:
            connection.execute(delete(table).where(table.c.key == _digest(key)))


@contextmanager
def _counting() -> Iterator[Connection]:
    """A write transaction. A count that is lost with the machine's power is no record."""
    with writing_apart() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        yield connection


def _sweep(connection: Connection, now: int) -> None:
    """Deletes counts that are over, unless somebody else is at them: it waits for nobody."""
    old = select(table.c.key).where(table.c.expires_at <= now).limit(SWEPT_AT_ONCE)
    keys = connection.scalars(old.with_for_update(skip_locked=True)).all()
    if keys:
        connection.execute(delete(table).where(table.c.key.in_(keys)))


def _insert() -> Any:
    """An INSERT that may go on with a row that is there. Each database has its own; only that is loaded."""
    if db.engine.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def _digest(key: str) -> str:
    secret = str(current_app.secret_key or "").encode()
    return blake2b(key.encode(), digest_size=32, key=blake2b(secret).digest()).hexdigest()
