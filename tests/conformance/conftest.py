"""A record store on a fresh SQLite file and on PostgreSQL: each test runs on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conformance.client import Client
from tests.conftest import new_database
from xapi.lrs import LRS
from xapi.sql import sqlite
from xapi.sql.tables import create, metadata

# No test here cuts the power, and waiting for the disk would take most of the time.
_QUICK = {"options": "-c synchronous_commit=off"}


@pytest.fixture(scope="session")
def postgresql_store(postgresql_server: sa.URL) -> Iterator[sa.Engine]:
    """One PostgreSQL database with the record store's tables, for the whole run."""
    with new_database(postgresql_server) as url:
        engine = sa.create_engine(url, pool_size=20, connect_args=_QUICK)
        create(engine)  # on a cluster they are there
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on an empty record store."""
    if request.param == "postgresql":
        made: sa.Engine = request.getfixturevalue("postgresql_store")
        yield made
        with made.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(sa.delete(table))
        return
    yield from _on_sqlite(tmp_path)


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on an empty SQLite file, for what does not depend on the database."""
    yield from _on_sqlite(tmp_path)


def _on_sqlite(folder: Path) -> Iterator[sa.Engine]:
    made = sa.create_engine(f"sqlite:///{folder / 'store.sqlite'}", pool_size=20)
    sqlite.configure(made, synchronous="NORMAL")
    create(made)
    yield made
    made.dispose()


@pytest.fixture
def lrs(engine: sa.Engine) -> LRS:
    return LRS(engine)


@pytest.fixture(params=["1.0.3", "2.0.0"])
def client(request: pytest.FixtureRequest, lrs: LRS) -> Client:
    """A client that may do everything, once for each version."""
    return Client(lrs, version=request.param)


@pytest.fixture
def one(lrs: LRS) -> Client:
    """A client that speaks 1.0.3."""
    return Client(lrs, version="1.0.3")


@pytest.fixture
def two(lrs: LRS) -> Client:
    """A client that speaks 2.0."""
    return Client(lrs, version="2.0.0")
