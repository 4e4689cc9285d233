"""Connections to PostgreSQL: they stay, they are not asked whether they live, and dead ones are never met."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people.person import Cohort
from xapi.sql import postgresql
from xapi.sql.lock import consistent_through
from xapi.sql.reader import Readers

pytestmark = pytest.mark.postgresql


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, serving=False)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def end_connections(app: Flask) -> None:
    """As a server does that is shut down: it ends every connection of the pool and says so."""
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
    other = sa.create_engine(app.extensions["settings"].database, poolclass=sa.NullPool)
    with other.connect() as connection:
        connection.exec_driver_sql(
            ended + "AND pid <> pg_backend_pid() AND application_name NOT LIKE 'citus%%'"
        )


def counted(app: Flask) -> int:
    with postgresql.single(db.engine).connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(Cohort)) or 0


def test_a_server_that_ended_the_connections_is_not_noticed(app: Flask) -> None:
    counted(app)
    end_connections(app)
    assert counted(app) == 0
    end_connections(app)
    with writing() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_a_connection_that_was_long_unused_is_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    counted(app)
    monkeypatch.setattr(postgresql, "_silent", lambda connection: True)  # a network that swallows the end
    monkeypatch.setattr(postgresql, "_SECONDS", -1.0)
    end_connections(app)
    assert counted(app) == 0


def test_a_query_alone_leaves_no_transaction_open(app: Flask) -> None:
    with postgresql.single(db.engine).connect() as connection:
        first = connection.scalar(sa.text("SELECT now()"))
        assert connection.scalar(sa.text("SELECT now()")) > first
    with writing() as connection:  # the same connection of the pool, with transactions again
        first = connection.scalar(sa.text("SELECT now()"))
        assert connection.scalar(sa.text("SELECT now()")) == first


def test_what_is_complete_follows_the_clock_while_nobody_writes(
    app: Flask, request: pytest.FixtureRequest
) -> None:
    if request.config.option.on_citus:
        pytest.skip("on a cluster it waits for who writes")
    readers = Readers(db.engine)
    before = time.time_ns() // 1000
    assert consistent_through(readers).seq >= before
    with writing() as connection:
        app.extensions["lrs"].store.add(connection, [])  # it takes the lock, and has nothing to number
        assert consistent_through(readers) == (0, False)
    assert consistent_through(readers).seq >= before
