"""Databases on a PostgreSQL server for what is measured."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

DRIVER = "postgresql+psycopg"


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """A database of its own on the server, dropped at the end; "" for SQLite."""
    if not server:
        yield ""
        return
    name = f"near_learn_bench_{int(time.time())}"
    address = database(server, name)
    try:
        yield address
    finally:
        with _asking(server) as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def database(server: str, name: str) -> str:
    """The address of the database NAME on the server, which is made if it is not there."""
    with _asking(server) as connection:
        found = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
        if not connection.scalar(found, {"name": name}):
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    return _driven(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _asking(server: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(_driven(server), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _driven(server: str) -> sa.URL:
    return sa.make_url(server).set(drivername=DRIVER)
