"""The store writes through one connection, which is given up when something went wrong."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from xapi.lrs import LRS
from xapi.sql import sqlite
from xapi.sql.tables import activity, create


@pytest.fixture
def lrs(tmp_path: Path) -> Iterator[LRS]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    sqlite.configure(engine, synchronous="NORMAL")
    create(engine)
    yield LRS(engine)
    engine.dispose()


def write(connection: sa.Connection, name: str) -> None:
    connection.execute(sa.insert(activity).values(digest=name, iri=name, definition="{}"))


def fail(lrs: LRS) -> sa.Connection:
    """The connection of a write that failed after its first row."""
    try:
        with lrs.writing() as connection:
            write(connection, "a")
            raise ZeroDivisionError
    except ZeroDivisionError:
        return connection


def there(lrs: LRS) -> list[str]:
    with lrs.reading() as connection:
        return list(connection.scalars(sa.select(activity.c.iri).order_by(activity.c.iri)))


def test_the_next_writer_has_the_same_connection(lrs: LRS) -> None:
    with lrs.writing() as first:
        write(first, "a")
    with lrs.writing() as second:
        write(second, "b")
    assert first is second
    assert there(lrs) == ["a", "b"]


def test_what_failed_is_not_there_and_its_connection_is_given_up(lrs: LRS) -> None:
    failed = fail(lrs)
    assert failed.closed
    with lrs.writing() as connection:
        write(connection, "b")
    assert there(lrs) == ["b"]


def test_its_transaction_has_the_write_lock_from_the_beginning(lrs: LRS) -> None:
    """The first time and every other time."""
    file = lrs.engine.url.database
    assert file is not None
    for _ in range(2):
        with lrs.writing():
            other = sqlite3.connect(file, timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()
